import Foundation
public import SearchSpaces

/// CMA-ES: a normal distribution that learns from each generation where to go, how far, and along which axes.
///
/// Source: Hansen 2016, The CMA Evolution Strategy: A Tutorial, with active weights; restarts with a doubled population (IPOP, Auger and Hansen
/// 2005) or alternating with small ones (BIPOP, Hansen 2009); margin for discrete numbers (Hamano et al. 2022). Ours differs in these points:
/// - Nothing is stored but the number of the generation: the distribution is replayed from the trials, and what was drawn for a trial is drawn
///   again, so that whole numbers and inactive parameters are learned from as they were drawn.
/// - A generation is formed by the first results that come, as many as it needs; later ones are not used. Failed trials count as the worst.
/// - Choices have probabilities that follow the good half. More than a hundred numbers get a diagonal matrix.
/// - One objective is what it is for. Several are ranked by front and crowding, but one distribution does not spread over a front.
public struct CMAES: Sampler {
    public static let card = SamplerCard(
        id: "cma-es", name: "CMA-ES", summary: "A normal distribution that adapts its mean, step and shape; strong on numbers with many trials.",
        abilities: [.conditional, .multiFidelity, .parallel, .constraints],
        source: "Hansen 2016, The CMA Evolution Strategy: A Tutorial; margin of Hamano et al. 2022",
        options: [
            AlgorithmOption("population", "members of a generation, 4 to 100000; by default 4 + ⌊3 ln d⌋ for d parameters"),
            AlgorithmOption("sigma", "first standard deviation, where a parameter's range is 1; above 0, at most 10", standard: CMAES().sigma),
            AlgorithmOption(
                "restarts", "after convergence: none, ipop (elsewhere with twice the population), bipop (ipop in turn with small populations)",
                standard: CMAES().restarts.rawValue),
        ]
    ) { options in
        let restarts = try options.category("restarts", default: CMAES().restarts.rawValue)
        guard let strategy = Restarts(rawValue: restarts) else {
            let known = Restarts.allCases.map(\.rawValue).joined(separator: ", ")
            throw SearchError(.invalidOption, "CMA-ES has no restarts \"\(restarts)\"; it has \(known).")
        }
        return try CMAES(
            population: options["population"] == nil ? nil : options.integer("population"),
            sigma: options.float("sigma", default: CMAES().sigma), restarts: strategy)
    }

    /// What happens when the distribution has converged.
    public enum Restarts: String, Sendable, Hashable, CaseIterable {
        /// It goes on as it is.
        case none
        /// A new one starts elsewhere, with twice the population.
        case ipop
        /// As `ipop`, in turn with small populations and small steps, by the trials that each has had.
        case bipop
    }

    /// Members of a generation; 4 + ⌊3 ln d⌋ when nil.
    public let population: Int?
    /// The first standard deviation, on the scale where a parameter's range is 1.
    public let sigma: Double
    public let restarts: Restarts
    private let replay = Replay<CMAGeneration, CMARun>(stride: 16)

    public init() {
        population = nil
        sigma = 1.0 / 6
        restarts = .ipop
    }

    /// - Throws: `SearchError` (`invalidOption`) when a number is out of range.
    public init(population: Int?, sigma: Double = 1.0 / 6, restarts: Restarts = .ipop) throws {
        self.population = try population.map { try PopulationSize.checked($0, of: "CMA-ES") }
        guard sigma > 0, sigma <= 10 else {
            throw SearchError(.invalidOption, "CMA-ES needs a sigma above 0 and up to 10, in units of a parameter's range; got \(sigma).")
        }
        self.sigma = sigma
        self.restarts = restarts
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        var generator = context.generator
        let genome = Genome(context.space)
        guard !genome.free.isEmpty else { return Proposal(try context.space.randomConfiguration(using: &generator)) }
        let genes = CMAGenes(genome)
        let history = CMAHistory(context)
        let standard = 4 + Int(3 * log(Double(genome.free.count)))
        let start = CMARun(genes, population: population ?? standard, sigma: sigma)
        func advance(_ run: inout CMARun, _ generation: CMAGeneration) {
            run.advance(generation, genes, context, restarts: restarts)
        }
        var run = replay.state(from: start, over: history.closed, in: context, step: advance)
        var notes: Configuration = [:]
        let needed = run.distribution.constants.population
        if history.open.count >= needed {
            let generation = CMAGeneration(members: Array(history.open.prefix(needed)))
            advance(&run, generation)
            notes[NoteKey.members.name] = TrialNotes.ranges(of: generation.members.map(\.outcome.number))
        }
        notes[NoteKey.generation.name] = .integer(run.generation)
        let drawn = run.allowedDraw(genes, context.space, &generator)
        return Proposal(try drawn.map(context.space.decode) ?? context.space.randomConfiguration(using: &generator), notes: notes)
    }
}
