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

    public init(
        space: SearchSpace, directions: [Direction] = [.minimize], trials: [Trial], number: Int, fidelity: Int? = nil, seed: UInt64
    ) {
        self.space = space
        self.directions = directions
        self.trials = trials
        self.number = number
        self.fidelity = fidelity
        self.seed = seed
    }

    /// The source of chance for this trial.
    public var generator: TrialGenerator { TrialGenerator(seed: seed, trial: number) }
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
    public var options: [String]
    private let build: @Sendable (Configuration) throws -> any Sampler

    public init(
        id: String, name: String, summary: String, abilities: Set<Ability>, source: String, options: [String] = [],
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
