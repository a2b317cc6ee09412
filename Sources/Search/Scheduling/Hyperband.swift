import SearchSpaces

/// Hyperband: brackets of successive halving that trade the number of configurations for the fidelity they start at.
///
/// The rungs are synchronous, as HpBandSter runs them: a rung ends when all its trials are back, and a free worker asks every bracket
/// under way in order before it opens the next, so none is ever idle. With `asynchronous`, promotion is that of `SuccessiveHalving` (ASHA) in
/// all brackets, delayed as there.
///
/// Source: Li et al. 2018, Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization; automl/HpBandSter. Where fewer trials
/// survive than the next rung has places, new ones start there, as in HpBandSter.
public struct Hyperband: TrialScheduler {
    public static let card = SchedulerCard(
        id: "hyperband", name: "Hyperband",
        summary: "Brackets of successive halving, from many short trials to few long ones, take turns.",
        abilities: [.multiFidelity, .multiObjective],
        source: "Li et al. 2018, Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization; automl/HpBandSter",
        options: [
            .minimumFidelity,
            .maximumFidelity,
            .eta,
            AlgorithmOption(
                "form", "how a bracket's first size is rounded: floor (HpBandSter), ceil (the paper and SMAC3)",
                standard: BracketForm.floor.rawValue),
            AlgorithmOption(
                "asynchronous", "true (asynchronous) promotes a trial as soon as it is among the best of its rung, false once the rung is complete",
                standard: false),
        ]
    ) { options in
        try Hyperband(
            minimum: options.integer("minimum_fidelity", default: 1), maximum: options.integer("maximum_fidelity", default: 81),
            eta: options.integer("eta", default: 3), form: try options.choice("form", default: BracketForm.floor),
            isAsynchronous: options.boolean("asynchronous", default: false))
    }

    /// One round; bracket s of the paper is the one with s + 1 rungs.
    public let brackets: [Bracket]
    public let eta: Int
    private let synchronous: SynchronousBrackets
    private let asynchronous: SuccessiveHalving?

    public var maximumFidelity: Int? { brackets.last?.fidelities.last }
    /// The fidelities of all rungs, rising.
    public var fidelities: [Int] { brackets.first?.fidelities ?? [] }

    /// - Parameters:
    ///   - fidelity: The highest is met exactly; the others are its quotients by powers of `eta`, not below the lowest.
    ///   - eta: The reduction factor: one in `eta` goes on, with `eta` times the fidelity.
    ///   - form: How large the brackets are.
    ///   - asynchronous: Whether trials are promoted without waiting for their rung.
    /// - Throws: `SearchError` (`invalidOption`) when the numbers leave no rung.
    public init(fidelity: ClosedRange<Int>, eta: Int = 3, form: BracketForm = .floor, asynchronous: Bool = false) throws {
        try self.init(
            minimum: fidelity.lowerBound, maximum: fidelity.upperBound, eta: eta, form: form, isAsynchronous: asynchronous)
    }

    private init(minimum: Int, maximum: Int, eta: Int, form: BracketForm, isAsynchronous: Bool) throws {
        let fidelities = try Bracket.fidelities(minimum, maximum, eta: eta)
        brackets = Bracket.hyperband(fidelities, eta: eta, form: form)
        self.eta = eta
        synchronous = SynchronousBrackets(brackets: brackets, eta: eta)
        asynchronous = isAsynchronous ? SuccessiveHalving(rungs: fidelities, eta: eta, brackets: fidelities.count, delayed: true) : nil
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        if let asynchronous { return asynchronous.decide(context) }
        if context.isIntensifying, let promotion = context.bestPromotion(fidelities) { return promotion }
        return synchronous.decide(context) { .start(fidelity: $0.fidelity, bracket: $0.iteration) }
    }
}

extension Configuration {
    /// The case of an enumeration by its name.
    ///
    /// - Throws: `SearchError` (`invalidOption`) when there is none of that name.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, default fallback: Choice) throws -> Choice
    where Choice.RawValue == String {
        guard let value = self[name] else { return fallback }
        guard let choice = Choice(rawValue: value.description) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SearchError(.invalidOption, "The option \"\(name)\" is \(value); expected one of \(known).")
        }
        return choice
    }
}
