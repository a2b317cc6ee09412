import SearchSpaces

/// Stops a trial that reports a value outside of bounds, or what is not a number.
///
/// Source: Optuna's `ThresholdPruner`.
public struct ThresholdStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "threshold", name: "Threshold", summary: "Stops a trial that reports a value outside of given bounds, or NaN.",
        abilities: [.earlyStopping, .asynchronous], source: "Optuna, ThresholdPruner",
        options: [
            .optionalMaximumFidelity,
            AlgorithmOption("lower", "a trial that reports less stops; below upper", standard: -Double.infinity),
            AlgorithmOption("upper", "a trial that reports more stops; above lower", standard: Double.infinity),
            AlgorithmOption("warmup_steps", "no trial stops at a step below", standard: 0),
        ]
    ) { options in
        try ThresholdStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            lower: options.float("lower", default: -.infinity), upper: options.float("upper", default: .infinity),
            warmupSteps: options.integer("warmup_steps", default: 0))
    }

    public let maximumFidelity: Int?
    public let lower: Double
    public let upper: Double
    /// No trial stops at a step below.
    public let warmupSteps: Int

    /// - Throws: `SearchError` (`invalidOption`) when there is nothing between the bounds.
    public init(
        maximumFidelity: Int? = nil, lower: Double = -.infinity, upper: Double = .infinity, warmupSteps: Int = 0
    ) throws {
        guard lower < upper else {
            throw SearchError(.invalidOption, "The threshold lower must be below upper, got \(lower) and \(upper).")
        }
        self.maximumFidelity = maximumFidelity
        self.lower = lower
        self.upper = upper
        self.warmupSteps = warmupSteps
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        guard step >= warmupSteps, let value = trial.intermediateValues[step] else { return false }
        return !(value >= lower && value <= upper)
    }
}
