import CPostgreSQL
import Foundation

/// A connection to a PostgreSQL server, used by one thread at a time.
///
/// Owned by a native handle that is released with the last reference. Statements are prepared once for each connection and text.
public final class PostgreSQLConnection: @unchecked Sendable {
    let functions: Functions
    private let native: PostgresConnectionHandle
    private var prepared: [String: String] = [:]

    /// - Parameters:
    ///   - address: `postgresql://user:password@host:port/database?options`, as libpq reads it.
    ///   - timeoutSeconds: How long to wait for the server.
    /// - Throws: ``PostgreSQLError`` (`cannotConnect`) with libpq's text; `NativeLibraryError` where the library is missing.
    public init(_ address: String, timeoutSeconds: Int = 10) throws {
        functions = try Functions.shared()
        let settings = [
            ("dbname", address), ("connect_timeout", "\(max(timeoutSeconds, 2))"), ("client_encoding", "UTF8"),
            ("fallback_application_name", "tutti"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ]
        let functions = functions
        let opened = Self.withTexts(settings.map(\.0) + [nil]) { keywords in
            Self.withTexts(settings.map(\.1) + [nil]) { values in functions.connect(keywords, values, 1) }
        }
        guard let opened else { throw PostgreSQLError(.cannotConnect, "libpq found no memory for a connection") }
        native = opened
        // Notices would go to standard error.
        _ = functions.setNoticeHandler(native, { _, _ in }, nil)
        guard isOpen else { throw PostgreSQLError(.cannotConnect, lastError) }
    }

    deinit { functions.finish(native) }

    /// Whether the connection stood when it was last used.
    public var isOpen: Bool { functions.status(native) == Int32(POSTGRES_CONNECTION_OK) }

    /// The server's release as a number: 150018 is 15.18.
    public var serverVersion: Int { Int(functions.serverVersion(native)) }

    /// Runs statements without parameters, separated by semicolons; all or none of them, unless they say otherwise.
    ///
    /// - Returns: The result of the last one.
    /// - Throws: ``PostgreSQLError`` (`refused`, `connectionLost`).
    @discardableResult
    public func execute(script: String) throws -> PostgreSQLResult {
        try script.withCString { try result(functions.execute(native, $0)) }
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - statement: With the parameters as `$1`, `$2` …; prepared on first use.
    ///   - parameters: As text, which the server turns into the types it expects; nil is NULL.
    /// - Throws: ``PostgreSQLError`` (`refused`, `connectionLost`, `invalidArgument`).
    @discardableResult
    public func execute(_ statement: String, _ parameters: [String?] = []) throws -> PostgreSQLResult {
        if let stray = parameters.first(where: { $0?.utf8.contains(0) ?? false }), let stray {
            throw PostgreSQLError(.invalidArgument, "PostgreSQL has no text with a zero byte, got \(stray.debugDescription)")
        }
        let name: String
        if let known = prepared[statement] {
            name = known
        } else {
            name = "tutti\(prepared.count)"
            _ = try result(functions.prepare(native, name, statement, 0, nil))
            prepared[statement] = name
        }
        return try Self.withTexts(parameters) { values in
            try result(functions.executePrepared(native, name, Int32(parameters.count), values, nil, nil, 0))
        }
    }

    /// What libpq said last, on one line.
    private var lastError: String { Self.line(functions.connectionError(native)) }

    private func result(_ handle: PostgresResultHandle?) throws -> PostgreSQLResult {
        guard let handle else {
            throw PostgreSQLError(isOpen ? .refused : .connectionLost, lastError)
        }
        let result = PostgreSQLResult(handle, functions)
        let status = functions.resultStatus(handle)
        if [Int32(POSTGRES_COMMAND_OK), Int32(POSTGRES_TUPLES_OK), Int32(POSTGRES_EMPTY_QUERY)].contains(status) { return result }
        let state = functions.resultErrorField(handle, Int32(POSTGRES_FIELD_SQLSTATE)).map { String(cString: $0) }
        throw PostgreSQLError(isOpen ? .refused : .connectionLost, Self.line(UnsafePointer(functions.resultError(handle))), state: state)
    }

    private static func line(_ text: UnsafePointer<CChar>?) -> String {
        let lines = text.map { String(cString: $0) }?.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
    }

    /// Calls `body` with C strings that live as long as the call.
    private static func withTexts<Result>(_ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> Result) rethrows -> Result {
        let copies = texts.map { text in text.map { UnsafePointer<CChar>(strdup($0)) } ?? nil }
        defer { for copy in copies { free(UnsafeMutableRawPointer(mutating: copy)) } }
        return try copies.withUnsafeBufferPointer { try body($0.baseAddress) }
    }
}

/// The answer to a statement.
public final class PostgreSQLResult: @unchecked Sendable {
    private let native: PostgresResultHandle
    private let functions: Functions
    public let rowCount: Int
    public let columnCount: Int

    init(_ native: PostgresResultHandle, _ functions: Functions) {
        self.native = native
        self.functions = functions
        rowCount = Int(functions.rowCount(native))
        columnCount = Int(functions.columnCount(native))
    }

    deinit { functions.clear(native) }

    /// The rows that an insertion, change or deletion touched.
    public var changedRowCount: Int { functions.changedRows(native).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The text of a cell; nil for NULL.
    /// - Precondition: Row and column are those of the result.
    public func text(_ row: Int, _ column: Int) -> String? {
        precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "no cell \(row), \(column) in the result")
        guard functions.isNull(native, Int32(row), Int32(column)) == 0 else { return nil }
        return functions.value(native, Int32(row), Int32(column)).map { String(cString: $0) }
    }

    /// The whole number of a cell; nil for NULL and for other text.
    public func integer(_ row: Int, _ column: Int) -> Int64? { text(row, column).flatMap { Int64($0) } }

    /// The number of a cell; nil for NULL and for other text.
    public func real(_ row: Int, _ column: Int) -> Double? { text(row, column).flatMap { Double($0) } }
}
