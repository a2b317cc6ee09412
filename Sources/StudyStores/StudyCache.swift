import Foundation
import Search
import SearchSpaces

/// The trials of a study as last seen in a database, kept up to date from its log of changes.
struct StudyCache {
    let identity: StudyIdentity
    let space: SearchSpace
    private(set) var trials: [Trial] = []
    private var trialIDs: [Int64] = []
    private var numbers: [Int64: Int] = [:]
    private var mark: ChangeMark?
    private var reader = TrialReader()

    private var studyID: Int64 { identity.id }

    init(_ identity: StudyIdentity, name: String, _ connection: any SQLConnection) throws {
        self.identity = identity
        space = try StudyRows.definition(id: identity.id, name: name, connection).space
    }

    /// The cache brought up to date, or a new one where the study is another than before.
    static func current(
        _ known: consuming StudyCache?, _ identity: StudyIdentity, name: String, _ connection: any SQLConnection
    ) throws -> StudyCache {
        if var cache = known.take(), cache.identity == identity, try cache.refresh(name, connection) { return cache }
        var cache = try StudyCache(identity, name: name, connection)
        guard try cache.refresh(name, connection) else {
            throw StoreErrors.storage("The trials of the study \"\(name)\" are not numbered 0, 1, 2 …; the database is damaged.")
        }
        return cache
    }

    /// Reads what other processes have changed.
    ///
    /// - Returns: False when the trials do not fit what is known, because some were deleted for one.
    private mutating func refresh(_ name: String, _ connection: any SQLConnection) throws -> Bool {
        let isFirst = mark == nil
        let changes = try connection.changes(of: studyID, since: mark)
        mark = changes.mark
        // Something was deleted, and its keys may have come back: nothing that is known can be relied on.
        if changes.trials == nil, !isFirst { return false }
        if let ids = changes.trials, ids.isEmpty { return true }
        let read = try StoreErrors.reading(name) { try reader.trials(changes.trials, studyID: studyID, connection) }
        for (id, trial) in read {
            if let number = numbers[id] {
                guard number == trial.number else { return false }
                trials[number] = trial
            } else {
                guard trial.number == trials.count else { return false }
                numbers[id] = trials.count
                trialIDs.append(id)
                trials.append(trial)
            }
        }
        return true
    }

    /// Lends the trials to a transaction, so that appending does not copy them all.
    mutating func lend(now: Date) -> BufferedTransaction {
        let transaction = BufferedTransaction(trials, now: now)
        trials = []
        return transaction
    }

    /// Takes the trials back, as they were.
    mutating func takeBack(_ transaction: BufferedTransaction) {
        transaction.rollBack()
        trials = transaction.finish()
    }

    /// Writes what a transaction has changed.
    ///
    /// - Throws: `ChangedMeanwhile`, or what the database throws; the cache is of no use then.
    mutating func write(_ transaction: BufferedTransaction, _ connection: any SQLConnection) throws {
        let changes = transaction.changes
        trials = transaction.finish()
        if changes.isEmpty { return }
        let writer = TrialWriter(connection: connection, studyID: studyID, space: space)
        for (trial, original) in changes {
            if let original {
                try writer.update(trial, from: original, id: trialIDs[trial.number])
            } else {
                let id = try writer.insert(trial)
                numbers[id] = trialIDs.count
                trialIDs.append(id)
            }
        }
        if let mark { self.mark = try connection.markAfterWriting(mark) }
    }
}
