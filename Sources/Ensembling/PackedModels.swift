import Learning

/// The models of a library in the form that one scorer wants.
struct PackedModels: Sendable {
    private let scorer: any MeanScorer
    private let packed: [[Float]]
    /// Differences in score that rounding alone can make: smaller ones decide nothing.
    let tolerance: Double

    init(_ problem: SelectionProblem, metric: Metric, softness: Float = 0) {
        let scorer = makeScorer(metric, truth: problem.truth, rows: problem.rows, width: problem.width, softness: softness)
        self.scorer = scorer
        packed = concurrently(problem.count) { scorer.pack(problem.predictions[$0]) }
        let best = problem.singleScores.max() ?? 0
        tolerance = max(1e-6 * abs(metric == problem.metric ? best : 0.1), 1e-10)
    }

    var emptySum: [Float] { [Float](repeating: 0, count: packed[0].count) }

    func add(_ model: Int, times: Int, to sum: inout [Float]) {
        let factor = Float(times)
        packed[model].withUnsafeBufferPointer { values in
            sum.withUnsafeMutableBufferPointer { sum in
                for index in 0..<sum.count { sum[index] += factor * values[index] }
            }
        }
    }

    func sum(of composition: Composition) -> [Float] {
        var sum = emptySum
        for entry in composition.entries { add(entry.model, times: entry.count, to: &sum) }
        return sum
    }

    func score(_ composition: Composition) -> Double { score(sum: sum(of: composition), total: composition.total) }

    func score(sum: [Float], total: Int) -> Double {
        var scratch = ScorerScratch()
        return sum.withUnsafeBufferPointer { scorer.score($0, weight: 0, $0, total: Float(total), scratch: &scratch) }
    }

    /// Scores of the sum with each of some models added `times` times; `total` counts what the sum holds already.
    func scores(adding models: [Int], times: Int, to sum: [Float], total: Int) -> [Double] {
        let weight = Float(times)
        let newTotal = Float(total + times)
        return sum.withUnsafeBufferPointer { buffer in
            nonisolated(unsafe) let sum = buffer
            return inLanes(models.count, work: models.count * sum.count) { indices, results in
                var scratch = ScorerScratch()
                for index in indices {
                    results[index] = packed[models[index]].withUnsafeBufferPointer {
                        scorer.score(sum, weight: weight, $0, total: newTotal, scratch: &scratch)
                    }
                }
            }
        }
    }
}
