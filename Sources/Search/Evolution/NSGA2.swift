public import SearchSpaces

/// NSGA-II: a population whose better fronts survive, and of the last front those that are least crowded.
///
/// Source: Deb, Pratap, Agarwal and Meyarivan 2002, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II. Ours differs in these points:
/// - Every four results compete with the population, instead of as many as it holds: good children breed at once (Durillo et al. 2009, On the
///   Effect of the Steady-State Selection Scheme in Multi-Objective Genetic Algorithms). The paper's generations are those with as many
///   `offspring` as there are members.
/// - In tournaments a member wins by domination, not by its front: of members that do not dominate each other the less crowded breeds,
///   whatever their fronts, which keeps concave fronts from collapsing into an end.
/// - A share of the children are members moved by the difference of two others (Storn and Price 1997; Kukkonen and Lampinen 2005, GDE3), which
///   crossover, gene by gene, cannot replace where parameters depend on each other. Of three objectives crowding favours strays, which differences
///   would spread, and the share is less. The paper's children are those with `differences` 0.
/// - Open to any number of workers: while the last results of a generation are awaited, more children of the same parents are proposed, and
///   all results compete. A child equal to a living configuration is made anew.
///
/// With one objective it is a plain elitist genetic algorithm.
public struct NSGA2: Sampler {
    public static let card = SamplerCard(
        id: "nsga2", name: "NSGA-II", summary: "A population that breeds from its better and less crowded Pareto fronts.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Deb et al. 2002, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II",
        options: [
            AlgorithmOption("population", "members that survive a generation; 4 to 100000", standard: NSGA2().population),
            AlgorithmOption("offspring", "results that make a generation; 1 to 100000", standard: NSGA2().offspring),
            AlgorithmOption(
                "differences", "share of the children that are members moved by the difference of two others; by default 0.3, from three objectives 0.1"),
        ]
    ) { options in
        let standard = NSGA2()
        return try NSGA2(
            population: options.integer("population", default: standard.population), offspring: options.integer("offspring", default: standard.offspring),
            differences: options["differences"] == nil ? nil : options.float("differences"))
    }

    /// How many survive a generation.
    public let population: Int
    /// How many results make a generation.
    public let offspring: Int
    /// The share of children that are made by differences, from 0 to 1; by the number of objectives when nil.
    public let differences: Double?
    private let replay = Replay<GeneticSearch.Intake, GeneticSearch.Population>(stride: 16)
    private let memory = OutcomeMemory()

    public init() {
        population = 100
        offspring = 4
        differences = nil
    }

    /// - Throws: `SearchError` (`invalidOption`) when the population is too small to breed, there are no offspring, or the share is none.
    public init(population: Int, offspring: Int = 4, differences: Double? = nil) throws {
        self.population = try PopulationSize.checked(population, of: "NSGA-II")
        guard (1...100_000).contains(offspring) else {
            throw SearchError(.invalidOption, "NSGA-II needs 1 to 100000 offspring in a generation, got \(offspring).")
        }
        if let differences, !(0...1).contains(differences) {
            throw SearchError(.invalidOption, "NSGA-II needs a share of differences from 0 to 1, got \(differences).")
        }
        self.offspring = offspring
        self.differences = differences
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let operators = GeneticOperators(differenceShare: differences ?? (context.directions.count > 2 ? 0.1 : 0.3))
        return try GeneticSearch(size: population, offspring: offspring, operators: operators).propose(context, .crowding, replay, memory)
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
