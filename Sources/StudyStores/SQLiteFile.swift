import Foundation
import GRDB
import Search
import Synchronization

/// How a SQLite file is opened and made a store of studies.
enum SQLiteFile {
    /// Opens a file, or creates an empty one. Nothing is written into it yet.
    static func open(_ path: String, patience: Duration) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: configuration(patience))
        _ = try hasTables(queue, path)
        return queue
    }

    /// Opens a file that is a store of studies, for reading alone where it may not be written.
    static func openExisting(_ path: String, patience: Duration) throws -> DatabaseQueue {
        guard let file = try FileIdentity(of: path) else { throw StoreErrors.storage("There is no study database at \(path).") }
        let queue: DatabaseQueue
        do {
            if file.size == 0 { throw empty(path) }
            queue = try DatabaseQueue(path: path, configuration: configuration(patience))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY {
            queue = try openUnchangeable(path, patience)
        }
        guard try hasTables(queue, path) else { throw empty(path) }
        return queue
    }

    /// A database with a write-ahead log is read with two files beside it, which cannot be made where the folder may not be written. Without a
    /// log that somebody has left, the file alone has everything.
    private static func openUnchangeable(_ path: String, _ patience: Duration) throws -> DatabaseQueue {
        if let log = try FileIdentity(of: path + "-wal"), log.size > 0 {
            throw StoreErrors.storage(
                "The study database \(path) has the latest results in \(path)-wal, which cannot be read where its folder may not be written. Copy both "
                    + "files into a folder of your own and open it there.")
        }
        var configuration = configuration(patience)
        configuration.readonly = true
        return try DatabaseQueue(path: URL(fileURLWithPath: path).absoluteString + "?immutable=1", configuration: configuration)
    }

    /// Makes it a store that may be written: the write-ahead log, the tables and what notes changes, where they are missing.
    static func prepareForWriting(_ queue: DatabaseQueue, _ path: String) throws {
        try enterWriteAheadLog(queue)
        try queue.inTransaction(.immediate) { database in
            if try !hasTables(database, path) { try database.execute(sql: SQLSchema.sqlite.script) }
            try database.execute(sql: SQLiteConnection.changeLog)
            return .commit
        }
    }

    private static func hasTables(_ queue: DatabaseQueue, _ path: String) throws -> Bool { try queue.read { try hasTables($0, path) } }

    /// Whether it has the tables of studies; false where it has none at all.
    ///
    /// - Throws: `SearchError` (`storage`) when it has others, or those of another version.
    private static func hasTables(_ database: Database, _ path: String) throws -> Bool {
        let tables = Set(try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
        if tables.isEmpty { return false }
        guard tables.contains("studies"), tables.contains("version_info") else {
            throw StoreErrors.storage("\(path) is a SQLite database of another program: it has no table of studies. Give another path.")
        }
        try SQLSchema.check(Int64.fetchOne(database, sql: "SELECT schema_version FROM version_info"), upgrade: "sqlite:///FILE")
        return true
    }

    private static func empty(_ path: String) -> SearchError { StoreErrors.storage("\(path) is empty: it holds no study.") }

    private static func configuration(_ patience: Duration) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        let turn = Turn(patience)
        configuration.busyMode = .callback { turn.isWorthWaiting(after: $0) }
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return configuration
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
}
