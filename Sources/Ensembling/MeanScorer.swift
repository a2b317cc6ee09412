import Datasets
import Learning

/// Scores means of models without making them: selection evaluates thousands, and each must cost one pass and no allocation.
///
/// A scorer knows the truth. It packs each model's predictions into the form that it wants, once; a sum of packed models is then scored
/// together with one more. The result equals `metric.score` of the mean, but for rounding (the sum is in single precision).
protocol MeanScorer: Sendable {
    /// Floats of a packed model, additive: the packing of a sum is the sum of the packings.
    func pack(_ predictions: Predictions) -> [Float]

    /// Score, higher is better, of `(sum + weight · added) / total`.
    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double
}

/// Memory of one thread's evaluations.
struct ScorerScratch {
    var keys: [UInt32] = []
    var swap: [UInt32] = []
}

/// The scorer for a metric on some rows of the truth.
func makeScorer(_ metric: Metric, truth: Dataset.Target, rows: [Int], width: Int, softness: Float = 0) -> any MeanScorer {
    switch truth {
    case .classes(let labels, _):
        switch metric {
        case .logLoss: return LogLossScorer(labels: labels, rows: rows, width: width)
        case .accuracy: return AccuracyScorer(labels: labels, rows: rows, width: width, balanced: false, softness: softness)
        case .balancedAccuracy: return AccuracyScorer(labels: labels, rows: rows, width: width, balanced: true, softness: softness)
        case .auc: return AreaScorer(labels: labels, rows: rows, width: width)
        default: break
        }
    case .values(let values):
        switch metric {
        case .rmse: return ResidualScorer(values: values, rows: rows, measure: .rootMeanSquare)
        case .r2: return ResidualScorer(values: values, rows: rows, measure: .explained)
        case .mae: return ResidualScorer(values: values, rows: rows, measure: .meanAbsolute)
        default: break
        }
    }
    return AnyMetricScorer(metric: metric, truth: truth, rows: rows, width: width)
}

/// For metrics without a scorer of their own: makes the mean and asks the metric. Slow, and right.
struct AnyMetricScorer: MeanScorer {
    private let metric: Metric
    private let truth: Dataset.Target
    private let rows: [Int]
    private let width: Int

    init(metric: Metric, truth: Dataset.Target, rows: [Int], width: Int) {
        self.metric = metric
        self.rows = rows
        self.width = width
        self.truth =
            switch truth {
            case .classes(let labels, let names): .classes(rows.map { labels[$0] }, names: names)
            case .values(let values): .values(rows.map { values[$0] })
            }
    }

    func pack(_ predictions: Predictions) -> [Float] {
        rows.flatMap { predictions.values[($0 * width)..<(($0 + 1) * width)] }
    }

    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double {
        let scale = 1 / total
        return metric.score(Predictions(width: width, values: sum.indices.map { (sum[$0] + weight * added[$0]) * scale }), truth)
    }
}
