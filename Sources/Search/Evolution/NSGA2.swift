public import SearchSpaces

/// NSGA-II: a population whose better fronts survive, and of the last front those that are least crowded.
///
/// Source: Deb, Pratap, Agarwal and Meyarivan 2002, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II. Ours is open to any number of
/// workers: while the last results of a generation are awaited, more children of the same parents are proposed, and all results compete.
/// A child equal to a living configuration is made anew. With one objective it is a plain elitist genetic algorithm.
public struct NSGA2: Sampler {
    public static let card = SamplerCard(
        id: "nsga2", name: "NSGA-II", summary: "A population that breeds from its better and less crowded Pareto fronts.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Deb et al. 2002, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", options: ["population"]
    ) { options in try NSGA2(population: options.integer("population", default: NSGA2().population)) }

    /// How many survive a generation.
    public let population: Int
    private let replay = Replay<GeneticSearch.Intake, GeneticSearch.Population>(stride: 16)

    public init() { population = 50 }

    /// - Throws: `SearchError` (`invalidOption`) when it is too small to breed.
    public init(population: Int) throws {
        self.population = try PopulationSize.checked(population, of: "NSGA-II")
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        try GeneticSearch(size: population, operators: GeneticOperators()).propose(context, .crowding, replay)
    }
}

enum PopulationSize {
    /// - Throws: `SearchError` (`invalidOption`) when the size is not between 4 and 100000.
    static func checked(_ size: Int, of algorithm: String) throws -> Int {
        guard (4...100_000).contains(size) else {
            throw SearchError(.invalidOption, "\(algorithm) needs a population of 4 to 100000, got \(size).")
        }
        return size
    }
}
