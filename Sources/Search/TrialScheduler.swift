public import SearchSpaces

/// Decides what a free worker does next, and whether a running trial goes on.
///
/// A scheduler is a value without memory: it decides from the trials alone, inside the store's transaction, so stateless workers
/// never start the same promotion twice. Every conformer passes `SchedulerConformance` and stands in `Schedulers.all`.
public protocol TrialScheduler: Sendable {
    static var card: SchedulerCard { get }

    /// The fidelity at which a trial is complete; nil when trials have no fidelity.
    var maximumFidelity: Int? { get }

    /// The next job.
    func decide(_ context: SchedulingContext) -> SchedulingDecision

    /// Whether a running trial is to stop after the value it has just reported; the trial in the context holds the report.
    func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool

    /// The value that a stopped trial counts with, raw; nil where its last report says best how good it is.
    func valueOfStopped(_ trial: Trial, _ context: SchedulingContext) -> Double?
}

extension TrialScheduler {
    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool { false }
    public func valueOfStopped(_ trial: Trial, _ context: SchedulingContext) -> Double? { nil }
}

/// What a free worker does next.
public enum SchedulingDecision: Sendable, Hashable {
    /// Start a new configuration, to be trained up to `fidelity`.
    case start(fidelity: Int?, bracket: Int = 0)
    /// Start a configuration that the scheduler has chosen itself, on its own or from where the trial `parent` has come to.
    case breed(Proposal, parent: Int?, fidelity: Int?, bracket: Int = 0)
    /// Train a trial that waits at a rung up to a higher fidelity.
    case promote(trial: Int, fidelity: Int)
    /// Nothing now; a result of a running trial may change that.
    case wait
    /// Nothing ever again.
    case finish
}

/// What a scheduler may know.
public struct SchedulingContext: Sendable {
    /// All trials by number.
    public var trials: [Trial]
    /// One per objective.
    public var directions: [Direction]
    /// Whether a new configuration may be started.
    public var mayStart: Bool
    /// Whether the time left is better spent on what has been found than on finding more.
    public var isIntensifying: Bool
    /// The study's space and seed: for schedulers that choose configurations themselves.
    public var space: SearchSpace
    public var seed: UInt64

    public init(
        trials: [Trial], directions: [Direction] = [.minimize], mayStart: Bool = true, isIntensifying: Bool = false,
        space: SearchSpace = .empty, seed: UInt64 = 0
    ) {
        self.trials = trials
        self.directions = directions
        self.mayStart = mayStart
        self.isIntensifying = isIntensifying
        self.space = space
        self.seed = seed
    }

    /// What to do when there is nothing to do: wait while a trial runs, else finish.
    public var idle: SchedulingDecision { trials.contains { $0.state == .running } ? .wait : .finish }
}

/// What to know about a scheduler without making one: feeds the registry, the docs and the conformance tests.
public struct SchedulerCard: Sendable {
    /// What a scheduler does.
    public enum Ability: String, Sendable, Hashable, Codable, CaseIterable {
        /// Trials are trained at several fidelities.
        case multiFidelity
        /// Running trials may be stopped after a report.
        case earlyStopping
        /// Decides from the results that are there: no worker ever waits for another's result, and nothing for a rung or a round to be complete.
        case asynchronous
        /// Several objectives.
        case multiObjective
        /// Chooses the configurations itself; the study's sampler is not asked.
        case bringsSampler

        /// What it means, for readers.
        public var summary: String {
            switch self {
            case .multiFidelity: "trials are trained at several fidelities"
            case .earlyStopping: "running trials may be stopped after a report"
            case .asynchronous: "decides from the results that are there; nothing waits for a rung or a round to be complete"
            case .multiObjective: "several objectives"
            case .bringsSampler: "chooses the configurations itself; the study's sampler is not asked"
            }
        }
    }

    /// Short, lower case: what a user types.
    public var id: String
    public var name: String
    /// One sentence.
    public var summary: String
    public var abilities: Set<Ability>
    /// The paper or program it follows.
    public var source: String
    /// The options that `make` understands.
    public var options: [AlgorithmOption]
    private let build: @Sendable (Configuration) throws -> any TrialScheduler

    public init(
        id: String, name: String, summary: String, abilities: Set<Ability>, source: String, options: [AlgorithmOption] = [],
        build: @escaping @Sendable (Configuration) throws -> any TrialScheduler
    ) {
        self.id = id
        self.name = name
        self.summary = summary
        self.abilities = abilities
        self.source = source
        self.options = options
        self.build = build
    }

    /// - Throws: `SearchError` (`invalidOption`) when an option is unknown or impossible.
    public func make(_ options: Configuration = [:]) throws -> any TrialScheduler {
        try options.rejectOptions(except: self.options, of: "The scheduler \(id)")
        return try build(options)
    }
}
