import Foundation
import GRDB
import Search

/// SQLite as the stores speak to it.
final class SQLiteConnection: SQLConnection {
    private let database: Database
    private var knownChangeLog: Bool?

    /// - Parameter hasChangeLog: Whether the database has our table of changes; looked for when nil.
    init(_ database: Database, hasChangeLog: Bool?) {
        self.database = database
        knownChangeLog = hasChangeLog
    }

    private func hasChangeLog() throws -> Bool {
        if let knownChangeLog { return knownChangeLog }
        let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('tutti_changes', 'tutti_studies')"
        let isThere = try Int.fetchOne(database.cachedStatement(sql: sql)) == 2
        knownChangeLog = isThere
        return isThere
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
        return database.changesCount
    }

    func insert(_ sql: String, key: String, _ arguments: [SQLValue]) throws -> Int64 {
        try execute(sql, arguments)
        return database.lastInsertedRowID
    }

    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Void) throws {
        // A statement without parameters has its values in its text, and will not come again.
        let statement = arguments.isEmpty ? try database.makeStatement(sql: sql) : try database.cachedStatement(sql: sql)
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        while let row = try rows.next() { try body(row) }
    }

    func creation(of study: Int64) throws -> Int64? {
        guard try hasChangeLog() else { return nil }
        return try Int64.fetchOne(database.cachedStatement(sql: "SELECT creation FROM tutti_studies WHERE study_id = ?"), arguments: [study])
    }

    func changes(of study: Int64, since mark: ChangeMark?) throws -> StudyChanges {
        let version = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version"))
        if let mark, mark.version == version { return StudyChanges(mark: mark, trials: []) }
        guard try hasChangeLog() else { return StudyChanges(mark: ChangeMark(position: nil, version: version), trials: nil) }
        guard let mark, let begin = mark.position else { return StudyChanges(mark: ChangeMark(position: try position(), version: version), trials: nil) }
        var next = ChangeMark(position: begin, version: version)
        var trials: [Int64] = []
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT c.change, c.trial_id, t.study_id FROM tutti_changes c LEFT JOIN trials t ON t.trial_id = c.trial_id
                    WHERE c.change > ? ORDER BY c.change
                    """), arguments: [begin])
        while let row = try rows.next() {
            next.position = row[0]
            guard let owner: Int64 = row[2] else {
                // Somebody has deleted trials, and their keys may come back for others.
                return StudyChanges(mark: ChangeMark(position: try position(), version: version), trials: nil)
            }
            if owner == study { trials.append(row[1]) }
        }
        return StudyChanges(mark: next, trials: trials)
    }

    func markAfterWriting(_ mark: ChangeMark) throws -> ChangeMark { ChangeMark(position: try position(), version: mark.version) }

    private func position() throws -> Int64 {
        try Int64.fetchOne(database.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'tutti_changes'")) ?? 0
    }

    /// The tables of changes and the triggers that fill them, whoever writes: Optuna's own connections run them too.
    ///
    /// A trial has one row, with the number of its latest change, and a study has one with the number of its creation; those that are older than
    /// the table have none. The numbers never come back, unlike the keys of what was deleted.
    static let changeLog =
        """
        CREATE TABLE IF NOT EXISTS tutti_changes (
            change INTEGER PRIMARY KEY AUTOINCREMENT,
            trial_id INTEGER NOT NULL UNIQUE
        );
        CREATE TABLE IF NOT EXISTS tutti_studies (
            creation INTEGER PRIMARY KEY AUTOINCREMENT,
            study_id INTEGER NOT NULL UNIQUE
        );
        CREATE TRIGGER IF NOT EXISTS tutti_studies_insert AFTER INSERT ON studies BEGIN
            INSERT INTO tutti_studies (study_id) VALUES (NEW.study_id);
        END;
        CREATE TRIGGER IF NOT EXISTS tutti_studies_delete AFTER DELETE ON studies BEGIN
            DELETE FROM tutti_studies WHERE study_id = OLD.study_id;
        END;
        """ + trigger("trials", on: "INSERT", row: "NEW") + trigger("trials", on: "UPDATE", row: "NEW") + trigger("trials", on: "DELETE", row: "OLD")
        + SQLSchema.trialTables.map { trigger($0, on: "INSERT", row: "NEW") + trigger($0, on: "UPDATE", row: "NEW") }.joined()
        + trigger("trial_user_attributes", on: "DELETE", row: "OLD") + trigger("trial_system_attributes", on: "DELETE", row: "OLD")

    private static func trigger(_ table: String, on event: String, row: String) -> String {
        // Not REPLACE: the conflict clause of the statement that fires a trigger would take its place.
        """

        CREATE TRIGGER IF NOT EXISTS tutti_\(table)_\(event.lowercased()) AFTER \(event) ON \(table) BEGIN
            DELETE FROM tutti_changes WHERE trial_id = \(row).trial_id;
            INSERT INTO tutti_changes (trial_id) VALUES (\(row).trial_id);
        END;
        """
    }
}

extension SQLValue: DatabaseValueConvertible {
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        }
    }

    static func fromDatabaseValue(_ value: DatabaseValue) -> SQLValue? {
        switch value.storage {
        case .null: .null
        case .int64(let value): .integer(value)
        case .double(let value): .real(value)
        case .string(let value): .text(value)
        case .blob: nil
        }
    }
}

extension Row: SQLRow {
    // Columns have no fixed types in SQLite; what does not convert counts as missing.
    func text(_ column: Int) -> String? { String.fromDatabaseValue(self[column]) }
    func integer(_ column: Int) -> Int64? { Int64.fromDatabaseValue(self[column]) }
    func real(_ column: Int) -> Double? { Double.fromDatabaseValue(self[column]) }
}
