import Datasets
import Learning
import Testing
import TuttiTesting

@testable import Ensembling

struct GreedySelectionTests {
    /// Four models, three values, all answers known: the best ensemble is b and c in equal parts, mean squared error .02.
    private static let toy: [Candidate] = [
        ("a", [0.6, 0.2, 0.2]), ("b", [0.2, 0.6, 0.2]), ("c", [0.2, 0.2, 0.6]), ("d", [0.3, 0.3, 0.4]),
    ].map { Candidate(id: $0.0, predictions: Predictions(width: 1, values: $0.1), cost: Cost(latencyMs: [1: 1])) }
    private static let toyTruth = Dataset.Target.values([0, 0.5, 0.5])

    @Test func `the toy is solved in two picks, and its losses are as computed by hand`() throws {
        let problem = try SelectionProblem(Self.toy, truth: Self.toyTruth, metric: .rmse, seed: 0, rowLimit: .max)
        func loss(_ counts: [Int]) -> Double {
            let composition = counts.enumerated().filter { $0.element > 0 }.reduce(Composition()) { $0.adding($1.offset, count: $1.element) }
            let score = problem.score(of: composition)
            return score * score
        }
        for (counts, expected) in [
            ([1, 0, 0, 0], 0.18), ([0, 1, 0, 0], 0.046667), ([0, 0, 0, 1], 0.046667), ([1, 1, 1, 1], 0.052917), ([0, 1, 1, 0], 0.02), ([0, 2, 1, 0], 0.022963),
        ] { #expect(abs(loss(counts) - expected) < 1e-6, "\(counts)") }

        let best = try select(Self.toy, Self.toyTruth, .rmse).best
        #expect(best.members == [.init(id: "b", weight: 0.5), .init(id: "c", weight: 0.5)])
        #expect(abs(best.score + 0.02.squareRoot()) < 1e-7)
        let exhaustive = try ExhaustiveSelection(picks: 6).select(from: Self.toy, truth: Self.toyTruth, metric: .rmse, limits: CostLimits(), seed: 0)
        #expect(Set(exhaustive.best.members) == Set(best.members))
    }

    @Test func `copies of one model get one member`() throws {
        let library = ToyLibrary(models: 1, rows: 100, classes: 3, seed: 5)
        for metric in [Metric.accuracy, .logLoss, .auc] {
            let copies = (0..<8).map { Candidate(id: "copy-\($0)", predictions: library.candidates[0].predictions, cost: library.candidates[0].cost) }
            let best = try select(copies, library.truth, metric).best
            #expect(best.members.count == 1)
            #expect(best.score == metric.score(library.candidates[0].predictions, library.truth))
        }
    }

    @Test(arguments: 0..<8)
    func `a larger budget is never worse on validation`(seed: Int) throws {
        for metric in [Metric.logLoss, .auc] {
            let library = ToyLibrary(models: 10, rows: 50, classes: 3, seed: UInt64(seed))
            let work = library.candidates.map(\.cost.msPerRow).min() ?? 0
            let limits = [1, 2, 4, 8, 1000].map { CostLimits(msPerRow: work * $0) }
            let scores = try GreedySelection().selectSeries(from: library.candidates, truth: library.truth, metric: metric, limits: limits, seed: 0)
                .map(\.best.score)
            #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 }, "\(metric), seed \(seed): \(scores)")
        }
    }

    @Test func `it comes close to the optimum of small libraries under a budget`() throws {
        var reached = 0
        let cases = 40
        for seed in 0..<cases {
            let library = ToyLibrary(models: 8, rows: 80, classes: 2, seed: UInt64(seed))
            let work = library.candidates.map(\.cost.msPerRow).sorted()
            let limits = CostLimits(msPerRow: work[2] + work[3])
            let optimum = try ExhaustiveSelection().select(from: library.candidates, truth: library.truth, metric: .logLoss, limits: limits, seed: 0).best.score
            let greedy = try select(library.candidates, library.truth, .logLoss, limits).best.score
            let single = try SingleBest().select(from: library.candidates, truth: library.truth, metric: .logLoss, limits: limits, seed: 0).best.score
            // Optimum over four picks: fifty picks may pass it by finer weights.
            if greedy >= optimum - 0.02 * max(optimum - single, 1e-9) - 1e-9 { reached += 1 }
        }
        #expect(reached >= cases * 95 / 100, "\(reached) of \(cases)")
    }

    @Test func `gain per cost saves a run that gain alone would waste on one dear model`() throws {
        // Twenty cheap models with independent errors, and one dear model, better than any of them, that takes the whole budget.
        var random = SplitMix64(seed: 1)
        let truth = (0..<300).map { _ in Double.random(in: -1...1, using: &random) }
        func model(_ id: String, error: Double, ms: Double) -> Candidate {
            let values = truth.map { Float($0 + error * Double.random(in: -1...1, using: &random)) }
            return Candidate(id: id, predictions: Predictions(width: 1, values: values), cost: Cost(latencyMs: [1: ms]))
        }
        let candidates = (0..<20).map { model("cheap-\($0)", error: 1, ms: 1) } + [model("dear", error: 0.8, ms: 20)]
        let best = try select(candidates, .values(truth), .rmse, CostLimits(msPerRow: 20)).best
        #expect(best.members.count > 10)
        #expect(!best.members.contains { $0.id == "dear" })
    }

    @Test func `the softened guide generalises better than picking by hard accuracy`() throws {
        var soft = 0.0
        var hard = 0.0
        for seed in 0..<4 {
            // One library, its first 200 rows to select on and the rest held out.
            let whole = ToyLibrary(models: 24, rows: 2200, classes: 4, seed: UInt64(seed))
            let (validation, heldOut) = whole.split(at: 200)
            for guide in [GreedySelection.Guide.softened, .metric] {
                let best = try GreedySelection(guide: guide).select(
                    from: validation.candidates, truth: validation.truth, metric: .accuracy, limits: CostLimits(), seed: 0
                ).best
                let weights = Dictionary(uniqueKeysWithValues: best.members.map { ($0.id, $0.weight) })
                let score = heldOut.ensemble(weights, .accuracy).score / 4
                if guide == .softened { soft += score } else { hard += score }
            }
        }
        #expect(soft > hard, "softened \(soft), hard \(hard)")
    }

    @Test func `many rows are sampled, with a note, and the score is over all`() throws {
        let library = ToyLibrary(models: 6, rows: 500, classes: 2, seed: 9)
        let selection = try GreedySelection(rowLimit: 100).select(from: library.candidates, truth: library.truth, metric: .auc, limits: CostLimits(), seed: 4)
        #expect(selection.notes.count == 1)
        #expect(library.slips(in: selection.best, .auc) == [])
    }

    private func select(_ candidates: [Candidate], _ truth: Dataset.Target, _ metric: Metric, _ limits: CostLimits = CostLimits()) throws -> Selection {
        try GreedySelection().select(from: candidates, truth: truth, metric: metric, limits: limits, seed: 0)
    }
}

extension ToyLibrary {
    func split(at row: Int) -> (ToyLibrary, ToyLibrary) {
        var first = self
        var second = self
        for (index, candidate) in candidates.enumerated() {
            let width = candidate.predictions.width
            first.candidates[index].predictions = Predictions(width: width, values: Array(candidate.predictions.values[..<(row * width)]))
            second.candidates[index].predictions = Predictions(width: width, values: Array(candidate.predictions.values[(row * width)...]))
        }
        if case .classes(let labels, let names) = truth {
            first.truth = .classes(Array(labels[..<row]), names: names)
            second.truth = .classes(Array(labels[row...]), names: names)
        }
        return (first, second)
    }
}
