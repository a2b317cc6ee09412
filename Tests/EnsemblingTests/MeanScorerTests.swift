import Datasets
import Learning
import Testing
import TuttiTesting

@testable import Ensembling

struct MeanScorerTests {
    @Test(arguments: Metric.all.map(\.id), 0..<2)
    func `fast scorers equal the metric on any mean`(id: String, seed: Int) throws {
        let metric = try #require(Metric.all.first { $0.id == id })
        for classes in metric.kinds.contains(.regression) ? [1] : [2, 3, 5] {
            // 1,003 rows: more than the radix sort's threshold, and no multiple of a block.
            let library = ToyLibrary(models: 6, rows: 1003, classes: classes, seed: UInt64(seed))
            let truth = library.truthWithGaps
            let problem = try SelectionProblem(library.candidates, truth: truth, metric: metric, seed: 0, rowLimit: .max)
            let models = PackedModels(problem, metric: metric)
            var random = SplitMix64(seed: UInt64(seed))
            for _ in 0..<5 {
                var composition = Composition()
                for _ in 0..<Int.random(in: 1...7, using: &random) { composition = composition.adding(Int.random(in: 0..<6, using: &random)) }
                let exact = problem.score(of: composition)
                #expect(abs(models.score(composition) - exact) < 2e-6 * max(1, abs(exact)), "\(classes) classes, \(composition)")
                let grown = models.scores(adding: [3, 5], times: 2, to: models.sum(of: composition), total: composition.total)
                #expect(abs(grown[1] - models.score(composition.adding(5, count: 2))) < 2e-6 * max(1, abs(exact)))
                let slow = AnyMetricScorer(metric: metric, truth: truth, rows: problem.rows, width: problem.width)
                var scratch = ScorerScratch()
                let packed = slow.pack(problem.predictions[2])
                let one = packed.withUnsafeBufferPointer { slow.score($0, weight: 0, $0, total: 1, scratch: &scratch) }
                #expect(abs(one - problem.singleScores[2]) < 1e-6)
            }
        }
    }

    @Test func `hard labels tie as in the metric: the lower class wins`() throws {
        let votes = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]].map { Predictions(width: 3, values: $0.map(Float.init)) }
        let truth = Dataset.Target.classes([0], names: ["a", "b", "c"])
        let candidates = votes.enumerated().map { Candidate(id: "\($0.offset)", predictions: $0.element, cost: Cost(latencyMs: [1: 1])) }
        let problem = try SelectionProblem(candidates, truth: truth, metric: .accuracy, seed: 0, rowLimit: .max)
        let models = PackedModels(problem, metric: .accuracy)
        #expect(models.score(Composition(single: 0).adding(1)) == 1)
        #expect(models.score(Composition(single: 0).adding(1).adding(3)) == 0)
    }

    @Test func `areas are right with ties, negative scores and one value for all`() throws {
        let truth = Dataset.Target.classes([1, 1, 0, 0], names: ["a", "b"])
        for (scores, area) in [([0.9, 0.5, 0.5, 0.1], 0.875), ([-1, -2, -3, -2], 0.875), ([0.3, 0.3, 0.3, 0.3], 0.5)] as [([Float], Double)] {
            let candidate = Candidate(id: "m", predictions: Predictions(width: 2, values: scores.flatMap { [1 - $0, $0] }), cost: Cost())
            let problem = try SelectionProblem([candidate], truth: truth, metric: .auc, seed: 0, rowLimit: .max)
            #expect(PackedModels(problem, metric: .auc).score(Composition(single: 0)) == area)
        }
    }
}

extension ToyLibrary {
    /// The truth with some rows unknown.
    var truthWithGaps: Dataset.Target {
        switch truth {
        case .classes(let labels, let names): .classes(labels.enumerated().map { $0.offset % 11 == 4 ? -1 : $0.element }, names: names)
        case .values(let values): .values(values.enumerated().map { $0.offset % 11 == 4 ? .nan : $0.element })
        }
    }
}
