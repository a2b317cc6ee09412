public import SearchSpaces

/// Latin hypercube designs, one after another: in each, every parameter has one value in each of as many strata as there are points.
///
/// Source: McKay, Beckman and Conover 1979, A Comparison of Three Methods for Selecting Values of Input Variables.
public struct LatinHypercube: Sampler {
    public static let card = SamplerCard(
        id: "lhs", name: "Latin hypercube", summary: "Designs in which every parameter alone is spread evenly over its range.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel],
        source: "McKay, Beckman and Conover 1979, A Comparison of Three Methods for Selecting Values of Input Variables",
        options: [AlgorithmOption("points", "points of a design, after which the next one begins; 1 to 1000000", standard: LatinHypercube().points)]
    ) { options in try LatinHypercube(points: options.integer("points", default: LatinHypercube().points)) }

    /// How many points a design has; after them the next design begins.
    public let points: Int

    public init() { points = 64 }

    /// - Throws: `SearchError` (`invalidOption`) when there are no points.
    public init(points: Int) throws {
        guard (1...1_000_000).contains(points) else {
            throw SearchError(.invalidOption, "A Latin hypercube has 1 to 1000000 points, got \(points).")
        }
        self.points = points
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let walk = SharedSequence(context)
        return try walk.next { index in
            var generator = TrialGenerator(seed: context.seed, trial: index / points)
            // Any worker draws the same design.
            return StratifiedDraws.uniform(points, dimensions: walk.dimensions, using: &generator)[index % points]
        }
    }
}
