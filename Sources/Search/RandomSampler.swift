public import SearchSpaces

/// Independent draws, uniform on the scale of each parameter: the baseline for every comparison.
public struct RandomSampler: Sampler {
    public static let card = SamplerCard(
        id: "random", name: "Random search", summary: "Independent uniform draws; the baseline of every comparison.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel],
        source: "Bergstra and Bengio 2012, Random Search for Hyper-Parameter Optimization"
    ) { _ in RandomSampler() }

    public init() {}

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        return try context.space.randomConfiguration(using: &generator)
    }
}
