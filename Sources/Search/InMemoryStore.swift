public import Foundation
import Synchronization

/// A store that lives as long as its process.
public final class InMemoryStore: StudyStore {
    private struct Record {
        var definition: StudyDefinition
        var trials: [Trial] = []
    }

    private let records = Mutex<[String: Record]>([:])
    private let clock: @Sendable () -> Date

    /// - Parameter clock: What the store takes for the time.
    public init(clock: @escaping @Sendable () -> Date = { Date() }) { self.clock = clock }

    public func create(_ definition: StudyDefinition) throws {
        try definition.validate()
        try records.withLock { records in
            guard records[definition.name] == nil else { throw SearchError.studyExists(definition.name) }
            records[definition.name] = Record(definition: definition)
        }
    }

    public func definition(of study: String) throws -> StudyDefinition? {
        records.withLock { $0[study]?.definition }
    }

    public func studyNames() throws -> [String] { records.withLock { $0.keys.sorted() } }

    public func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
        try records.withLock { records in
            guard records[study] != nil else { throw SearchError.unknownStudy(study, known: records.keys.sorted()) }
            // The trials move into the transaction and back, so that appending does not copy them all.
            let transaction = Transaction(trials: records[study]?.trials ?? [], now: clock())
            records[study]?.trials = []
            defer { records[study]?.trials = transaction.trials }
            do {
                return try body(transaction)
            } catch {
                transaction.rollBack()
                throw error
            }
        }
    }

    public func delete(_ study: String) throws {
        try records.withLock { records in
            guard records.removeValue(forKey: study) != nil else { throw SearchError.unknownStudy(study, known: records.keys.sorted()) }
        }
    }

    private final class Transaction: StudyTransaction {
        let now: Date
        private(set) var trials: [Trial]
        private var replaced: [Trial] = []
        private let initialCount: Int

        init(trials: [Trial], now: Date) {
            self.trials = trials
            self.now = now
            initialCount = trials.count
        }

        func append(_ trial: Trial) throws -> Int {
            var trial = trial
            trial.number = trials.count
            trials.append(trial)
            return trial.number
        }

        func replace(_ trial: Trial) throws {
            replaced.append(try self.trial(trial.number))
            trials[trial.number] = trial
        }

        func rollBack() {
            for trial in replaced.reversed() { trials[trial.number] = trial }
            trials.removeLast(trials.count - initialCount)
        }
    }
}

extension SearchError {
    package static func studyExists(_ name: String) -> SearchError {
        SearchError(.studyExists, "There is already a study named \"\(name)\"; open it, or choose another name.")
    }

    /// A study that was there and is gone.
    ///
    /// - Parameter hasSuccessor: Whether another one has its name now.
    package static func deletedStudy(_ name: String, hasSuccessor: Bool) -> SearchError {
        SearchError(
            .unknownStudy,
            "The study \"\(name)\" was deleted by another session; what is told now is not kept."
                + (hasSuccessor ? " Another study has its name now: open it again to work on that one." : ""))
    }

    package static func unknownStudy(_ name: String, known: [String]) -> SearchError {
        let list = known.isEmpty ? "none" : known.joined(separator: ", ")
        return SearchError(.unknownStudy, "There is no study named \"\(name)\"; the store has \(list).")
    }

    /// - Parameter count: How many trials the study has.
    package static func unknownTrial(_ number: Int, count: Int) -> SearchError {
        SearchError(.unknownTrial, "There is no trial \(number); the study has \(count), counted from 0.", trial: number)
    }
}
