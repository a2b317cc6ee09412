import SearchSpaces

/// Stops a trial that a paired test finds worse than the best one on the folds or instances both have been run on.
///
/// The steps of the reports are the folds, counted from 0. A trial whose mean is at present the better never stops.
///
/// Source: Optuna's `WilcoxonPruner`; means are compared over the common folds, which is ours.
public struct WilcoxonStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "wilcoxon", name: "Wilcoxon stopping",
        summary: "Stops a trial that a signed-rank test over folds finds worse than the best complete one.",
        abilities: [.earlyStopping, .asynchronous], source: "Optuna, WilcoxonPruner",
        options: [
            AlgorithmOption(
                "maximum_fidelity", "fidelity of every trial, the number of folds: a report at this step is of all; by default trials have none"),
            AlgorithmOption("level", "a trial stops when the test's probability of an error is below this; 0 to 1", standard: 0.1),
            AlgorithmOption("minimum_pairs", "folds that both trials must have reported; at least 1", standard: 2),
        ]
    ) { options in
        try WilcoxonStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            level: options.float("level", default: 0.1), minimumPairs: options.integer("minimum_pairs", default: 2))
    }

    public let maximumFidelity: Int?
    /// The probability of an error.
    public let level: Double
    /// How many folds both trials must have reported.
    public let minimumPairs: Int

    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(maximumFidelity: Int? = nil, level: Double = 0.1, minimumPairs: Int = 2) throws {
        self.maximumFidelity = maximumFidelity
        self.level = try .checked(level, in: 0...1, "level")
        self.minimumPairs = try .checked(minimumPairs, atLeast: 1, "minimum_pairs")
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        guard let (_, differences) = comparison(trial, context) else { return false }
        guard differences.count >= minimumPairs, differences.reduce(0, +) > 0 else { return false }
        return SignedRankTest.probability(differences, .greater, zeros: .split) < level
    }

    /// The best trial's value and the mean difference from it over the common folds: the folds that were not run may be harder or easier than
    /// those that were.
    public func valueOfStopped(_ trial: Trial, _ context: SchedulingContext) -> Double? {
        guard let (best, differences) = comparison(trial, context), !differences.isEmpty else { return nil }
        let loss = context.reported.loss(best) + differences.reduce(0, +) / Double(differences.count)
        return loss.isFinite ? context.reported.loss(loss) : nil
    }

    /// The value of the best complete trial, and how much worse a trial is on each of the folds that both have reported, as losses.
    private func comparison(_ trial: Trial, _ context: SchedulingContext) -> (best: Double, differences: [Double])? {
        let direction = context.reported
        let complete = context.trials.filter { $0.state == .complete && $0.number != trial.number && !$0.values.isEmpty }
        guard let best = complete.min(by: { direction.loss($0.values[0]) < direction.loss($1.values[0]) }) else { return nil }
        let differences = trial.reports(direction).compactMap { report -> Double? in
            // What is told of a whole trial stands at the step of its fidelity: no fold.
            guard report.step != maximumFidelity, let other = best.loss(direction, at: report.step) else { return nil }
            let difference = report.loss - other
            return difference.isNaN ? 0 : difference
        }
        return (best.values[0], differences)
    }
}
