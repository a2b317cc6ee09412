import SearchSpaces

/// Asynchronous successive halving of the promotion type (ASHA).
///
/// A free worker scans the rungs of each bracket from the top: of the m results in a rung the best ⌊m/η⌋ may be promoted, and the
/// best of these that has not been goes on at the next fidelity. When there is none, a new configuration starts. Nobody waits.
///
/// Source: Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning, algorithm 2. Ours differs in four points: the
/// last rung is exactly the maximum fidelity, also where that is no power of η; a new trial joins the bracket that is furthest
/// behind its share of Hyperband's bracket sizes, instead of a random one; when no new configuration may start, nothing runs and
/// no trial has reached the maximum fidelity, the best one goes on to it, so that a small study ends with a complete trial; and while
/// the search intensifies, the best trial that waits at any rung goes on before anything new starts: with little time left a new
/// configuration would not get far, and several complete trials are worth more to an ensemble than one.
///
/// Delayed, a rung passes on no more trials in all than one in η of its results, also where those that went on early are no longer among its best.
/// With a sampler that learns every new configuration would otherwise seem worth promoting at once, and hardly any would be tried cheaply
/// (Li et al. 2022, Hyper-Tune: Towards Efficient Hyper-parameter Tuning at Scale).
///
/// Rungs can be kept apart by the value of a categorical parameter, such as the choice among learners: families of different
/// learning speed are then each halved among themselves, and a library stays diverse.
///
/// Several objectives are ranked by non-dominated sorting; within a front by crowding distance or as an ε-net (Schmucker et al. 2021,
/// Multi-objective Asynchronous Successive Halving).
public struct SuccessiveHalving: TrialScheduler {
    public static let card = SchedulerCard(
        id: "asha", name: "Asynchronous successive halving",
        summary: "Many configurations start small; the best of each rung go on at a higher fidelity, and no worker waits.",
        abilities: [.multiFidelity, .asynchronous, .multiObjective],
        source: "Li et al. 2020, A System for Massively Parallel Hyperparameter Tuning",
        options: [
            .minimumFidelity,
            .maximumFidelity,
            .eta,
            .brackets("rung"),
            AlgorithmOption(
                "delayed", "true lets no rung pass on more than one in eta in all, also where those that went on early are no longer among its best",
                standard: false),
            AlgorithmOption(
                "group_by", "name of a categorical parameter whose values are halved apart, each with rungs of its own; by default all share them"),
            AlgorithmOption(
                "front_order", "who of a front of several objectives goes first: crowding (the less crowded), epsilon-net (the farthest from those taken)",
                standard: FrontOrder.crowding.rawValue),
        ]
    ) { options in
        try SuccessiveHalving(
            minimum: options.integer("minimum_fidelity", default: 1), maximum: options.integer("maximum_fidelity", default: 81),
            eta: options.integer("eta", default: 3), brackets: options.integer("brackets", default: 1),
            delayed: options.boolean("delayed", default: false),
            groupBy: options["group_by"] == nil ? nil : options.category("group_by"),
            frontOrder: options.choice("front_order", default: FrontOrder.crowding))
    }

    /// The fidelities of the rungs, rising.
    public let rungs: [Int]
    public let eta: Int
    /// How many early-stopping rates take turns; bracket s starts at rung s.
    public let brackets: Int
    /// Whether no rung passes on more than its share.
    public let isDelayed: Bool
    /// Name of the categorical parameter whose values have rungs of their own; nil for common rungs.
    public let groupBy: String?
    /// Which members of a Pareto front go on first.
    public let frontOrder: FrontOrder

    public var maximumFidelity: Int? { rungs.last }

    /// - Parameters:
    ///   - fidelity: From the lowest rung through the highest.
    ///   - eta: The reduction factor: one in `eta` goes on, with `eta` times the fidelity.
    ///   - brackets: How many early-stopping rates take turns; 1 is plain successive halving.
    ///   - delayed: Whether no rung passes on more than its share.
    ///   - groupBy: A categorical parameter whose values are halved apart.
    ///   - frontOrder: Which members of a Pareto front go on first, where there are several objectives.
    /// - Throws: `SearchError` (`invalidOption`) when the numbers leave no rung.
    public init(
        fidelity: ClosedRange<Int>, eta: Int = 3, brackets: Int = 1, delayed: Bool = false, groupBy: String? = nil,
        frontOrder: FrontOrder = .crowding
    ) throws {
        try self.init(
            minimum: fidelity.lowerBound, maximum: fidelity.upperBound, eta: eta, brackets: brackets, delayed: delayed,
            groupBy: groupBy, frontOrder: frontOrder)
    }

    /// Rungs of one's own choice, rising; as many brackets at most.
    init(rungs: [Int], eta: Int, brackets: Int, delayed: Bool) {
        self.rungs = rungs
        self.eta = eta
        self.brackets = brackets
        isDelayed = delayed
        groupBy = nil
        frontOrder = .crowding
    }

    private init(
        minimum: Int, maximum: Int, eta: Int, brackets: Int, delayed: Bool, groupBy: String?, frontOrder: FrontOrder
    ) throws {
        guard minimum >= 1, maximum >= minimum else {
            throw SearchError(.invalidOption, "Fidelities must be at least 1 and not empty, got \(minimum) to \(maximum).")
        }
        guard eta >= 2 else { throw SearchError(.invalidOption, "The reduction factor eta must be at least 2, got \(eta).") }
        var rungs = [minimum]
        while let last = rungs.last, last <= maximum / eta { rungs.append(last * eta) }
        rungs[rungs.count - 1] = maximum
        guard (1...rungs.count).contains(brackets) else {
            throw SearchError(
                .invalidOption, "With the rungs \(rungs) there can be 1 to \(rungs.count) brackets, got \(brackets).")
        }
        self.rungs = rungs
        self.eta = eta
        self.brackets = brackets
        isDelayed = delayed
        self.groupBy = groupBy
        self.frontOrder = frontOrder
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        let groups = groups(context.trials)
        for bracket in 0..<brackets {
            for rung in rungs.indices.dropLast().reversed() where rung >= bracket {
                for group in groups {
                    if let promotion = promotion(from: rung, in: bracket, group, context) { return promotion }
                }
            }
        }
        if context.isIntensifying, let promotion = context.bestPromotion(rungs) { return promotion }
        if context.mayStart {
            let bracket = BracketShares(rungs: rungs.count, eta: eta, brackets: brackets).next(context.trials)
            return .start(fidelity: rungs[bracket], bracket: bracket)
        }
        return lastPromotion(context) ?? context.idle
    }

    /// The best trial of a rung that is among the promotable ones and has not gone on.
    private func promotion(
        from rung: Int, in bracket: Int, _ group: ParameterValue?, _ context: SchedulingContext
    ) -> SchedulingDecision? {
        let fidelity = rungs[rung]
        func belongs(_ trial: Trial) -> Bool { trial.progress.bracket == bracket && self.group(of: trial) == group }
        let standings = standings(at: fidelity, context, where: belongs)
        let places = standings.count / eta
        if isDelayed, context.trials.count(where: { ($0.progress.fidelity ?? 0) > fidelity && belongs($0) }) >= places { return nil }
        let promotable = standings.prefix(places)
        guard let next = promotable.first(where: { context.canGoOn(context.trials[$0], from: fidelity) }) else { return nil }
        return .promote(trial: next, fidelity: rungs[rung + 1])
    }

    private func group(of trial: Trial) -> ParameterValue? { groupBy.flatMap { trial.configuration[$0] } }

    /// The groups that have rungs of their own, in the order in which they first appeared.
    private func groups(_ trials: [Trial]) -> [ParameterValue?] {
        guard groupBy != nil else { return [nil] }
        var groups: [ParameterValue?] = []
        for trial in trials where !groups.contains(group(of: trial)) { groups.append(group(of: trial)) }
        return groups
    }

    /// The numbers of the trials with a result at a fidelity, best first.
    private func standings(at fidelity: Int, _ context: SchedulingContext, where isIncluded: (Trial) -> Bool) -> [Int] {
        var numbers: [Int] = []
        var losses: [[Double]] = []
        for number in context.trials.indices {
            guard let values = context.trials[number].progress.values(at: fidelity), isIncluded(context.trials[number]) else { continue }
            numbers.append(number)
            losses.append(context.losses(values))
        }
        return frontOrder.order(losses).map { numbers[$0] }
    }

    /// The way to a complete trial once nothing new may start.
    private func lastPromotion(_ context: SchedulingContext) -> SchedulingDecision? {
        guard let top = rungs.last,
            !context.trials.contains(where: { $0.state == .running || $0.progress.values(at: top) != nil })
        else { return nil }
        for rung in rungs.indices.dropLast().reversed() {
            let standings = standings(at: rungs[rung], context) { context.canGoOn($0, from: rungs[rung]) }
            if let best = standings.first { return .promote(trial: best, fidelity: rungs[rung + 1]) }
        }
        return nil
    }
}
