public import SearchSpaces

/// Independent draws from the parameters' priors, uniform on their scales where there are none: the baseline for every comparison.
public struct RandomSampler: Sampler {
    public static let card = SamplerCard(
        id: "random", name: "Random search", summary: "Independent draws, uniform or from the priors; the baseline of every comparison.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .priors],
        source: "Bergstra and Bengio 2012, Random Search for Hyper-Parameter Optimization"
    ) { _ in RandomSampler() }

    public init() {}

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        return try context.space.randomConfiguration(using: &generator)
    }
}
