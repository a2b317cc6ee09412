import Foundation
public import Search
public import SearchSpaces

/// A trial as documents and tables show it.
public struct TrialRecord: Sendable, Encodable {
    public var trial: Int
    public var state: String
    public var params: Configuration
    /// The latest result, one per objective; nil without one.
    public var values: [Double]?
    /// The fidelity of the result.
    public var fidelity: Int?
    /// The results at all fidelities, lowest first; nil where there are none.
    public var results: [Result]?
    /// The trial whose checkpoint this one began from, and how far that one had come; nil where it began afresh.
    public var parent: Int?
    public var parentFidelity: Int?
    /// The trial whose place in its population it took.
    public var replaces: Int?
    public var constraints: [String: Double]?
    /// Why its last run failed.
    public var reason: String?
    /// When it was started, in ISO 8601.
    public var start: String?
    public var completion: String?
    /// From start to end; nil while it has not ended.
    public var seconds: Double?

    /// A result at a fidelity.
    public struct Result: Sendable, Encodable {
        public var fidelity: Int
        public var values: [Double]
    }

    public init(_ trial: Trial, space: SearchSpace) {
        self.trial = trial.number
        state = "\(trial.state)"
        params = space.ordered(trial.configuration)
        values = trial.lastResult?.values
        fidelity = trial.progress.results.last?.fidelity
        results = trial.progress.results.isEmpty ? nil : trial.progress.results.map { Result(fidelity: $0.fidelity, values: $0.values) }
        parent = trial.progress.parent
        parentFidelity = PopulationBasedTraining.checkpoint(ofParentOf: trial)
        replaces = parent == nil ? nil : trial.notes[PopulationBasedTraining.replacesNote]?.wholeNumber
        constraints = trial.constraints.isEmpty ? nil : trial.constraints
        reason = trial.failure
        start = trial.start?.formatted(.iso8601)
        completion = trial.completion?.formatted(.iso8601)
        if let start = trial.start { seconds = trial.completion?.timeIntervalSince(start) }
    }
}

/// How a study stands.
public struct StudyRecord: Sendable, Encodable {
    public var study: String
    public var directions: [Direction]
    public var metrics: [String]
    public var sampler: String
    public var scheduler: String
    public var seed: UInt64
    /// Trials in all, and by state: `complete`, `pruned`, `failed`, `running`, `waiting`.
    public var trials: Int
    public var states: [String: Int]
    /// With one objective the best trial, with several the front.
    public var best: [TrialRecord]

    public init(_ definition: StudyDefinition, trials: [Trial]) {
        study = definition.name
        directions = definition.directions
        metrics = definition.objectiveNames
        sampler = definition.sampler.id
        scheduler = definition.scheduler.id
        seed = definition.seed
        self.trials = trials.count
        states = Dictionary(TrialState.allCases.map { ("\($0)", 0) }, uniquingKeysWith: +)
        for trial in trials { states["\(trial.state)", default: 0] += 1 }
        best = BestTrials.of(trials, directions: definition.directions).map { TrialRecord($0, space: definition.space) }
    }
}

extension StudyDefinition {
    /// The names of the objectives: those given, else `value`, or `value 0`, `value 1` ….
    public var objectiveNames: [String] {
        if metricNames.count == directions.count { return metricNames }
        return directions.count == 1 ? ["value"] : directions.indices.map { "value \($0)" }
    }
}
