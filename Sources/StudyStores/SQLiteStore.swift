public import Foundation
import GRDB
public import Search
import SearchSpaces
import Synchronization

/// A store in one SQLite file, in Optuna's own schema: Optuna and its dashboard open it as it is.
///
/// Any number of processes on one machine may share the file. Writers take turns (`BEGIN IMMEDIATE` with long patience), so
/// none sees "database is locked". What a transaction wrote survives the death of the process, also by `kill -9`; after a power cut
/// the last transactions may be missing, but the file is whole (write-ahead log, `synchronous=NORMAL`). Do not put it on a network
/// file system.
///
/// Trials are kept in memory and only those that another process has changed are read again: triggers note every change in the table
/// `tutti_changes`, also those that Optuna makes.
public final class SQLiteStore: StudyStore {
    public let path: String
    private let queue: DatabaseQueue
    private let file: FileIdentity
    private let rescued: RescuedCopy
    private let clock: @Sendable () -> Date
    private let cache = Mutex<[String: StudyCache]>([:])
    /// Whether the tables and what notes changes are there for sure.
    private let isPrepared = Atomic(false)
    private let identities = StudyIdentities()

    /// Opens the file, or creates it.
    ///
    /// - Parameters:
    ///   - path: The file. Two more beside it belong to it while it is open: `-wal` and `-shm`.
    ///   - mustExist: Whether it must be a store already. Then nothing in it changes, not even its journal mode, before something is written; and
    ///     where it may not be written, it can be read all the same.
    ///   - patience: How long to wait for other processes.
    ///   - clock: What the store takes for the time.
    /// - Throws: `SearchError` (`storage`) when it cannot be opened, is another program's or holds another schema.
    public init(
        path: String, mustExist: Bool = false, patience: Duration = .seconds(60), clock: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.path = path
        self.clock = clock
        rescued = RescuedCopy(of: path)
        queue = try StoreErrors.translating(path) {
            try mustExist ? SQLiteFile.openExisting(path, patience: patience) : SQLiteFile.open(path, patience: patience)
        }
        guard let file = try FileIdentity(of: path) else { throw StoreErrors.storage("The study database \(path) vanished while it was opened.") }
        self.file = file
        if !mustExist { try cache.withLock { try prepareForWriting(&$0) } }
    }

    /// Before anything is written.
    private func prepareForWriting(_ caches: inout [String: StudyCache]) throws {
        if isPrepared.load(ordering: .acquiring) { return }
        try StoreErrors.translating(path) {
            try checkFile()
            try SQLiteFile.prepareForWriting(queue, path)
        }
        // Nobody may have noted what changed until now.
        caches = [:]
        isPrepared.store(true, ordering: .releasing)
    }

    public func create(_ definition: StudyDefinition) throws {
        try definition.validate()
        try cache.withLock { try prepareForWriting(&$0) }
        let identity = try inTransaction(.immediate) { connection in
            guard try StudyRows.identity(of: definition.name, connection) == nil else { throw SearchError.studyExists(definition.name) }
            let id = try StudyRows.insert(definition, connection)
            return StudyIdentity(id: id, creation: try connection.creation(of: id))
        }
        identities.remember(identity, as: definition.name)
    }

    public func definition(of study: String) throws -> StudyDefinition? {
        let found = try inTransaction(.deferred) { connection in
            try StudyRows.identity(of: study, connection).map { ($0, try StudyRows.definition(id: $0.id, name: study, connection)) }
        }
        guard let (identity, definition) = found else { return nil }
        identities.remember(identity, as: study)
        return definition
    }

    public func studyNames() throws -> [String] { try inTransaction(.deferred) { try StudyRows.names($0) } }

    public func trials(of study: String) throws -> [Trial] {
        // Readers wait for nobody.
        try cache.withLock { caches in
            let known = caches.removeValue(forKey: study)
            let current = try inTransaction(.deferred) { try StudyCache.current(known, meant(study, $0), name: study, $0) }
            caches[study] = current
            return current.trials
        }
    }

    public func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
        try cache.withLock { caches in
            try prepareForWriting(&caches)
            // The cache moves out and back, so that nothing is copied. If the database fails, all is read again next time.
            var current = caches.removeValue(forKey: study)
            let result = try inTransaction(.immediate) { connection -> Swift.Result<Result, any Error> in
                let known = current.take()
                var cache = try StudyCache.current(known, meant(study, connection), name: study, connection)
                let transaction = cache.lend(now: OptunaDate.rounded(clock()))
                let result = Swift.Result { try body(transaction) }
                switch result {
                case .success: try cache.write(transaction, connection)
                case .failure: cache.takeBack(transaction)
                }
                current = cache
                return result
            }
            caches[study] = current
            return try result.get()
        }
    }

    public func delete(_ study: String) throws {
        try cache.withLock { caches in
            try prepareForWriting(&caches)
            caches[study] = nil
            try inTransaction(.immediate) { try StudyRows.delete(id: meant(study, $0).id, $0) }
        }
        identities.forget(study)
    }

    private func meant(_ study: String, _ connection: any SQLConnection) throws -> StudyIdentity {
        try identities.require(StudyRows.identity(of: study, connection), as: study) { try StudyRows.names(connection) }
    }

    private func inTransaction<Result>(_ kind: Database.TransactionKind, _ body: (any SQLConnection) throws -> Result) throws -> Result {
        try StoreErrors.translating(path) {
            try checkFile()
            var result: Result?
            let isPrepared = isPrepared.load(ordering: .acquiring)
            try queue.inTransaction(kind) { database in
                result = try body(SQLiteConnection(database, hasChangeLog: isPrepared ? true : nil))
                return .commit
            }
            // What has just been written may have gone into a file without a name.
            try checkFile()
            guard let result else { throw StoreErrors.storage("The transaction on \(path) gave no result.") }
            return result
        }
    }

    /// A file that was deleted can still be written to, and all of it would be lost with the process.
    private func checkFile() throws {
        if try FileIdentity(of: path) == file { return }
        let rest = rescued.advice { copy in try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) } }
        throw StoreErrors.storage("The study database \(path) has been deleted or replaced while it was in use. \(rest)")
    }
}
