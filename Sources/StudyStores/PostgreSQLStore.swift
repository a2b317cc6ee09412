import Foundation
import NativeLibraries
import PostgreSQL
public import Search
import SearchSpaces
import Synchronization

/// A store in a PostgreSQL database, in Optuna's own schema: for workers on many machines.
///
/// Transactions of one study take turns by a lock on the study's row, which Optuna takes too before it numbers a new trial. The clock is the
/// server's. Trials are kept in memory and only those that others have changed are read again; triggers note every change in the table
/// `tutti_changes`, whoever makes it.
///
/// A lost connection is taken up again for as long as the patience lasts. Whether a transaction whose end was not heard was committed is
/// asked of the server, so none is done twice. The body of a transaction may run more than once, if another program changed the same
/// trial meanwhile or the connection broke.
///
/// libpq is opened when the first store is.
public final class PostgreSQLStore: StudyStore {
    /// The address without its password.
    public let address: String
    private let fullAddress: String
    private let mustExist: Bool
    private let patience: Duration
    private let state = Mutex<State>(State())
    private let identities = StudyIdentities()

    private struct State {
        var session: PostgreSQLSession?
        var caches: [String: StudyCache] = [:]
    }

    /// Connects, and creates the tables in an empty database.
    ///
    /// - Parameters:
    ///   - address: `postgresql://user:password@host:port/database?options`, as libpq reads it. A driver in Optuna's addresses
    ///     (`postgresql+psycopg2://`) is passed over. What is missing comes from libpq's environment variables and `~/.pgpass`.
    ///   - mustExist: Whether the database must have the tables of studies already. Then nothing is created before something is written.
    ///   - patience: How long to wait for other processes, and for a server that has gone away.
    /// - Throws: `SearchError` (`storage`) when there is no libpq, no server, or another schema.
    public init(_ address: String, mustExist: Bool = false, patience: Duration = .seconds(60)) throws {
        fullAddress = Self.withoutDriver(address)
        self.address = Self.withoutPassword(fullAddress)
        self.mustExist = mustExist
        self.patience = patience
        // The first time a missing server is a mistake in the address, as a rule: no patience.
        try translating { try state.withLock { $0.session = try connect() } }
    }

    public func create(_ definition: StudyDefinition) throws {
        try definition.validate()
        let id = try inTransaction { session in
            try session.beginCreating()
            guard try StudyRows.identity(of: definition.name, session) == nil else { throw SearchError.studyExists(definition.name) }
            return try StudyRows.insert(definition, session)
        }
        identities.remember(StudyIdentity(id: id), as: definition.name)
    }

    public func definition(of study: String) throws -> StudyDefinition? {
        let found = try inTransaction { session in
            try session.beginReading()
            return try StudyRows.identity(of: study, session).map { ($0, try StudyRows.definition(id: $0.id, name: study, session)) }
        }
        guard let (identity, definition) = found else { return nil }
        identities.remember(identity, as: study)
        return definition
    }

    public func studyNames() throws -> [String] {
        try inTransaction { session in
            try session.beginReading()
            return try StudyRows.names(session)
        }
    }

    public func trials(of study: String) throws -> [Trial] {
        try inTransaction { session, caches in
            try session.beginReading()
            let known = caches.removeValue(forKey: study)
            let cache = try StudyCache.current(known, meant(study, StudyRows.identity(of: study, session), session), name: study, session)
            caches[study] = cache
            return cache.trials
        }
    }

    public func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
        let result = try inTransaction { session, caches -> Swift.Result<Result, any Error> in
            let identity = try lock(study, session)
            // The cache moves out and back; where the database fails it is gone, and all is read again.
            let known = caches.removeValue(forKey: study)
            var cache = try StudyCache.current(known, identity, name: study, session)
            let transaction = cache.lend(now: session.now)
            let result = Swift.Result { try body(transaction) }
            switch result {
            case .success: try cache.write(transaction, session)
            case .failure: cache.takeBack(transaction)
            }
            caches[study] = cache
            return result
        }
        return try result.get()
    }

    public func delete(_ study: String) throws {
        try inTransaction { session, caches in
            let id = try lock(study, session).id
            caches[study] = nil
            try StudyRows.delete(id: id, session)
            // Keys never come back, so nobody needs to know of these changes.
            try session.execute("DELETE FROM tutti_changes WHERE study_id = ?", [.integer(id)])
        }
        identities.forget(study)
    }

    /// Begins a transaction that excludes all others of the study.
    private func lock(_ study: String, _ session: PostgreSQLSession) throws -> StudyIdentity {
        try meant(study, session.begin(lockingStudy: study).map { StudyIdentity(id: $0) }, session)
    }

    private func meant(_ study: String, _ found: StudyIdentity?, _ session: PostgreSQLSession) throws -> StudyIdentity {
        try identities.require(found, as: study) { try StudyRows.names(session) }
    }

    // MARK: Connection

    private func inTransaction<Result>(_ body: (PostgreSQLSession) throws -> Result) throws -> Result {
        try inTransaction { session, _ in try body(session) }
    }

    /// Runs `body`, which begins a transaction, and commits it; again where that is what helps.
    private func inTransaction<Result>(_ body: (PostgreSQLSession, inout [String: StudyCache]) throws -> Result) throws -> Result {
        try translating {
            try state.withLock { state in
                let deadline = ContinuousClock.now + patience
                var pauseSeconds = 0.01
                while true {
                    do {
                        let session = try state.session ?? connect()
                        state.session = session
                        let result = try body(session, &state.caches)
                        if try commit(session, &state, by: deadline) { return result }
                    } catch {
                        // What was read inside the transaction may be of no account.
                        state.caches = [:]
                        state.session?.rollBack()
                        if state.session?.connection.isOpen == false { state.session = nil }
                        guard Self.mayPass(error), ContinuousClock.now < deadline else { throw error }
                    }
                    Thread.sleep(forTimeInterval: pauseSeconds)
                    pauseSeconds = min(pauseSeconds * 2, 1)
                }
            }
        }
    }

    /// - Returns: Whether the transaction was committed; it has left no trace where it was not.
    private func commit(_ session: PostgreSQLSession, _ state: inout State, by deadline: ContinuousClock.Instant) throws -> Bool {
        let number = session.transaction
        do {
            try session.commit()
            return true
        } catch let error as PostgreSQLError where error.code == .connectionLost && number != 0 {
            state.caches = [:]
            state.session = nil
            while true {
                do {
                    let next = try state.session ?? connect()
                    state.session = next
                    if let isCommitted = try next.wasCommitted(number) { return isCommitted }
                } catch {
                    state.session = nil
                    guard Self.mayPass(error), ContinuousClock.now < deadline else { throw error }
                }
                guard ContinuousClock.now < deadline else { throw error }
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
    }

    private func connect() throws -> PostgreSQLSession {
        try PostgreSQLSession(fullAddress, mustExist: mustExist, patienceSeconds: Int(max(patience.components.seconds, 1)))
    }

    /// Whether trying again may help: broken connections, servers that start or stop, deadlocks, and trials that others have changed.
    private static func mayPass(_ error: any Error) -> Bool {
        if error is ChangedMeanwhile { return true }
        guard let error = error as? PostgreSQLError else { return false }
        if error.code == .connectionLost || error.code == .cannotConnect { return true }
        return ["40001", "40P01", "57P01", "57P02", "57P03"].contains(error.state)
    }

    private func translating<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgreSQLError {
            throw StoreErrors.storage("The study database \(address) failed: \(hidingPassword(error.message)). \(Self.advice(error))")
        } catch let error as NativeLibraryError {
            throw StoreErrors.storage("The study database \(address) cannot be opened: \(error)")
        } catch is ChangedMeanwhile {
            throw StoreErrors.storage("The study database \(address) failed: another program keeps changing the same trials. Try again.")
        }
    }

    private static func advice(_ error: PostgreSQLError) -> String {
        switch error.code {
        case .cannotConnect: "Check the address, the user and the password, and that the server runs; what was told before is safe there."
        case .connectionLost: "Check that the server runs; what was told before is safe there."
        default:
            switch error.state {
            case "53100": StoreErrors.diskIsFull
            case "XX001", "XX002": "The database is damaged: restore a copy of it."
            case "55P03": "Another process has held the study for too long; end it and try again."
            case "42501": "The user may not do this; grant it, or let the owner of the database open the study once."
            default: "Check that no other program changes the tables."
            }
        }
    }

    // MARK: Addresses

    private static func withoutDriver(_ address: String) -> String {
        guard let end = address.range(of: "://"), let plus = address.firstIndex(of: "+"), plus < end.lowerBound else { return address }
        return String(address[..<plus] + address[end.lowerBound...])
    }

    private static func withoutPassword(_ address: String) -> String {
        guard let start = address.range(of: "://")?.upperBound, let at = address[start...].firstIndex(of: "@"),
            let colon = address[start..<at].firstIndex(of: ":")
        else { return address }
        return String(address[..<colon] + address[at...])
    }

    private func hidingPassword(_ text: String) -> String { text.replacingOccurrences(of: fullAddress, with: address) }
}
