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
    private let identities = StudyIdentities()

    /// Opens the file, or creates it.
    ///
    /// - Parameters:
    ///   - path: The file. Two more beside it belong to it while it is open: `-wal` and `-shm`.
    ///   - patience: How long to wait for other processes.
    ///   - clock: What the store takes for the time.
    /// - Throws: `SearchError` (`storage`) when it cannot be opened or holds another schema.
    public init(path: String, patience: Duration = .seconds(60), clock: @escaping @Sendable () -> Date = { Date() }) throws {
        self.path = path
        self.clock = clock
        rescued = RescuedCopy(of: path)
        var configuration = GRDB.Configuration()
        let turn = Turn(patience)
        configuration.busyMode = .callback { turn.isWorthWaiting(after: $0) }
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        let prepared = configuration
        queue = try StoreErrors.translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: prepared)
            try Self.enterWriteAheadLog(queue)
            try queue.inTransaction(.immediate) { database in
                try Self.prepare(database)
                return .commit
            }
            return queue
        }
        guard let file = try FileIdentity(of: path) else { throw StoreErrors.storage("The study database \(path) vanished while it was opened.") }
        self.file = file
    }

    /// Creates the tables where the file is new.
    private static func prepare(_ database: Database) throws {
        if try database.tableExists("version_info") {
            let found = try Int64.fetchOne(database, sql: "SELECT schema_version FROM version_info")
            try SQLSchema.check(found, upgrade: "sqlite:///FILE")
        } else {
            try database.execute(sql: SQLSchema.sqlite.script)
        }
        try database.execute(sql: SQLiteConnection.changeLog)
    }

    /// Waiting for the file, evenly: SQLite's own waits grow longer and longer, so that of many workers the unlucky ones are not heard for
    /// seconds and their jobs count as lost.
    private final class Turn: Sendable {
        private let patience: Duration
        private let begin = Mutex(ContinuousClock.now)

        init(_ patience: Duration) { self.patience = patience }

        /// Called while another connection writes; waits a little.
        func isWorthWaiting(after attempts: Int) -> Bool {
            if attempts == 0 { begin.withLock { $0 = .now } }
            guard begin.withLock({ ContinuousClock.now - $0 < patience }) else { return false }
            Thread.sleep(forTimeInterval: attempts < 20 ? 0.0002 : 0.001)
            return true
        }
    }

    /// Changing the journal mode does not wait for others, unlike everything else; so it is tried a few times.
    private static func enterWriteAheadLog(_ queue: DatabaseQueue) throws {
        for attempt in 0... {
            do {
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < 200 {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }

    public func create(_ definition: StudyDefinition) throws {
        try definition.validate()
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
            try queue.inTransaction(kind) { database in
                result = try body(SQLiteConnection(database))
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
