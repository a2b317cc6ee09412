import SearchSpaces

/// Stops a trial whose best value so far is outside the best share of what complete trials had at the same step.
///
/// Source: Optuna's `PercentilePruner`.
public struct PercentileStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "percentile", name: "Percentile stopping",
        summary: "Stops a trial whose best value is outside the best percentage of the complete trials at the same step.",
        abilities: [.earlyStopping, .asynchronous], source: "Optuna, PercentilePruner",
        options: [
            .optionalMaximumFidelity,
            AlgorithmOption("percentile", "the best so many percent go on; 0 to 100", standard: 50),
            AlgorithmOption("startup_trials", "trials that must be complete before one stops; at least 0", standard: 5),
            AlgorithmOption("warmup_steps", "no trial stops at a step below; at least 0", standard: 0),
            AlgorithmOption("interval_steps", "from the end of the warm-up, steps between those at which a trial may stop; at least 1", standard: 1),
        ]
    ) { options in
        try PercentileStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            percentile: options.float("percentile", default: 50), startupTrials: options.integer("startup_trials", default: 5),
            warmupSteps: options.integer("warmup_steps", default: 0), intervalSteps: options.integer("interval_steps", default: 1))
    }

    public let maximumFidelity: Int?
    /// The best so many percent go on.
    public let percentile: Double
    /// How many trials must be complete.
    public let startupTrials: Int
    /// No trial stops at a step below.
    public let warmupSteps: Int
    /// From the end of the warm-up, how far the steps lie apart at which a trial may stop.
    public let intervalSteps: Int

    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(
        maximumFidelity: Int? = nil, percentile: Double = 50, startupTrials: Int = 5, warmupSteps: Int = 0, intervalSteps: Int = 1
    ) throws {
        self.maximumFidelity = maximumFidelity
        self.percentile = try .checked(percentile, in: 0...100, "percentile")
        self.startupTrials = try .checked(startupTrials, atLeast: 0, "startup_trials")
        self.warmupSteps = try .checked(warmupSteps, atLeast: 0, "warmup_steps")
        self.intervalSteps = try .checked(intervalSteps, atLeast: 1, "interval_steps")
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        let direction = context.reported
        guard step >= warmupSteps, isDue(trial, step) else { return false }
        let complete = context.trials.filter { $0.state == .complete && $0.number != trial.number }
        guard complete.count >= startupTrials, let best = trial.reports(direction, through: step).map(\.loss).min() else { return false }
        let others = complete.compactMap { $0.loss(direction, at: step) }
        return Quantile.of(others, at: percentile / 100).map { best > $0 } ?? false
    }

    /// Whether the step is the trial's first report in its interval.
    private func isDue(_ trial: Trial, _ step: Int) -> Bool {
        let start = warmupSteps + (step - warmupSteps) / intervalSteps * intervalSteps
        return !trial.intermediateValues.keys.contains { $0 >= start && $0 < step }
    }
}
