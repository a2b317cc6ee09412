public import Datasets
public import Learning

/// Two sets of predictions for the same rows, compared by a metric.
///
/// A metric on hard labels moves in steps of one row. Two models that disagree about a row in twenty-five have, on 6,000 rows, scores that
/// chance alone sets a quarter of a point apart; whoever always takes the higher one takes the luckier one.
public struct PairedComparison: Sendable, Hashable {
    /// Score of the first less that of the second.
    public let difference: Double
    /// Of ``difference``, for accuracy and balanced accuracy; 0 for smooth metrics, where every difference counts.
    ///
    /// Source: McNemar 1947: only the rows that exactly one side has right say anything about the difference.
    public let standardError: Double

    /// Whether the first is better by more than one standard error.
    public var isClearlyBetter: Bool { difference > standardError }

    public init(_ first: Predictions, _ second: Predictions, truth: Dataset.Target, metric: Metric) {
        difference = metric.score(first, truth) - metric.score(second, truth)
        guard metric == .accuracy || metric == .balancedAccuracy, case .classes(let labels, let names) = truth else {
            standardError = 0
            return
        }
        var counts = [Int](repeating: 0, count: names.count)
        for label in labels where label >= 0 { counts[Int(label)] += 1 }
        let classes = counts.count { $0 > 0 }
        let known = counts.reduce(0, +)
        let (firstGuesses, secondGuesses) = (first.mostProbableClasses(), second.mostProbableClasses())
        var variance = 0.0
        for (row, label) in labels.enumerated() where label >= 0 && (firstGuesses[row] == label) != (secondGuesses[row] == label) {
            let worth = 1 / Double(metric == .accuracy ? known : counts[Int(label)] * classes)
            variance += worth * worth
        }
        standardError = variance.squareRoot()
    }
}
