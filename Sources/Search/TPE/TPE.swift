public import SearchSpaces

/// The tree-structured Parzen estimator.
///
/// The trials are split into a few good ones and the rest; a density is fitted to each; of some candidates drawn from the density l of
/// the good ones, the one with the largest l/g is next.
///
/// Source: Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization, with the constants of Optuna 5: multivariate kernels,
/// running trials among the bad ones (constant liar), pruned trials after complete ones. Ours differs in these points:
/// - Conditional spaces: parameters under the same condition form a group with densities of its own, parents before children,
///   fitted to the trials in which the group was active and split among these. A rarely chosen branch so learns from its own best.
/// - Several fidelities: values are compared at the highest fidelity that at least `startupTrials` trials have finished; trials that
///   have not come so far rank behind, those of higher fidelity first. Ties of the fidelity are broken by value.
/// - Several objectives: suggestions take turns between densities of all parameters together and of each parameter alone. Fronts of which each
///   parameter tells something by itself are found sooner by the latter, all others by the former. Older bad trials weigh less, good ones do not.
/// - Constraints: what violates them ranks behind all that does not, by how much.
/// - Finite spaces: a configuration that has been tried is drawn again a few times before it is proposed once more.
/// - Priors of the parameters: the first trials are drawn from them, and a candidate's prior density, to a power that falls with the number
///   of results, counts beside l/g (Hvarfner et al. 2022, πBO: Augmenting Acquisition Functions with User Beliefs).
/// - Failed trials are never good, but they count among the bad: what crashes is avoided.
public struct TPE: Sampler {
    public static let card = SamplerCard(
        id: "tpe", name: "Tree-structured Parzen estimator",
        summary: "Models where good and bad configurations lie and proposes what is far likelier among the good.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints, .priors],
        source: "Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization; with several objectives MOTPE, Ozaki et al. 2022, Multiobjective "
            + "Tree-Structured Parzen Estimator; constants of Optuna 5",
        options: [
            .startupTrials(TPE().startupTrials),
            AlgorithmOption("candidates", "draws from the density of the good trials that are compared; at least 1", standard: TPE().candidates),
            AlgorithmOption(
                "multivariate", "true models parameters that are active together jointly, with several objectives in every second suggestion; false each alone",
                standard: TPE().multivariate),
        ]
    ) { options in
        let standard = TPE()
        return try TPE(
            startupTrials: options.integer("startup_trials", default: standard.startupTrials),
            candidates: options.integer("candidates", default: standard.candidates),
            multivariate: options.boolean("multivariate", default: standard.multivariate))
    }

    /// How many trials must have a result before the model is used.
    public let startupTrials: Int
    /// How many candidates are compared.
    public let candidates: Int
    /// Whether parameters that are active together are modelled together; with several objectives, by every second suggestion.
    public let multivariate: Bool
    private let memory: TPEMemory

    public init() {
        startupTrials = 10
        candidates = 24
        multivariate = true
        memory = TPEMemory(multivariate: true)
    }

    /// - Throws: `SearchError` (`invalidOption`) when a number is not positive.
    public init(startupTrials: Int, candidates: Int = 24, multivariate: Bool = true) throws {
        guard startupTrials >= 1, candidates >= 1 else {
            throw SearchError(
                .invalidOption, "TPE needs at least 1 startup trial and 1 candidate, got \(startupTrials) and \(candidates).")
        }
        self.startupTrials = startupTrials
        self.candidates = candidates
        self.multivariate = multivariate
        memory = TPEMemory(multivariate: multivariate)
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        let proposal = try memory.withState(for: context) { state in try propose(context, &state, &generator) }
        return try proposal ?? context.space.randomConfiguration(using: &generator)
    }

    /// A configuration by the model; nil where there is none yet, or all that it proposes is forbidden.
    private func propose(
        _ context: SamplingContext, _ state: inout TPEMemory.State, _ generator: inout TrialGenerator
    ) throws -> Configuration? {
        let split = TPESplit(context, state, enough: startupTrials)
        guard split.resultCount >= startupTrials else { return nil }
        // Fitted when first needed: of a large conditional space a configuration touches only a few groups.
        var fitted: [Int: FittedGroup] = [:]
        // Where much is forbidden the bad density is low, and the best of many candidates would always lie there: each refusal
        // halves their number, down to plain draws from the good density.
        var candidates = candidates
        let groups = context.directions.count > 1 && context.number.isMultiple(of: 2) ? state.single : state.groups
        var proposal: Configuration?
        for _ in 0..<Self.freshTries {
            proposal = try? context.space.notForbidden {
                defer { candidates = max(candidates / 2, 1) }
                var point: [String: ParameterValue] = [:]
                var drawn = Configuration()
                for (index, group) in groups.enumerated() where group.isActive(in: drawn, of: context.space) {
                    let densities = fitted[index] ?? FittedGroup(group, &state, split, isGoodFlat: context.directions.count > 1)
                    fitted[index] = densities
                    for (name, value) in densities.propose(candidates, &generator) {
                        point[name] = value
                        drawn[name] = value
                    }
                }
                return context.space.resolve { point[$0.name] }
            }
            guard let proposal, state.isTried(proposal) else { return proposal }
        }
        // The model is sure of what has been tried; something else tells more, if a few plain draws find it.
        for _ in 0..<Self.freshTries {
            let drawn = try context.space.randomConfiguration(using: &generator)
            if !state.isTried(drawn) { return drawn }
        }
        return proposal
    }

    /// Draws before a configuration that has been tried is proposed again.
    private static let freshTries = 8
    /// The power of the prior after one result; after n results it is an n-th of it. πBO's β for ten results of a model.
    static let priorConfidence = 10.0

    /// The number of good trials among `count`: a tenth, with one objective at most 25.
    static func goodCount(_ count: Int, objectives: Int) -> Int {
        let tenth = (count + 9) / 10
        return objectives == 1 ? min(tenth, 25) : tenth
    }
}

extension TPEGroup {
    fileprivate func isActive(in drawn: Configuration, of space: SearchSpace) -> Bool {
        positions.first.map { space.isActive(space.parameters[$0], given: drawn) } ?? false
    }
}

/// A group with its two densities.
private struct FittedGroup {
    private let constants: [(String, ParameterValue)]
    private let free: [Parameter]
    private let dimensions: [ParzenDimension]
    private let good: ParzenEstimator
    private let bad: ParzenEstimator
    /// Beliefs about the free parameters, and the power that their density counts with.
    private let priors: [UnitPrior]
    private let priorPower: Double

    init(_ group: TPEGroup, _ state: inout TPEMemory.State, _ split: TPESplit, isGoodFlat: Bool) {
        let parameters = group.positions.map { state.space.parameters[$0] }
        constants = parameters.filter { $0.domain.count == 1 }.map { ($0.name, $0.startValue) }
        let positions = group.positions.filter { state.columns[$0] != nil }
        let columns = positions.compactMap { state.columns[$0] }
        free = columns.map(\.parameter)
        dimensions = columns.map(\.dimension)
        let (goodTrials, badTrials) = split.split { trial in columns.allSatisfy { !$0.coordinates[trial].isNaN } }
        good = ParzenEstimator(dimensions, columns.map { column in goodTrials.map { column.coordinates[$0] } }, flat: isGoodFlat)
        var kernels = [Int32](repeating: -1, count: state.trials.count)
        for (kernel, trial) in badTrials.enumerated() { kernels[trial] = Int32(kernel) }
        let axes = positions.compactMap { state.columns[$0]?.kernels(kernels, count: badTrials.count) }
        bad = ParzenEstimator(axes, observations: badTrials.count, flat: false)
        priors = free.map(\.unitPrior)
        priorPower = priors.allSatisfy(\.isFlat) ? 0 : TPE.priorConfidence / Double(max(split.resultCount, 1))
    }

    /// The candidate whose likelihood under the good trials exceeds that under the bad ones most.
    func propose(_ candidates: Int, _ generator: inout TrialGenerator) -> [(String, ParameterValue)] {
        guard !free.isEmpty else { return constants }
        var best: [Double] = []
        var bestScore = -Double.infinity
        let points = (0..<candidates).map { _ in good.draw(&generator) }
        let ratios = zip(good.logDensities(points), bad.logDensities(points)).map { $0 - $1 }
        let scores = priorPower == 0 ? ratios : zip(ratios, points).map { $0 + priorPower * logPrior(of: $1) }
        for (point, score) in zip(points, scores) where best.isEmpty || score > bestScore {
            best = point
            bestScore = score
        }
        return constants + zip(free.indices, best).map { (free[$0].name, dimensions[$0].value(at: $1)) }
    }

    private func logPrior(of point: [Double]) -> Double {
        free.indices.reduce(0) { sum, axis in
            guard !priors[axis].isFlat else { return sum }
            let unit = free[axis].domain.unit(of: dimensions[axis].value(at: point[axis])) ?? 0.5
            return sum + max(priors[axis].logDensity(at: unit), -1e3)
        }
    }
}
