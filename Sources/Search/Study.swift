import Foundation
public import SearchSpaces

/// A search: a definition, its trials in a store, the sampler that proposes and the scheduler that decides how far to train.
///
/// Any number of `Study` values in any number of processes may work on the same study of the same store; they share nothing else.
///
/// ```swift
/// let study = try Study(space: space)
/// try study.optimize(trials: 100) { trial in
///     pow(try trial.float("x") - 2, 2)
/// }
/// ```
public struct Study: Sendable {
    public let definition: StudyDefinition
    public let store: any StudyStore
    public let sampler: any Sampler
    public let scheduler: any TrialScheduler
    let encoded: EncodedTrials

    public var name: String { definition.name }
    public var space: SearchSpace { definition.space }

    /// Creates a study in a store.
    ///
    /// - Parameters:
    ///   - sampler: A sampler of your own; the definition's when nil.
    ///   - scheduler: A scheduler of your own; the definition's when nil.
    /// - Throws: `SearchError` (`studyExists`, `unknownAlgorithm`, `storage`; `invalidOption` also where the sampler and the scheduler do not go
    ///   together, see ``Compatibility``).
    public static func create(
        _ definition: StudyDefinition, in store: any StudyStore, sampler: (any Sampler)? = nil, scheduler: (any TrialScheduler)? = nil
    ) throws -> Study {
        // Before it is stored: a study whose algorithms cannot be made could not be opened.
        let study = try Study(definition, store, sampler: sampler, scheduler: scheduler)
        try study.requireCompatibility()
        try store.create(definition)
        return study
    }

    /// Opens a study that exists.
    ///
    /// - Throws: `SearchError` (`unknownStudy`, `unknownAlgorithm`, `invalidOption`, `storage`).
    public static func open(
        _ name: String, in store: any StudyStore, sampler: (any Sampler)? = nil, scheduler: (any TrialScheduler)? = nil
    ) throws -> Study {
        guard let definition = try store.definition(of: name) else {
            throw SearchError.unknownStudy(name, known: try store.studyNames())
        }
        let study = try Study(definition, store, sampler: sampler, scheduler: scheduler)
        // What is stored goes on as it is; what is chosen now must fit.
        if sampler != nil || scheduler != nil { try study.requireCompatibility() }
        return study
    }

    private func requireCompatibility() throws {
        try Compatibility.require(type(of: sampler).card, with: type(of: scheduler).card, objectives: definition.directions.count)
    }

    /// A study of this process alone, with one objective.
    ///
    /// - Throws: never for a valid space.
    public init(
        space: SearchSpace, direction: Direction = .minimize, sampler: any Sampler = TPE(),
        scheduler: any TrialScheduler = FullFidelity(), seed: UInt64 = 0
    ) throws {
        try self.init(space: space, directions: [direction], sampler: sampler, scheduler: scheduler, seed: seed)
    }

    /// A study of this process alone, with several objectives.
    ///
    /// - Throws: `SearchError` (`invalidOption`) when there are no directions.
    public init(
        space: SearchSpace, directions: [Direction], sampler: any Sampler = TPE(), scheduler: any TrialScheduler = FullFidelity(),
        seed: UInt64 = 0
    ) throws {
        self = try .create(
            StudyDefinition(
                name: "study", space: space, directions: directions, seed: seed, sampler: AlgorithmChoice(type(of: sampler).card.id),
                scheduler: AlgorithmChoice(type(of: scheduler).card.id)),
            in: InMemoryStore(), sampler: sampler, scheduler: scheduler)
    }

    private init(
        _ definition: StudyDefinition, _ store: any StudyStore, sampler: (any Sampler)?, scheduler: (any TrialScheduler)?
    ) throws {
        try definition.validate()
        self.definition = definition
        self.store = store
        encoded = EncodedTrials(definition.space)
        self.sampler = try sampler ?? Samplers.make(definition.sampler)
        self.scheduler = try scheduler ?? Schedulers.make(definition.scheduler)
    }

    /// All trials by number.
    public func trials() throws -> [Trial] { try store.trials(of: name) }

    /// The configurations of trials of this study as points of the unit cube; see ``SamplingContext/points``.
    public func points(of trials: [Trial]) -> [[Double]] { encoded.points(of: trials) }

    /// The trials from a number on.
    public func trials(since number: Int) throws -> [Trial] { Array(try trials().dropFirst(max(number, 0))) }

    /// The best trials: with one objective the best, with several the Pareto front; empty while there is no result. See ``BestTrials``.
    public func best() throws -> [Trial] { BestTrials.of(try trials(), directions: definition.directions) }

    /// Notes a fact about a trial, for people and other programs.
    ///
    /// - Throws: `SearchError` (`unknownTrial`, `storage`) or an `EncodingError`.
    public func setAttribute(_ key: String, of trial: Int, to value: some Encodable) throws {
        let json = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        try store.transaction(in: name) { transaction in
            var trial = try transaction.trial(trial)
            trial.userAttributes[key] = json
            try transaction.replace(trial)
        }
    }
}
