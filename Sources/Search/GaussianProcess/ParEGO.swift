public import SearchSpaces

/// Several objectives as one: for every trial another random weighing of them, whose expected improvement is maximised.
///
/// Source: Knowles 2006, ParEGO: A Hybrid Algorithm With On-Line Landscape Approximation for Expensive Multiobjective Optimization
/// Problems, with the model of ``GaussianProcessSampler`` and weights uniform on the simplex instead of a grid.
public struct ParEGO: Sampler {
    public static let card = SamplerCard(
        id: "parego", name: "ParEGO",
        summary: "Weighs the objectives anew for every trial and improves the weighted maximum under a Gaussian process.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints, .priors],
        source: "Knowles 2006, ParEGO",
        options: GaussianProcessSettings.options(warping: GaussianProcessSettings().outputWarping, note: "of several objectives, their weighted maximum")
    ) { try ParEGO(options: $0) }

    private let settings: GaussianProcessSettings

    /// How much the sum counts beside the maximum: without it, weakly dominated points would be as good as others.
    private static let sumShare = 0.05

    public init() { settings = GaussianProcessSettings() }

    /// - Throws: `SearchError` (`invalidOption`) when an option is impossible.
    public init(options: Configuration) throws { settings = try GaussianProcessSettings(options, of: Self.card.id) }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        guard let surrogate = Surrogate(context, settings, using: &generator) else {
            return try StartDesign.configuration(context, points: settings.startupTrials, using: &generator)
        }
        // Gaps between sorted uniform numbers are uniform on the simplex.
        let cuts = [0] + (1..<max(context.directions.count, 1)).map { _ in generator.uniform() }.sorted() + [1]
        let weights = zip(cuts, cuts.dropFirst()).map { $1 - $0 }
        return try surrogate.improving(Self.scalarized(surrogate.data.losses, weights), context, using: &generator)
    }

    /// The augmented Chebyshev norm of losses scaled to [0, 1], one per observed trial.
    static func scalarized(_ losses: [[Double]], _ weights: [Double]) -> [Double] {
        guard let count = losses.first?.count else { return [] }
        let scaled = losses.map { column -> [Double] in
            let finite = column.filter(\.isFinite)
            let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
            let range = high - low
            return column.map { range > 0 && range.isFinite ? min(max(($0 - low) / range, 0), 1) : ($0 > low ? 1 : 0) }
        }
        return (0..<count).map { index in
            // A failed trial is worse than any that was not.
            if losses.contains(where: { $0[index] == .infinity }) { return .infinity }
            let parts = zip(scaled, weights).map { $0[index] * $1 }
            return (parts.max() ?? 0) + sumShare * parts.reduce(0, +)
        }
    }
}
