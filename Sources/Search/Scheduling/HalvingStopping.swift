import SearchSpaces

/// Asynchronous successive halving of the stopping type: trials run on, and those that are not among the best at a milestone stop.
///
/// Milestones are grace · η^(s+k) below the maximum, s being the trial's bracket. A trial's record at a milestone is its first report from there
/// on, before the next milestone.
///
/// Source: Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning; the rules are those of three programs, see `Rule`.
public struct HalvingStopping: StoppingRule {
    /// When a trial that has reached a milestone stops.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// More than one in η of the records, its own included, are strictly better (Syne Tune).
        case share
        /// It is worse than the quantile 1/η of the earlier records; the first goes on (Ray's AsyncHyperBand).
        case percentile
        /// It is not among the best ⌊m/η⌋ of m records, at least one, its own included (Optuna).
        case top
    }

    public static let card = SchedulerCard(
        id: "asha-stopping", name: "Asynchronous successive halving, stopping",
        summary: "Trials run on until a milestone where they are not among the best in eta.",
        abilities: [.earlyStopping, .asynchronous],
        source: "Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning; Ray Tune, Syne Tune, Optuna",
        options: [
            AlgorithmOption(
                "minimum_fidelity", "first milestone, in the objective's unit (epochs, rows, rounds); from 1 to maximum_fidelity", standard: 1),
            .maximumFidelity,
            AlgorithmOption(
                "eta", "reduction factor: about one in eta passes a milestone, and the next is eta times as far; at least 2", standard: 3),
            .brackets("milestone"),
            AlgorithmOption(
                "rule",
                "who stops: share (more than one in eta are better), percentile (worse than the quantile 1/eta of earlier ones), "
                    + "top (not among the best ⌊m/eta⌋ of m)",
                standard: Rule.share.rawValue),
        ]
    ) { options in
        try HalvingStopping(
            minimum: options.integer("minimum_fidelity", default: 1), maximum: options.integer("maximum_fidelity", default: 81),
            eta: options.integer("eta", default: 3), brackets: options.integer("brackets", default: 1),
            rule: options.choice("rule", default: Rule.share))
    }

    /// Rising, all below the maximum.
    public let milestones: [Int]
    public let eta: Int
    /// Bracket s leaves out the first s milestones.
    public let brackets: Int
    public let rule: Rule
    public let maximumFidelity: Int?

    /// - Parameters:
    ///   - fidelity: From the first milestone to the end of a trial.
    ///   - eta: The reduction factor: about one in `eta` passes a milestone.
    ///   - brackets: How many early-stopping rates take turns.
    ///   - rule: When a trial stops at a milestone.
    /// - Throws: `SearchError` (`invalidOption`) when the numbers leave nothing.
    public init(fidelity: ClosedRange<Int>, eta: Int = 3, brackets: Int = 1, rule: Rule = .share) throws {
        try self.init(
            minimum: fidelity.lowerBound, maximum: fidelity.upperBound, eta: eta, brackets: brackets, rule: rule)
    }

    private init(minimum: Int, maximum: Int, eta: Int, brackets: Int, rule: Rule) throws {
        guard minimum >= 1, maximum >= minimum else {
            throw SearchError(.invalidOption, "Fidelities must be at least 1 and not empty, got \(minimum) to \(maximum).")
        }
        self.eta = try .checked(eta, atLeast: 2, "The reduction factor eta")
        var milestones: [Int] = []
        var next = minimum
        while next < maximum {
            milestones.append(next)
            guard next <= maximum / eta else { break }
            next *= eta
        }
        guard (1...max(milestones.count, 1)).contains(brackets) else {
            throw SearchError(
                .invalidOption, "With the milestones \(milestones) there can be 1 to \(max(milestones.count, 1)) brackets, got \(brackets).")
        }
        self.milestones = milestones
        self.brackets = brackets
        self.rule = rule
        maximumFidelity = maximum
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        guard context.mayStart else { return context.idle }
        let bracket = BracketShares(rungs: milestones.count + 1, eta: eta, brackets: brackets).next(context.trials)
        return .start(fidelity: maximumFidelity, bracket: bracket)
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        guard step < maximumFidelity ?? .max, let index = milestones.lastIndex(where: { $0 <= step }), index >= trial.progress.bracket,
            let own = record(of: trial, at: index, context.reported), own.step == step
        else { return false }
        let others = context.trials.compactMap { other -> Double? in
            guard other.number != trial.number, other.progress.bracket == trial.progress.bracket else { return nil }
            return record(of: other, at: index, context.reported)?.loss
        }
        let better = others.count { $0 < own.loss }
        switch rule {
        case .share: return Double(better) / Double(others.count + 1) > 1 / Double(eta)
        case .percentile: return Quantile.of(others, at: 1 / Double(eta)).map { own.loss > $0 } ?? false
        case .top: return better >= max((others.count + 1) / eta, 1)
        }
    }

    private func record(of trial: Trial, at index: Int, _ direction: Direction) -> Report? {
        let end = index + 1 < milestones.count ? milestones[index + 1] : maximumFidelity ?? .max
        let step = trial.intermediateValues.keys.lazy.filter { $0 >= milestones[index] && $0 < end }.min()
        return step.flatMap { step in trial.loss(direction, at: step).map { Report(step: step, loss: $0) } }
    }
}
