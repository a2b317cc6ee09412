public import Datasets
import Foundation

/// A measure of predictions against the truth.
///
/// ``score(_:_:)`` is the one place where metrics turn into "higher is better"; searching, selecting and reporting use it and nothing else.
public struct Metric: Sendable, Hashable, CustomStringConvertible {
    /// Name in options and documents: `log_loss`.
    public let id: String
    public let title: String
    public let higherIsBetter: Bool
    public let kinds: Set<LearningTask.Kind>
    private let compute: @Sendable (Predictions, Dataset.Target) -> Double

    init(
        _ id: String, title: String, higherIsBetter: Bool, kinds: Set<LearningTask.Kind>,
        compute: @escaping @Sendable (Predictions, Dataset.Target) -> Double
    ) {
        self.id = id
        self.title = title
        self.higherIsBetter = higherIsBetter
        self.kinds = kinds
        self.compute = compute
    }

    /// The metric's own value, in its own direction; rows without a known target are left out. NaN where it is not defined (one class in the truth).
    public func value(_ predictions: Predictions, _ truth: Dataset.Target) -> Double { compute(predictions, truth) }

    /// The value turned so that higher is better.
    public func score(_ predictions: Predictions, _ truth: Dataset.Target) -> Double { score(ofValue: compute(predictions, truth)) }

    public func score(ofValue value: Double) -> Double { higherIsBetter ? value : -value }
    public func value(ofScore score: Double) -> Double { higherIsBetter ? score : -score }

    public var description: String { id }
    public static func == (one: Metric, other: Metric) -> Bool { one.id == other.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension Metric {
    public static let accuracy = Metric("accuracy", title: "Accuracy", higherIsBetter: true, kinds: [.binary, .multiclass]) {
        classification($0, $1) { predictions, labels in
            let classes = predictions.mostProbableClasses()
            return mean(labels) { row, label in classes[row] == label ? 1 : 0 }
        }
    }

    /// Mean recall over the classes that occur.
    public static let balancedAccuracy = Metric("balanced_accuracy", title: "Balanced accuracy", higherIsBetter: true, kinds: [.binary, .multiclass]) {
        classification($0, $1) { predictions, labels in
            var right = [Double](repeating: 0, count: predictions.width)
            var count = right
            for (row, guess) in predictions.mostProbableClasses().enumerated() where labels[row] >= 0 {
                count[Int(labels[row])] += 1
                if guess == labels[row] { right[Int(labels[row])] += 1 }
            }
            let recalls = zip(right, count).filter { $0.1 > 0 }.map { $0.0 / $0.1 }
            return recalls.reduce(0, +) / Double(recalls.count)
        }
    }

    /// Mean negative log probability of the true class, natural logarithm, probabilities clipped at 1e-15.
    public static let logLoss = Metric("log_loss", title: "Log loss", higherIsBetter: false, kinds: [.binary, .multiclass]) {
        classification($0, $1) { predictions, labels in
            mean(labels) { row, label in -log(max(Double(predictions.values[row * predictions.width + Int(label)]), 1e-15)) }
        }
    }

    /// Area under the ROC curve; with several classes the mean over one-against-rest curves, ties counted half.
    public static let auc = Metric("auc", title: "AUC", higherIsBetter: true, kinds: [.binary, .multiclass]) {
        classification($0, $1) { predictions, labels in
            let width = predictions.width
            let known = labels.indices.filter { labels[$0] >= 0 }
            let columns = width == 2 ? [1] : Array(0..<width)
            let areas = columns.map { column in
                rankArea(known.map { (predictions.values[$0 * width + column], Int(labels[$0]) == column) })
            }.filter { !$0.isNaN }
            return areas.isEmpty ? .nan : areas.reduce(0, +) / Double(areas.count)
        }
    }

    public static let rmse = Metric("rmse", title: "RMSE", higherIsBetter: false, kinds: [.regression]) {
        regression($0, $1) { squaredError($0, $1).squareRoot() }
    }

    public static let mae = Metric("mae", title: "Mean absolute error", higherIsBetter: false, kinds: [.regression]) {
        regression($0, $1) { guesses, values in mean(guesses, values) { abs($0 - $1) } }
    }

    /// Share of the variance that is explained.
    public static let r2 = Metric("r2", title: "R²", higherIsBetter: true, kinds: [.regression]) {
        regression($0, $1) { guesses, values in
            let known = values.filter { !$0.isNaN }
            let average = known.reduce(0, +) / Double(known.count)
            let variance = known.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(known.count)
            return 1 - squaredError(guesses, values) / variance
        }
    }

    public static let all: [Metric] = [.accuracy, .balancedAccuracy, .logLoss, .auc, .rmse, .mae, .r2]

    /// Metrics that make sense for a task, the default one first.
    public static func applicable(to task: LearningTask) -> [Metric] {
        let first = standard(for: task)
        return [first] + all.filter { $0.kinds.contains(task.kind) && $0 != first }
    }

    /// What is optimised unless the user says otherwise: AUC, log loss and RMSE as the AutoML benchmark has them; accuracy for images.
    public static func standard(for task: LearningTask) -> Metric {
        switch (task.kind, task.input.kind) {
        case (.regression, _): .rmse
        case (_, .images): .accuracy
        case (.binary, .table): .auc
        case (.multiclass, .table): .logLoss
        }
    }

    /// The smooth companion that breaks ties between equal scores: log loss, or squared error.
    public var tieBreaker: Metric { kinds.contains(.regression) ? .rmse : .logLoss }

    /// - Throws: ``LearningError`` `.unknown` where there is no such metric or it does not fit the task.
    public static func named(_ id: String, for task: LearningTask) throws -> Metric {
        let fitting = applicable(to: task)
        guard let metric = fitting.first(where: { $0.id == id }) else {
            throw LearningError(.unknown, "no metric '\(id)' for \(task.kind.rawValue) tasks; choose one of \(fitting.map(\.id).joined(separator: ", "))")
        }
        return metric
    }
}

// MARK: - The sums

private func classification(_ predictions: Predictions, _ truth: Dataset.Target, _ body: (Predictions, [Int32]) -> Double) -> Double {
    guard case .classes(let labels, _) = truth else { return .nan }
    return body(predictions, labels)
}

private func regression(_ predictions: Predictions, _ truth: Dataset.Target, _ body: ([Float], [Double]) -> Double) -> Double {
    guard case .values(let values) = truth else { return .nan }
    return body(predictions.values, values)
}

private func mean(_ labels: [Int32], _ term: (Int, Int32) -> Double) -> Double {
    var sum = 0.0
    var count = 0
    for row in labels.indices where labels[row] >= 0 {
        sum += term(row, labels[row])
        count += 1
    }
    return count == 0 ? .nan : sum / Double(count)
}

private func mean(_ guesses: [Float], _ values: [Double], _ term: (Double, Double) -> Double) -> Double {
    var sum = 0.0
    var count = 0
    for row in values.indices where !values[row].isNaN {
        sum += term(Double(guesses[row]), values[row])
        count += 1
    }
    return count == 0 ? .nan : sum / Double(count)
}

private func squaredError(_ guesses: [Float], _ values: [Double]) -> Double { mean(guesses, values) { ($0 - $1) * ($0 - $1) } }

/// Mann-Whitney form of the area: the mean rank of the positives, ties sharing their mean rank.
private func rankArea(_ scored: [(score: Float, positive: Bool)]) -> Double {
    let sorted = scored.sorted { $0.score < $1.score }
    let positives = sorted.reduce(0) { $0 + ($1.positive ? 1 : 0) }
    let negatives = sorted.count - positives
    guard positives > 0, negatives > 0 else { return .nan }
    var rankSum = 0.0
    var start = 0
    while start < sorted.count {
        var end = start
        var positivesHere = 0
        while end < sorted.count, sorted[end].score == sorted[start].score {
            if sorted[end].positive { positivesHere += 1 }
            end += 1
        }
        rankSum += Double(positivesHere) * (Double(start + 1) + Double(end)) / 2
        start = end
    }
    return (rankSum - Double(positives) * Double(positives + 1) / 2) / (Double(positives) * Double(negatives))
}
