/// A value on its way into a database.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Double?) { self = value.map { .real($0) } ?? .null }
    init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}

/// One row of an answer; columns count from 0, and NULL is nil.
protocol SQLRow {
    func text(_ column: Int) -> String?
    func integer(_ column: Int) -> Int64?
    func real(_ column: Int) -> Double?
}

/// What rows and trials need of a database, whichever it is. Inside a transaction of its store.
///
/// Statements are written once for all: parameters are question marks, and what the dialects say differently is asked of the connection.
protocol SQLConnection: AnyObject {
    /// - Returns: How many rows were touched.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs an `INSERT` of one row.
    ///
    /// - Parameter key: The column of the key that the database chooses.
    /// - Returns: That key.
    func insert(_ sql: String, key: String, _ arguments: [SQLValue]) throws -> Int64

    /// Calls `body` with each row of the answer.
    func each(_ sql: String, _ arguments: [SQLValue], _ body: (any SQLRow) throws -> Void) throws

    /// The number of a study's creation, where the database gives the keys of deleted studies to new ones.
    func creation(of study: Int64) throws -> Int64?

    /// The trials that have changed since a mark; all of the study where there is none.
    func changes(of study: Int64, since mark: ChangeMark?) throws -> StudyChanges

    /// The mark after this transaction's own changes, which need not be read again.
    func markAfterWriting(_ mark: ChangeMark) throws -> ChangeMark
}

extension SQLConnection {
    /// The first column of the first row.
    func firstText(_ sql: String, _ arguments: [SQLValue] = []) throws -> String? {
        var first: String?
        try each(sql, arguments) { if first == nil { first = $0.text(0) } }
        return first
    }

    /// The first column of the first row.
    func firstInteger(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int64? {
        var first: Int64?
        try each(sql, arguments) { if first == nil { first = $0.integer(0) } }
        return first
    }

    /// Inserts several rows with one statement.
    ///
    /// - Parameters:
    ///   - table: The table with its columns: `trial_values (trial_id, objective)`.
    ///   - suffix: What follows the rows, such as what to do in a conflict.
    func insert(into table: String, _ rows: [[SQLValue]], suffix: String = "") throws {
        // Databases limit the number of parameters.
        for start in stride(from: 0, to: rows.count, by: 500) {
            let part = rows[start..<min(start + 500, rows.count)]
            let marks = part.map { "(\(Array(repeating: "?", count: $0.count).joined(separator: ", ")))" }.joined(separator: ", ")
            try execute("INSERT INTO \(table) VALUES \(marks) \(suffix)", part.flatMap(\.self))
        }
    }
}

/// A position in a database's log of changes.
struct ChangeMark: Sendable, Equatable {
    /// Nil where the database has no such log.
    var position: Int64?
    /// The database's counter of other connections' commits, where it has one.
    var version: Int64?
    /// Transactions of this connection that may lie behind the position; what they wrote is known.
    var own: [Int64] = []
}

/// What has changed in a study.
struct StudyChanges {
    var mark: ChangeMark
    /// Keys of changed and new trials; nil when all must be read.
    var trials: [Int64]?
}

/// Thrown inside a transaction when another program has changed a trial under it; the transaction starts over.
struct ChangedMeanwhile: Error {}
