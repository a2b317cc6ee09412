public import SearchSpaces

/// Several objectives by one Gaussian process each: the next configuration is the one by which the dominated volume is expected to grow most.
///
/// Source: Emmerich et al. 2006, Single- and Multiobjective Evolutionary Optimization Assisted by Gaussian Random Field Metamodels; see
/// ``HypervolumeImprovement`` for how it is computed. Running trials are taken to bring what the model expects of them. Ours differs:
/// - Objectives are modelled, and volumes measured, on a logarithmic scale where that makes them likelier: fronts lie close to the lowest
///   losses, and of a first sample most are far above them. The order of losses, and so the front, stays the same.
/// - Every third trial takes the model nearly at its word and works out the middle of the front, while the others explore and seek its ends.
public struct EHVI: Sampler {
    public static let card = SamplerCard(
        id: "ehvi", name: "Expected hypervolume improvement",
        summary: "Models every objective by a Gaussian process and proposes what is expected to enlarge the dominated volume most.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints, .priors],
        source: "Emmerich et al. 2006; Yang et al. 2019, Efficient Computation of Expected Hypervolume Improvement",
        options: GaussianProcessSettings.options(warping: nil, note: "by default auto, with one objective none")
    ) { try EHVI(options: $0) }

    private let settings: GaussianProcessSettings
    /// How losses are transformed.
    private let warping: OutputWarping

    public init() { self.init(GaussianProcessSettings()) }

    /// - Throws: `SearchError` (`invalidOption`) when an option is impossible.
    public init(options: Configuration) throws {
        settings = try GaussianProcessSettings(options, of: Self.card.id)
        warping = options["output_warping"] == nil ? .auto : settings.outputWarping
    }

    /// With the settings of a sampler for one objective, whose standard warping is none.
    init(_ settings: GaussianProcessSettings) {
        self.settings = settings
        warping = settings.outputWarping == .none ? .auto : settings.outputWarping
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        guard context.directions.count > 1 else { return try GaussianProcessSampler(settings).sample(context) }
        var generator = context.generator
        guard let surrogate = Surrogate(context, settings, using: &generator) else {
            return try StartDesign.configuration(context, points: settings.startupTrials, using: &generator)
        }
        let modelled = surrogate.data.losses.compactMap { surrogate.process($0, warping: warping) }
        guard modelled.count == context.directions.count else { return try context.space.randomConfiguration(using: &generator) }
        let data = surrogate.data
        let losses = data.trials.indices.map { index in modelled.map { $0.losses.values[index] } }
        let eligible = surrogate.eligible
        let feasible = losses.indices.filter { index in eligible[index] && data.losses.allSatisfy { $0[index].isFinite } }
        let order = Front.order(losses, violations: data.violations)
        guard !feasible.isEmpty else {
            let acquisition = Acquisition(promise: .none, objectives: [], constraints: surrogate.constraints())
            return try surrogate.configuration(
                maximizing: acquisition, incumbents: Array(order.prefix(3)), context, using: &generator)
        }
        // Running trials will probably bring what is expected of them: nothing is to be gained there twice.
        let running = Array(surrogate.points[losses.count...])
        let expected = modelled.map { $0.process.moments(at: running).means.map { $0[0] } }
        let front = feasible.map { losses[$0] } + running.indices.map { index in expected.map { $0[index] } }
        let isExploiting = context.number % Self.exploitationPeriod == Self.exploitationPeriod - 1
        let improvement = HypervolumeImprovement(
            front: front, reference: Self.reference(front, isNear: isExploiting), varianceShare: isExploiting ? Self.exploitedShare : 1)
        let acquisition = Acquisition(
            promise: .hypervolume(improvement), objectives: modelled.map(\.process), constraints: surrogate.constraints())
        var incumbents = order.filter { eligible[$0] }.prefix(Self.mostIncumbents).map { $0 }
        incumbents.shuffle(using: &generator)
        return try surrogate.configuration(maximizing: acquisition, incumbents: incumbents, context, using: &generator)
    }

    /// The most points of the front around which better ones are sought.
    private static let mostIncumbents = 12

    /// A tenth of a range beyond the worst values: of all points, or, near, of the better quarter.
    ///
    /// With all, the ends of the front are sought; near, its middle is worked out.
    private static func reference(_ losses: [[Double]], isNear: Bool) -> [Double] {
        let kept = isNear ? Front.order(losses).prefix(max(losses.count / 4, 4)).map { losses[$0] } : losses
        return (losses.first ?? []).indices.map { objective in
            let own = kept.map { $0[objective] }
            let (low, high) = (own.min() ?? 0, own.max() ?? 0)
            return high + 0.1 * max(high - low, 1e-6)
        }
    }

    private static let exploitationPeriod = 3
    /// What variances are multiplied with in exploitation.
    private static let exploitedShare = 0.01
}
