public import SearchSpaces

/// The sampler that suits the space, the objectives and the number of trials, chosen anew for every trial.
///
/// ``choice(for:)`` decides; what it decides and why:
/// - One objective, numbers without gaps only, no conditions: ``GaussianProcessSampler``. Smooth functions are its home: on the BBOB
///   suite in 2 and 5 dimensions its mean regret after 50 evaluations per dimension was the lowest.
/// - One objective, choices, whole numbers or conditions: ``ForestSampler`` and, for every fourth trial, ``GaussianProcessSampler`` at the
///   lowest mean. Two models that err in different ways are stuck less often than either: on the tables of HPOBench their mean regret after
///   100 trials was below that of each alone, on those of HPOlib as low as the forest's.
/// - One objective after many trials: the two in turns, then ``TPE``, whose suggestions stay cheap. Who has run so many has trials that cost
///   little, and an expensive suggestion is no longer worth its time.
/// - Several objectives: ``EHVI`` while trials are few and there are at most three objectives, then ``NSGA2``, which takes over what was
///   found as its first generation; with more objectives ``NSGA3``.
/// - Trials that begin at a fidelity, one objective: ``BOHB``, whose model takes the trials of the highest fidelity that has enough of them and
///   ranks the others with them. With Hyperband it had the lowest mean regret on counting ones, on five functions with fidelities and as low a
///   one as ``TPE`` on tables. With conditions or priors, which its densities do not know, with constraints, of which it knows
///   only whether all hold, and after many trials ``TPE``.
///
/// All these learn from any trial, whoever proposed it, so that a change of the sampler loses nothing.
public struct AutoSampler: Sampler {
    public static let card = SamplerCard(
        id: "auto", name: "Automatic choice",
        summary: "Takes the sampler that suits the space, the objectives, the fidelities and the number of trials: "
            + "Gaussian process, forest, TPE, BOHB, EHVI or NSGA.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints, .priors],
        source: "Ours; the idea of Optuna's AutoSampler"
    ) { _ in AutoSampler() }

    private let forest = ForestSampler()
    private let process = GaussianProcessSampler()
    private let tpe = TPE()
    private let density = BOHB()
    private let hypervolume = EHVI()
    private let genetic = NSGA2()
    private let reference = NSGA3()

    public init() {}

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        switch Self.choice(for: context) {
        case .process: try process.propose(context)
        case .forest: try forest.propose(context)
        case .tpe: try tpe.propose(context)
        case .density: try density.propose(context)
        case .hypervolume: try hypervolume.propose(context)
        case .genetic: try genetic.propose(context)
        case .reference: try reference.propose(context)
        }
    }

    /// What may be chosen.
    enum Choice: Sendable, Hashable {
        case process, forest, tpe, density, hypervolume, genetic, reference
    }

    /// The choice for a trial: by its number, not by results, so that workers who ask at the same time agree.
    static func choice(for context: SamplingContext) -> Choice {
        let number = context.number
        guard context.directions.count == 1 else {
            if context.directions.count > mostModelledObjectives { return .reference }
            return number < hypervolumeTrials && context.fidelity == nil ? .hypervolume : .genetic
        }
        if number >= forestTrials { return .tpe }
        if context.fidelity != nil {
            let isPlain = context.space.parameters.allSatisfy { $0.condition == nil && $0.prior == nil }
            return isPlain && context.trials.allSatisfy(\.constraints.isEmpty) ? .density : .tpe
        }
        let free = context.space.parameters.filter { $0.domain.count != 1 }
        guard free.count <= mostProcessDimensions else { return .forest }
        let isContinuous = free.allSatisfy { $0.domain.count == nil && $0.condition == nil }
        // The first trials are one design, whoever draws it.
        if number < startTrials || isContinuous && number < processTrials { return .process }
        return number % processPeriod == processPeriod - 1 ? .process : .forest
    }

    private static let startTrials = ForestSampler().startupTrials
    /// Beyond these a distance hardly tells configurations apart, and the parameters of a kernel are many.
    private static let mostProcessDimensions = 30
    /// A Gaussian process is not asked alone beyond these: a suggestion takes a tenth of a second, and most points are left out of it.
    private static let processTrials = 1000
    /// Every so many trials are the process's where it takes turns with the forest: those at which it takes the lowest mean.
    private static let processPeriod = GaussianProcessSampler.exploitationPeriod
    /// The forest is not asked beyond these.
    private static let forestTrials = 2000
    /// The volume dominated by more objectives is dear to compute.
    private static let mostModelledObjectives = 3
    private static let hypervolumeTrials = 200
}
