import SearchSpaces

/// Stops a trial whose best value so far is worse than the median of the other trials' running averages.
///
/// Source: Golovin et al. 2017, Google Vizier: A Service for Black-Box Optimization, section 3.2.2. As in Ray Tune, not only complete trials are
/// compared with but all that have come as far.
public struct MedianStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "median", name: "Median stopping", summary: "Stops a trial whose best value is worse than the median of the others' averages.",
        abilities: [.earlyStopping, .asynchronous],
        source: "Golovin et al. 2017, Google Vizier: A Service for Black-Box Optimization; Ray Tune",
        options: [
            .optionalMaximumFidelity,
            AlgorithmOption("grace", "first step at which a trial may stop", standard: 1),
            AlgorithmOption("minimum_trials", "other trials that must have come as far; at least 1", standard: 5),
        ]
    ) { options in
        try MedianStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            grace: options.integer("grace", default: 1), minimumTrials: options.integer("minimum_trials", default: 5))
    }

    public let maximumFidelity: Int?
    /// The first step at which a trial may stop.
    public let grace: Int
    /// How many other trials must have come as far.
    public let minimumTrials: Int

    /// - Throws: `SearchError` (`invalidOption`) when no trial would be compared with.
    public init(maximumFidelity: Int? = nil, grace: Int = 1, minimumTrials: Int = 5) throws {
        self.maximumFidelity = maximumFidelity
        self.grace = grace
        self.minimumTrials = try .checked(minimumTrials, atLeast: 1, "minimum_trials")
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        let direction = context.reported
        guard step >= grace, let best = trial.reports(direction, through: step).map(\.loss).min() else { return false }
        let averages = context.trials.compactMap { other -> Double? in
            guard other.number != trial.number, other.intermediateValues.keys.contains(where: { $0 >= step }) else { return nil }
            let losses = other.reports(direction, through: step).map(\.loss)
            return losses.isEmpty ? nil : losses.reduce(0, +) / Double(losses.count)
        }.filter { !$0.isNaN }
        guard averages.count >= minimumTrials, let median = Quantile.of(averages, at: 0.5) else { return false }
        return best > median
    }
}
