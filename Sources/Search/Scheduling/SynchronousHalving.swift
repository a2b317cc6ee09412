import SearchSpaces

/// Successive halving in synchronous rounds: a rung ends when all its trials are back, then its best go on.
///
/// Rounds follow one another as long as new configurations may start; a worker that finds a round waiting begins the next.
///
/// Source: Jamieson and Talwalkar 2016, Non-stochastic Best Arm Identification and Hyperparameter Optimization.
public struct SynchronousHalving: TrialScheduler {
    public static let card = SchedulerCard(
        id: "successive-halving", name: "Successive halving",
        summary: "Rounds of configurations start small; when a rung is complete, its best go on at a higher fidelity.",
        abilities: [.multiFidelity, .multiObjective],
        source: "Jamieson and Talwalkar 2016, Non-stochastic Best Arm Identification and Hyperparameter Optimization",
        options: [
            .minimumFidelity,
            .maximumFidelity,
            .eta,
            AlgorithmOption(
                "configurations", "configurations that start in a round, at least 1; by default as many as leave one at the highest fidelity"),
        ]
    ) { options in
        try SynchronousHalving(
            minimum: options.integer("minimum_fidelity", default: 1), maximum: options.integer("maximum_fidelity", default: 81),
            eta: options.integer("eta", default: 3),
            configurations: options["configurations"] == nil ? nil : options.integer("configurations"))
    }

    /// The one bracket that every round follows.
    public let bracket: Bracket
    private let rounds: SynchronousBrackets

    public var maximumFidelity: Int? { bracket.fidelities.last }

    /// - Parameters:
    ///   - fidelity: The highest is met exactly; the others are its quotients by powers of `eta`, not below the lowest.
    ///   - eta: The reduction factor.
    ///   - configurations: How many start in a round; as many as leave one at the top when nil.
    /// - Throws: `SearchError` (`invalidOption`) when the numbers leave no rung or no configuration.
    public init(fidelity: ClosedRange<Int>, eta: Int = 3, configurations: Int? = nil) throws {
        try self.init(
            minimum: fidelity.lowerBound, maximum: fidelity.upperBound, eta: eta, configurations: configurations)
    }

    private init(minimum: Int, maximum: Int, eta: Int, configurations: Int?) throws {
        let fidelities = try Bracket.fidelities(minimum, maximum, eta: eta)
        if let configurations, configurations < 1 {
            throw SearchError(.invalidOption, "Successive halving needs at least 1 configuration, got \(configurations).")
        }
        bracket = Bracket.halving(fidelities, eta: eta, size: configurations ?? Bracket.power(eta, fidelities.count - 1))
        rounds = SynchronousBrackets(brackets: [bracket], eta: eta)
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        if context.isIntensifying, let promotion = context.bestPromotion(bracket.fidelities) { return promotion }
        return rounds.decide(context) { .start(fidelity: $0.fidelity, bracket: $0.iteration) }
    }
}
