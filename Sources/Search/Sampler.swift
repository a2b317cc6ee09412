public import SearchSpaces

/// Chooses the next configuration.
///
/// A sampler is a value without memory: all it may know is in the context, so any worker at any time gives the same answer. Every
/// conformer passes `SamplerConformance` and stands in `Samplers.all`.
public protocol Sampler: Sendable {
    static var card: SamplerCard { get }

    /// The next configuration, or nil when there is nothing left to try.
    ///
    /// - Throws: `SearchSpaceError` when the space leaves nothing to draw.
    func sample(_ context: SamplingContext) throws -> Configuration?

    /// The next configuration with what the sampler wants to find again in the trial: the generation it belongs to, its parents.
    ///
    /// - Throws: as `sample`.
    func propose(_ context: SamplingContext) throws -> Proposal?
}

extension Sampler {
    public func propose(_ context: SamplingContext) throws -> Proposal? { try sample(context).map { Proposal($0) } }
}

/// A configuration to try.
public struct Proposal: Sendable, Hashable {
    public var configuration: Configuration
    /// Kept with the trial as `Trial.notes`.
    public var notes: Configuration

    public init(_ configuration: Configuration, notes: Configuration = [:]) {
        self.configuration = configuration
        self.notes = notes
    }
}

/// What a sampler may know.
public struct SamplingContext: Sendable {
    public var space: SearchSpace
    /// One per objective.
    public var directions: [Direction]
    /// All trials by number, running and failed ones included.
    public var trials: [Trial]
    /// The number of the trial to be sampled.
    public var number: Int
    /// The fidelity at which it will start; nil in studies without fidelities.
    public var fidelity: Int?
    public var seed: UInt64
    private let encoded: EncodedTrials

    public init(
        space: SearchSpace, directions: [Direction] = [.minimize], trials: [Trial], number: Int, fidelity: Int? = nil, seed: UInt64
    ) {
        self.init(
            space: space, directions: directions, trials: trials, number: number, fidelity: fidelity, seed: seed,
            encoded: EncodedTrials(space))
    }

    init(
        space: SearchSpace, directions: [Direction], trials: [Trial], number: Int, fidelity: Int?, seed: UInt64, encoded: EncodedTrials
    ) {
        self.space = space
        self.directions = directions
        self.trials = trials
        self.number = number
        self.fidelity = fidelity
        self.seed = seed
        self.encoded = encoded
    }

    /// The source of chance for this trial.
    public var generator: TrialGenerator { TrialGenerator(seed: seed, trial: number) }

    /// The trials' configurations as points of the unit cube, `[trials][parameters]` as `SearchSpace.encode` gives them, NaN where a
    /// parameter is inactive. Cheap to ask for again: what was encoded for an earlier suggestion is remembered.
    public var points: [[Double]] { encoded.points(of: trials) }
}

/// What to know about a sampler without making one: feeds the registry, the docs and the conformance tests.
public struct SamplerCard: Sendable {
    /// What a sampler can handle.
    public enum Ability: String, Sendable, Hashable, Codable, CaseIterable {
        /// Spaces with conditions are searched as such, not only respected.
        case conditional
        /// Several objectives.
        case multiObjective
        /// Results at several fidelities.
        case multiFidelity
        /// What other workers are trying right now is taken into account.
        case parallel
        /// Constraints on a trial's outcome are modelled or ranked by.
        case constraints
        /// Priors of the parameters guide the search.
        case priors

        /// What it means, for readers.
        public var summary: String {
            switch self {
            case .conditional: "spaces with conditions are searched as such, not only respected"
            case .multiObjective: "several objectives"
            case .multiFidelity: "goes with trials that have results at several fidelities"
            case .parallel: "what other workers are trying right now is taken into account"
            case .constraints: "constraints on a trial's outcome are modelled or ranked by"
            case .priors: "priors of the parameters guide the search"
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
    private let build: @Sendable (Configuration) throws -> any Sampler

    public init(
        id: String, name: String, summary: String, abilities: Set<Ability>, source: String, options: [AlgorithmOption] = [],
        build: @escaping @Sendable (Configuration) throws -> any Sampler
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
    public func make(_ options: Configuration = [:]) throws -> any Sampler {
        try options.rejectOptions(except: self.options, of: "The sampler \(id)")
        return try build(options)
    }
}
