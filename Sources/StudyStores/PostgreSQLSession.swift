import Foundation
import PostgreSQL
import Search

/// PostgreSQL as the stores speak to it: a connection, and the transaction that is open on it.
final class PostgreSQLSession: SQLConnection {
    let connection: PostgreSQLConnection
    /// The open transaction's own number; 0 in one that only reads.
    private(set) var transaction: Int64 = 0
    /// The server's clock and the oldest transaction that was not over yet, both as the transaction began.
    private(set) var now = Date()
    private var horizon: Int64 = 0
    private var hasChangeLog = false

    /// Connects, and creates the tables where the database is empty.
    ///
    /// - Parameter mustExist: Whether the tables must be there. Then nothing is created before something is written.
    /// - Throws: `SearchError` (`storage`) for another schema, or none where there must be one; `PostgreSQLError`, `NativeLibraryError`.
    init(_ address: String, mustExist: Bool, patienceSeconds: Int) throws {
        connection = try PostgreSQLConnection(address, timeoutSeconds: min(patienceSeconds, 10))
        // The server lets go of the study when a machine has vanished with a transaction open.
        try connection.execute(
            script: """
                SET datestyle TO 'ISO'; SET timezone TO 'UTC'; SET lock_timeout TO '\(patienceSeconds)s';
                SET idle_in_transaction_session_timeout TO '10min'; SET client_min_messages TO 'warning';
                """)
        for (setting, seconds) in [("tcp_keepalives_idle", 10), ("tcp_keepalives_interval", 5), ("tcp_keepalives_count", 3)] {
            _ = try? connection.execute(script: "SET \(setting) TO \(seconds)")
        }
        if mustExist { try lookForTables() } else { try prepareForWriting() }
    }

    private func lookForTables() throws {
        guard try hasTable("version_info"), try hasTable("studies") else {
            throw StoreErrors.storage("The PostgreSQL database has no table of studies; give the store that the study was made in.")
        }
        try checkVersion()
        hasChangeLog = try hasTable("tutti_changes")
    }

    /// Creates what is missing of the tables and of what notes changes.
    private func prepareForWriting() throws {
        if hasChangeLog { return }
        if try !hasTable("version_info") || !hasTable("tutti_changes") { try createTables() }
        try checkVersion()
        hasChangeLog = true
    }

    private func createTables() throws {
        try connection.execute(script: "BEGIN")
        do {
            // One process creates them, others wait here.
            try connection.execute("SELECT pg_advisory_xact_lock(\(Self.schemaLock))")
            if try !hasTable("version_info") { try connection.execute(script: SQLSchema.postgreSQL.script) }
            if try !hasTable("tutti_changes") { try connection.execute(script: Self.changeLog) }
            try connection.execute(script: "COMMIT")
        } catch {
            _ = try? connection.execute(script: "ROLLBACK")
            throw error
        }
    }

    private func hasTable(_ name: String) throws -> Bool { try connection.execute("SELECT to_regclass($1)::text", [name]).text(0, 0) != nil }

    private func checkVersion() throws {
        try SQLSchema.check(firstInteger("SELECT schema_version FROM version_info"), upgrade: "postgresql+psycopg2://…")
    }

    // MARK: Transactions

    /// Begins a transaction that excludes all others of the study until it ends, Optuna's insertions included.
    ///
    /// - Returns: The key of the study, or nil when there is none of that name.
    func begin(lockingStudy name: String) throws -> Int64? {
        try prepareForWriting()
        try connection.execute(script: "BEGIN")
        // Optuna takes the same lock before it numbers a new trial.
        let id = try firstInteger("SELECT study_id FROM studies WHERE study_name = ? FOR UPDATE", [.text(name)])
        try look("txid_current()")
        return id
    }

    /// Begins a transaction in which nobody else makes a study.
    func beginCreating() throws {
        try prepareForWriting()
        try connection.execute(script: "BEGIN; LOCK TABLE studies IN SHARE ROW EXCLUSIVE MODE")
        try look("txid_current()")
    }

    /// Begins a transaction that sees one moment and waits for nobody.
    func beginReading() throws {
        try connection.execute(script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try look("0")
    }

    private func look(_ number: String) throws {
        let row = try connection.execute(
            "SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text, txid_snapshot_xmin(txid_current_snapshot()), \(number)")
        now = row.text(0, 0).flatMap(OptunaDate.date) ?? Date()
        horizon = row.integer(0, 1) ?? 0
        transaction = row.integer(0, 2) ?? 0
    }

    func commit() throws { try connection.execute(script: "COMMIT") }
    func rollBack() { _ = try? connection.execute(script: "ROLLBACK") }

    /// What became of a transaction whose end was not heard: whether it was committed, or nil when it is still open.
    func wasCommitted(_ transaction: Int64) throws -> Bool? {
        switch try connection.execute("SELECT txid_status($1)", ["\(transaction)"]).text(0, 0) {
        case "committed": true
        case "in progress": nil
        default: false
        }
    }

    // MARK: Statements

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int { try run(sql, arguments).changedRowCount }

    func insert(_ sql: String, key: String, _ arguments: [SQLValue]) throws -> Int64 {
        let result = try run("\(sql) RETURNING \(key)", arguments)
        guard result.rowCount == 1, let id = result.integer(0, 0) else { throw StoreErrors.storage("The database gave no key for a new row.") }
        return id
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Void) throws {
        let result = try run(sql, arguments)
        for row in 0..<result.rowCount { try body(ResultRow(result: result, row: row)) }
    }

    private func run(_ sql: String, _ arguments: [SQLValue]) throws -> PostgreSQLResult {
        // A statement without parameters has its values in its text, and will not come again.
        arguments.isEmpty ? try connection.execute(script: sql) : try connection.execute(Self.numbered(sql), arguments.map(\.postgreSQLText))
    }

    /// The statement with its parameters numbered; no statement of ours has a question mark elsewhere.
    private static func numbered(_ sql: String) -> String {
        var text = ""
        text.reserveCapacity(sql.utf8.count + 16)
        var count = 0
        for part in sql.split(separator: "?", omittingEmptySubsequences: false) {
            if count > 0 { text += "$\(count)" }
            text += part
            count += 1
        }
        return text
    }

    private struct ResultRow: SQLRow {
        let result: PostgreSQLResult
        let row: Int

        func text(_ column: Int) -> String? { result.text(row, column) }
        func integer(_ column: Int) -> Int64? { result.integer(row, column) }
        func real(_ column: Int) -> Double? { result.real(row, column) }
    }

    /// Keys come from a sequence and never come back.
    func creation(of study: Int64) throws -> Int64? { nil }

    // MARK: Changes

    func changes(of study: Int64, since mark: ChangeMark?) throws -> StudyChanges {
        // Everything that is not seen now was done by transactions from the horizon on.
        guard hasChangeLog else { return StudyChanges(mark: ChangeMark(position: nil), trials: nil) }
        guard let mark, let begin = mark.position else { return StudyChanges(mark: ChangeMark(position: horizon), trials: nil) }
        var trials: [Int64] = []
        var isCut = false
        let own = "{\(mark.own.map(String.init).joined(separator: ","))}"
        // What this process wrote is known, unless somebody else had changed the same trial unseen just before.
        try each(
            """
            SELECT c.trial_id, t.trial_id FROM tutti_changes c LEFT JOIN trials t ON t.trial_id = c.trial_id
            WHERE c.study_id = ? AND c.change >= ? AND NOT (c.change = ANY (CAST(? AS bigint[])) AND c.previous < ?) ORDER BY c.trial_id
            """, [.integer(study), .integer(begin), .text(own), .integer(begin)]
        ) { row in
            if row.integer(1) == nil { isCut = true }
            if let id = row.integer(0) { trials.append(id) }
        }
        let next = ChangeMark(position: horizon, own: mark.own.filter { $0 >= horizon })
        return StudyChanges(mark: next, trials: isCut ? nil : trials)
    }

    func markAfterWriting(_ mark: ChangeMark) throws -> ChangeMark {
        var mark = mark
        mark.own.append(transaction)
        return mark
    }

    /// Any number that other programs are unlikely to lock.
    private static let schemaLock = 7_455_181

    /// The table of changes and the triggers that fill it, whoever writes: a trial has one row, with the number of the transaction that
    /// changed it last.
    static let changeLog =
        """
        CREATE TABLE tutti_changes (
            trial_id INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL,
            change BIGINT NOT NULL,
            previous BIGINT NOT NULL
        );
        CREATE INDEX ix_tutti_changes ON tutti_changes (study_id, change);
        CREATE FUNCTION tutti_note(trial INTEGER, study INTEGER) RETURNS void LANGUAGE sql AS $$
            INSERT INTO tutti_changes AS c VALUES (trial, study, txid_current(), 0)
            ON CONFLICT (trial_id) DO UPDATE SET change = excluded.change, previous = c.change WHERE c.change <> excluded.change;
        $$;
        CREATE FUNCTION tutti_note_trial() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'DELETE' THEN PERFORM tutti_note(OLD.trial_id, OLD.study_id); RETURN OLD; END IF;
            PERFORM tutti_note(NEW.trial_id, NEW.study_id); RETURN NEW;
        END $$;
        CREATE FUNCTION tutti_note_detail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'DELETE' THEN
                PERFORM tutti_note(trial_id, study_id) FROM trials WHERE trial_id = OLD.trial_id; RETURN OLD;
            END IF;
            PERFORM tutti_note(trial_id, study_id) FROM trials WHERE trial_id = NEW.trial_id; RETURN NEW;
        END $$;
        CREATE TRIGGER tutti_changed AFTER INSERT OR UPDATE OR DELETE ON trials FOR EACH ROW EXECUTE FUNCTION tutti_note_trial();
        """
        + SQLSchema.trialTables.map {
            "\nCREATE TRIGGER tutti_changed AFTER INSERT OR UPDATE OR DELETE ON \($0) FOR EACH ROW EXECUTE FUNCTION tutti_note_detail();"
        }.joined()
}

extension SQLValue {
    fileprivate var postgreSQLText: String? {
        switch self {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): value.isInfinite ? (value > 0 ? "Infinity" : "-Infinity") : String(value)
        case .text(let value): value
        }
    }
}
