public import SearchSpaces

/// What a study is about: fixed when it is created, the same for all its workers.
public struct StudyDefinition: Sendable, Hashable, Codable {
    public var name: String
    public var space: SearchSpace
    /// One per objective.
    public var directions: [Direction]
    /// One per objective, or none.
    public var metricNames: [String]
    /// With the trial's number, all that a sampler's chance depends on.
    public var seed: UInt64
    public var sampler: AlgorithmChoice
    public var scheduler: AlgorithmChoice
    /// Facts for people and other programs, each a JSON document.
    public var userAttributes: [String: String]

    public init(
        name: String, space: SearchSpace, directions: [Direction] = [.minimize], metricNames: [String] = [], seed: UInt64 = 0,
        sampler: AlgorithmChoice = AlgorithmChoice("tpe"), scheduler: AlgorithmChoice = AlgorithmChoice("full"),
        userAttributes: [String: String] = [:]
    ) {
        self.name = name
        self.space = space
        self.directions = directions
        self.metricNames = metricNames
        self.seed = seed
        self.sampler = sampler
        self.scheduler = scheduler
        self.userAttributes = userAttributes
    }

    /// - Throws: `SearchError` (`invalidOption`) when there is no objective, no name, or the names do not fit the objectives.
    package func validate() throws {
        guard !name.isEmpty, name.count <= 512 else {
            throw SearchError(.invalidOption, "A study's name must have 1 to 512 characters, got \"\(name)\".")
        }
        guard !directions.isEmpty else { throw SearchError(.invalidOption, "A study needs at least one objective.") }
        guard metricNames.isEmpty || metricNames.count == directions.count else {
            throw SearchError(
                .invalidOption, "The study has \(directions.count) objectives but \(metricNames.count) metric names; give one each.")
        }
    }
}
