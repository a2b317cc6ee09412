public import Foundation
import GRDB
public import Search
import SearchSpaces
import Synchronization

/// A store in one SQLite file, in Optuna's own schema: Optuna and its dashboard open it as it is.
///
/// Any number of processes on one machine may share the file. Writers take turns (`BEGIN IMMEDIATE` with a long busy time-out), so
/// none sees "database is locked". What a transaction wrote survives the death of the process, also by `kill -9`; after a power cut
/// the last transactions may be missing, but the file is whole (write-ahead log, `synchronous=NORMAL`). Do not put it on a network
/// file system.
///
/// Trials are kept in memory and only those that another process has changed are read again: each write leaves a new heartbeat, by
/// which changes are found.
public final class SQLiteStore: StudyStore {
    public let path: String
    private let queue: DatabaseQueue
    private let clock: @Sendable () -> Date
    private let cache = Mutex<[String: StudyCache]>([:])

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
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(TimeInterval(patience.components.seconds))
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        let prepared = configuration
        queue = try StoreErrors.translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: prepared)
            try Self.enterWriteAheadLog(queue)
            try queue.inTransaction(.immediate) { database in
                try SQLiteSchema.prepare(database)
                return .commit
            }
            return queue
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
        try write { database in
            guard try StudyRows.id(of: definition.name, database) == nil else {
                throw SearchError.studyExists(definition.name)
            }
            try StudyRows.insert(definition, database)
        }
    }

    public func definition(of study: String) throws -> StudyDefinition? {
        try write { database in
            try StudyRows.id(of: study, database).map { try StudyRows.definition(id: $0, name: study, database) }
        }
    }

    public func studyNames() throws -> [String] {
        try write { try String.fetchAll($0, sql: "SELECT study_name FROM studies ORDER BY study_name") }
    }

    public func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
        try cache.withLock { caches in
            // The trials move out of the cache and back, so that appending does not copy them all. If anything throws, they
            // are read again next time.
            var studyCache = caches.removeValue(forKey: study)
            let result = try write { database in
                let known = try studyCache ?? StudyCache(study, database)
                studyCache = nil
                let transaction = SQLiteTransaction(try known.refreshed(database), database, now: OptunaDate.rounded(clock()))
                let result = try body(transaction)
                studyCache = transaction.cache
                return result
            }
            caches[study] = studyCache
            return result
        }
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try StoreErrors.translating(path) {
            var result: Result?
            try queue.inTransaction(.immediate) { database in
                result = try body(database)
                return .commit
            }
            guard let result else { throw StoreErrors.storage("The transaction on \(path) gave no result.") }
            return result
        }
    }
}
