import Foundation
import Learning

/// Regression metrics: a model packs to its residuals, which add up like predictions and keep more digits.
struct ResidualScorer: MeanScorer {
    enum Measure: Sendable { case rootMeanSquare, meanAbsolute, explained }

    private let values: [Double]
    private let rows: [Int]
    private let measure: Measure
    private let variance: Double

    init(values: [Double], rows: [Int], measure: Measure) {
        let known = rows.map { values[$0] }
        let mean = known.reduce(0, +) / Double(max(known.count, 1))
        self.values = known
        self.rows = rows
        self.measure = measure
        variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(known.count, 1))
    }

    func pack(_ predictions: Predictions) -> [Float] {
        zip(rows, values).map { Float(Double(predictions.values[$0]) - $1) }
    }

    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double {
        let count = sum.count
        let scale = 1 / Double(total)
        var errors = 0.0
        switch measure {
        case .meanAbsolute:
            for row in 0..<count { errors += Double(abs(sum[row] + weight * added[row])) }
            return -errors * scale / Double(count)
        case .rootMeanSquare, .explained:
            for row in 0..<count {
                let residual = Double(sum[row] + weight * added[row])
                errors += residual * residual
            }
            let square = errors * scale * scale / Double(count)
            return measure == .explained ? 1 - square / variance : -square.squareRoot()
        }
    }
}
