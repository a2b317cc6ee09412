import SearchSpaces

/// Stops a trial whose learning curve is unlikely to end below the best complete trial.
///
/// Source: Domhan, Springenberg and Hutter 2015, Speeding up Automatic Hyperparameter Optimization of Deep Neural Networks by Extrapolation of
/// Learning Curves; our family of curves is in `LearningCurve`.
public struct LearningCurveStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "learning-curve", name: "Learning-curve extrapolation",
        summary: "Stops a trial whose extrapolated curve is unlikely to end better than the best complete trial.",
        abilities: [.earlyStopping, .asynchronous],
        source: "Domhan, Springenberg and Hutter 2015, Extrapolation of Learning Curves",
        options: [
            AlgorithmOption(
                "maximum_fidelity", "fidelity of every trial and the step at which curves end; by default trials have none, and curves end with the longest"),
            AlgorithmOption("threshold", "a trial stops when its probability of becoming the best is below this; 0 to 1", standard: 0.05),
            AlgorithmOption("minimum_reports", "reports that a curve needs; at least 2", standard: 5),
        ]
    ) { options in
        try LearningCurveStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            threshold: options.float("threshold", default: 0.05), minimumReports: options.integer("minimum_reports", default: 5))
    }

    public let maximumFidelity: Int?
    /// The probability of becoming the best below which a trial stops.
    public let threshold: Double
    /// How many reports a curve needs.
    public let minimumReports: Int

    /// - Parameter maximumFidelity: The step at which curves end; where the longest complete trial ended when nil.
    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(maximumFidelity: Int? = nil, threshold: Double = 0.05, minimumReports: Int = 5) throws {
        self.maximumFidelity = maximumFidelity
        self.threshold = try .checked(threshold, in: 0...1, "threshold")
        self.minimumReports = try .checked(minimumReports, atLeast: 2, "minimum_reports")
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        let reports = trial.reports(context.reported, through: step)
        guard reports.count >= minimumReports else { return false }
        var best = Double.infinity
        var last = maximumFidelity ?? 0
        for other in context.trials where other.state == .complete {
            if let value = other.values.first { best = min(best, context.reported.loss(value)) }
            if maximumFidelity == nil { last = max(last, other.intermediateValues.keys.max() ?? 0) }
        }
        guard best < .infinity, let curve = LearningCurve(reports, at: last) else { return false }
        return curve.probability(below: best) < threshold
    }
}
