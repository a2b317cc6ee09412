import Datasets
import Ensembling
import Learning
import Testing
import TuttiTesting

struct PairedComparisonTests {
    /// Ten rows of two classes, all of class 0; a model is the rows that it gets wrong.
    private static let truth = Dataset.Target.classes([Int32](repeating: 0, count: 10), names: ["a", "b"])

    private func model(wrong: Set<Int>) -> Predictions {
        Predictions(width: 2, values: (0..<10).flatMap { wrong.contains($0) ? [0.4, 0.6] as [Float] : [0.6, 0.4] })
    }

    @Test func `only rows that one side alone has right count`() {
        let comparison = PairedComparison(model(wrong: [0, 1]), model(wrong: [1, 2, 3]), truth: Self.truth, metric: .accuracy)
        #expect(abs(comparison.difference - 0.1) < 1e-12)
        #expect(abs(comparison.standardError - 3.0.squareRoot() / 10) < 1e-12)
        #expect(!comparison.isClearlyBetter)
        #expect(PairedComparison(model(wrong: []), model(wrong: [1, 2, 3]), truth: Self.truth, metric: .accuracy).isClearlyBetter)
    }

    @Test func `of a smooth metric every difference counts`() {
        let comparison = PairedComparison(model(wrong: [0]), model(wrong: [0, 1]), truth: Self.truth, metric: .logLoss)
        #expect(comparison.standardError == 0 && comparison.isClearlyBetter)
    }

    @Test func `in balanced accuracy a row of a rare class weighs more`() {
        let truth = Dataset.Target.classes([0, 0, 0, 0, 1, -1], names: ["a", "b"])
        let right = Predictions(width: 2, values: [1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1])
        let wrong = Predictions(width: 2, values: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1])
        let comparison = PairedComparison(right, wrong, truth: truth, metric: .balancedAccuracy)
        #expect(comparison.difference == 0.5 && comparison.standardError == 0.5)
    }

    @Test func `an ensemble is not given up for a single model that is ahead by a row`() throws {
        // Three models that share two errors and have two of their own each, which the others outvote.
        var candidates = [[0, 1, 2, 3], [0, 1, 4, 5], [0, 1, 6, 7]].enumerated().map { index, wrong in
            let values = (0..<10).flatMap { wrong.contains($0) ? [0.4, 0.6] as [Float] : [0.9, 0.1] }
            return Candidate(id: "m\(index)", predictions: Predictions(width: 2, values: values), cost: Cost(latencyMs: [1: 1]))
        }
        // One more row right than their mean has, all by the smallest of margins.
        let timid = Predictions(width: 2, values: (0..<10).flatMap { $0 == 5 ? [0.499, 0.501] as [Float] : [0.501, 0.499] })
        candidates.append(Candidate(id: "timid", predictions: timid, cost: Cost(latencyMs: [1: 1])))
        let best = try GreedySelection().select(from: candidates, truth: Self.truth, metric: .accuracy, limits: CostLimits(), seed: 0).best
        #expect(best.members.count > 1)
    }
}
