public import SearchSpaces

/// The points of a scrambled Sobol sequence, one after another.
///
/// Source: Joe and Kuo 2008; see ``SobolSequence``. Inactive parameters drop their coordinates.
public struct SobolSampler: Sampler {
    public static let card = SamplerCard(
        id: "sobol", name: "Sobol sequence", summary: "Quasi-random points that fill the space more evenly than chance.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel],
        source: "Joe and Kuo 2008, Constructing Sobol Sequences with Better Two-Dimensional Projections"
    ) { _ in SobolSampler() }

    public init() {}

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let walk = SharedSequence(context)
        let sequence = SobolSequence(dimensions: walk.dimensions, seed: context.seed)
        return try walk.next { sequence.point(at: $0) }
    }
}
