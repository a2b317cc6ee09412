import Foundation
import Learning

/// Log loss: a model packs to the probability that it gives the true class of each row.
struct LogLossScorer: MeanScorer {
    private let labels: [Int]
    private let rows: [Int]
    private let width: Int

    init(labels: [Int32], rows: [Int], width: Int) {
        self.labels = rows.map { Int(labels[$0]) }
        self.rows = rows
        self.width = width
    }

    func pack(_ predictions: Predictions) -> [Float] {
        zip(rows, labels).map { predictions.values[$0 * width + $1] }
    }

    /// One logarithm for sixteen rows: their product stays above 1e-240, far from underflow, and logarithms are what the time would go to.
    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double {
        let count = sum.count
        let scale = 1 / total
        var logarithms = 0.0
        var row = 0
        while row + 16 <= count {
            var first = 1.0
            var second = 1.0
            var third = 1.0
            var fourth = 1.0
            for index in stride(from: row, to: row + 16, by: 4) {
                first *= max(Double((sum[index] + weight * added[index]) * scale), 1e-15)
                second *= max(Double((sum[index + 1] + weight * added[index + 1]) * scale), 1e-15)
                third *= max(Double((sum[index + 2] + weight * added[index + 2]) * scale), 1e-15)
                fourth *= max(Double((sum[index + 3] + weight * added[index + 3]) * scale), 1e-15)
            }
            logarithms += log((first * second) * (third * fourth))
            row += 16
        }
        while row < count {
            logarithms += log(max(Double((sum[row] + weight * added[row]) * scale), 1e-15))
            row += 1
        }
        return logarithms / Double(count)
    }
}
