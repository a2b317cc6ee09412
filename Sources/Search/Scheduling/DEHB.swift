import SearchSpaces

/// DEHB: Hyperband whose configurations come from differential evolution, with a population for every fidelity.
///
/// The first round of brackets is Hyperband's, except that the first rungs of all but the first bracket evolve. In later brackets every rung
/// evolves: parents come from the best of the population at the next lower fidelity, so that what low fidelities have found moves up.
/// A child challenges the next member of its population in turn and replaces it if it is not worse.
///
/// Source: Awad, Mallik and Hutter 2021, DEHB: Evolutionary Hyperband for Scalable, Robust and Efficient Hyperparameter Optimization;
/// automl/DEHB, with rand1 mutation and binomial crossover. Ours differs in these points: a population is read from the trials as the best
/// line of challengers for each of its first members; the coordinate of a choice is drawn anew within its cell; a child that has been tried at
/// the fidelity already is bred again, a few times.
public struct DEHB: TrialScheduler {
    public static let card = SchedulerCard(
        id: "dehb", name: "DEHB", summary: "Hyperband whose configurations evolve, with a population for every fidelity.",
        abilities: [.multiFidelity, .multiObjective, .bringsSampler],
        source: "Awad, Mallik and Hutter 2021, DEHB; automl/DEHB",
        options: [
            .minimumFidelity,
            .maximumFidelity,
            .eta,
            AlgorithmOption("mutation_factor", "how far the difference of two parents moves a third; above 0, at most 2", standard: 0.5),
            AlgorithmOption("crossover", "probability that a value comes from the moved parent; 0 to 1", standard: 0.5),
        ]
    ) { options in
        try DEHB(
            minimum: options.integer("minimum_fidelity", default: 1), maximum: options.integer("maximum_fidelity", default: 81),
            eta: options.integer("eta", default: 3), mutationFactor: options.float("mutation_factor", default: 0.5),
            crossover: options.float("crossover", default: 0.5))
    }

    /// One round.
    public let brackets: [Bracket]
    /// How far a mutant lies from its first parent, in differences of the other two.
    public let mutationFactor: Double
    /// The probability that a gene comes from the mutant.
    public let crossover: Double
    private let synchronous: SynchronousBrackets

    public var maximumFidelity: Int? { brackets.last?.fidelities.last }
    private var fidelities: [Int] { brackets.first?.fidelities ?? [] }

    /// - Parameters:
    ///   - fidelity: The highest is met exactly; the others are its quotients by powers of `eta`, not below the lowest.
    ///   - eta: The reduction factor.
    ///   - mutationFactor: Above 0, at most 2.
    ///   - crossover: From 0 to 1.
    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(fidelity: ClosedRange<Int>, eta: Int = 3, mutationFactor: Double = 0.5, crossover: Double = 0.5) throws {
        try self.init(
            minimum: fidelity.lowerBound, maximum: fidelity.upperBound, eta: eta, mutationFactor: mutationFactor, crossover: crossover)
    }

    private init(minimum: Int, maximum: Int, eta: Int, mutationFactor: Double, crossover: Double) throws {
        guard mutationFactor > 0, mutationFactor <= 2, (0...1).contains(crossover) else {
            throw SearchError(
                .invalidOption,
                "DEHB needs a mutation_factor above 0, at most 2, and a crossover from 0 to 1, got \(mutationFactor) and \(crossover).")
        }
        brackets = Bracket.hyperband(try Bracket.fidelities(minimum, maximum, eta: eta), eta: eta, form: .floor)
        self.mutationFactor = mutationFactor
        self.crossover = crossover
        synchronous = SynchronousBrackets(brackets: brackets, eta: eta)
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        if context.isIntensifying, let promotion = context.bestPromotion(fidelities) { return promotion }
        return synchronous.decide(context, promotes: { $0 < brackets.count }) { place in
            // What was enqueued comes first.
            if context.trials.contains(where: { $0.state == .waiting }) {
                return .start(fidelity: place.fidelity, bracket: place.iteration)
            }
            guard let child = child(place, context) else { return context.idle }
            return .breed(child, parent: nil, fidelity: place.fidelity, bracket: place.iteration)
        }
    }

    /// Nil when the space leaves nothing to draw.
    private func child(_ place: SynchronousBrackets.Place, _ context: SchedulingContext) -> Proposal? {
        var generator = TrialGenerator(seed: context.seed, trial: context.trials.count)
        let evolves = place.iteration >= brackets.count || (place.rung == 0 && place.iteration > 0)
        if evolves, let child = evolved(place, context, &generator) { return child }
        return (try? context.space.randomConfiguration(using: &generator)).map { Proposal($0) }
    }

    /// A child of the populations; nil while they are too small.
    private func evolved(
        _ place: SynchronousBrackets.Place, _ context: SchedulingContext, _ generator: inout TrialGenerator
    ) -> Proposal? {
        let own = DEHBPopulation(context, fidelity: place.fidelity, size: populationSize(place.fidelity))
        let lower = fidelities.last { $0 < place.fidelity }
        let below = lower.map { DEHBPopulation(context, fidelity: $0, size: populationSize($0)) } ?? own
        var parents = Array(below.members.prefix(max(place.size, 3)))
        if parents.count < 3 {
            let others = fidelities.reversed().flatMap { DEHBPopulation(context, fidelity: $0, size: populationSize($0)).members }
            for other in others where !parents.contains(where: { $0.trial == other.trial }) { parents.append(other) }
        }
        guard parents.count >= 3 else { return nil }
        // A population that is not full yet takes a child as a new member.
        let target = own.members.count < populationSize(place.fidelity) ? nil : own.inTurn[own.challenges % own.inTurn.count]
        let tried = own.configurations
        var candidate: Configuration?
        let drawn = try? context.space.notForbidden {
            for _ in 0..<Self.repeats {
                let point = bred(parents, target: target, context.space, &generator)
                let configuration = context.space.decode(point)
                candidate = configuration
                if !tried.contains(configuration) { break }
            }
            return candidate ?? context.space.defaultConfiguration
        }
        guard let drawn else { return nil }
        return Proposal(drawn, notes: target.map { [DEHBPopulation.targetNote: .integer($0.line)] } ?? [:])
    }

    /// How often a child that is no news is bred again.
    private static var repeats: Int { 5 }

    private func populationSize(_ fidelity: Int) -> Int {
        brackets.compactMap { bracket in bracket.fidelities.firstIndex(of: fidelity).map { bracket.sizes[$0] } }.max() ?? 1
    }

    /// rand1 mutation and binomial crossover, in the unit cube.
    private func bred(
        _ parents: [DEHBPopulation.Member], target: DEHBPopulation.Member?, _ space: SearchSpace, _ generator: inout TrialGenerator
    ) -> [Double] {
        var chosen: [Int] = []
        while chosen.count < 3 {
            let index = Int(generator.uniform() * Double(parents.count))
            if !chosen.contains(index) { chosen.append(index) }
        }
        let points = chosen.map { DEHBPopulation.genes(parents[$0].configuration, space, &generator) }
        let base = target.map { DEHBPopulation.genes($0.configuration, space, &generator) }
        let certain = Int(generator.uniform() * Double(max(points[0].count, 1)))
        return points[0].indices.map { gene in
            let mutant = points[0][gene] + mutationFactor * (points[1][gene] - points[2][gene])
            let inside = (0...1).contains(mutant) ? mutant : generator.uniform()
            let fromMutant = generator.uniform() < crossover || gene == certain
            guard let base, !fromMutant else { return inside }
            return base[gene]
        }
    }
}
