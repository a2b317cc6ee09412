public import SearchSpaces

/// NSGA-III: as NSGA-II, but the last front is cut so that the survivors spread over reference directions; for three objectives and more.
///
/// Source: Deb and Jain 2014, An Evolutionary Many-Objective Optimization Algorithm Using Reference-Point-Based Nondominated Sorting, Part I;
/// constraints as in part II. The reference points are a lattice of about as many points as the population holds.
public struct NSGA3: Sampler {
    public static let card = SamplerCard(
        id: "nsga3", name: "NSGA-III", summary: "A population spread over reference directions; for three objectives and more.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Deb and Jain 2014, An Evolutionary Many-Objective Optimization Algorithm, parts I and II",
        options: [
            AlgorithmOption(
                "population", "members that survive a generation, and about the number of reference directions; 4 to 100000", standard: NSGA3().population)
        ]
    ) { options in try NSGA3(population: options.integer("population", default: NSGA3().population)) }

    /// How many survive a generation.
    public let population: Int
    private let replay = Replay<GeneticSearch.Intake, GeneticSearch.Population>(stride: 16)
    private let memory = OutcomeMemory()

    public init() { population = 50 }

    /// - Throws: `SearchError` (`invalidOption`) when it is too small to breed.
    public init(population: Int) throws {
        self.population = try PopulationSize.checked(population, of: "NSGA-III")
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let directions = ReferencePoints.about(population, objectives: context.directions.count)
        // The niches already keep the population apart, so children may stay further from their parents (section V.A).
        let operators = GeneticOperators(crossoverIndex: 30, crossoverProbability: 1)
        return try GeneticSearch(size: population, offspring: population, operators: operators).propose(context, .referencePoints(directions), replay, memory)
    }
}
