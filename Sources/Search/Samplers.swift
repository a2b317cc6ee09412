public import SearchSpaces

/// All samplers. A new one adds its line here.
public enum Samplers {
    public static let all: [SamplerCard] = [
        RandomSampler.card,
        TPE.card,
        BOHB.card,
        ForestSampler.card,
        EHVI.card,
        GaussianProcessSampler.card,
        ParEGO.card,
        AutoSampler.card,
        CMAES.card,
        DifferentialEvolution.card,
        GridSampler.card,
        HaltonSampler.card,
        LatinHypercube.card,
        NSGA2.card,
        NSGA3.card,
        RegularizedEvolution.card,
        SMSEMOA.card,
        SobolSampler.card,
    ]

    /// - Throws: `SearchError` (`unknownAlgorithm`).
    public static func card(_ id: String) throws -> SamplerCard {
        guard let card = all.first(where: { $0.id == id }) else {
            throw SearchError(.unknownAlgorithm, "There is no sampler \"\(id)\"; there are \(all.map(\.id).joined(separator: ", ")).")
        }
        return card
    }

    /// - Throws: `SearchError` (`unknownAlgorithm`, `invalidOption`).
    public static func make(_ id: String, _ options: Configuration = [:]) throws -> any Sampler { try card(id).make(options) }

    /// - Throws: `SearchError` (`unknownAlgorithm`, `invalidOption`).
    public static func make(_ choice: AlgorithmChoice) throws -> any Sampler { try make(choice.id, choice.options) }
}
