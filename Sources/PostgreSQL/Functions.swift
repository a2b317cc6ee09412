import CPostgreSQL
import NativeLibraries

/// The functions of the opened library, looked up once. Read-only after `init`, hence safe on every thread.
final class Functions: @unchecked Sendable {
    let loaded: LoadedLibrary
    let version: PostgresVersionFunction
    let connect: PostgresConnectFunction
    let status: PostgresConnectionNumberFunction
    let serverVersion: PostgresConnectionNumberFunction
    let connectionError: PostgresConnectionTextFunction
    let finish: PostgresFinishFunction
    let setNoticeHandler: PostgresSetNoticeHandlerFunction
    let execute: PostgresExecuteFunction
    let prepare: PostgresPrepareFunction
    let executePrepared: PostgresExecutePreparedFunction
    let resultStatus: PostgresResultNumberFunction
    let resultError: PostgresResultTextFunction
    let resultErrorField: PostgresResultFieldFunction
    let rowCount: PostgresResultNumberFunction
    let columnCount: PostgresResultNumberFunction
    let changedRows: PostgresResultTextFunction
    let value: PostgresCellTextFunction
    let length: PostgresCellNumberFunction
    let isNull: PostgresCellNumberFunction
    let clear: PostgresClearFunction

    private static let result = Result { try Functions() }

    /// The functions of the one library of the process.
    /// - Throws: `NativeLibraryError`, the same one each time.
    static func shared() throws -> Functions { try result.get() }

    private init() throws {
        loaded = try PostgreSQL.library.open()
        version = try loaded.symbol("PQlibVersion")
        connect = try loaded.symbol("PQconnectdbParams")
        status = try loaded.symbol("PQstatus")
        serverVersion = try loaded.symbol("PQserverVersion")
        connectionError = try loaded.symbol("PQerrorMessage")
        finish = try loaded.symbol("PQfinish")
        setNoticeHandler = try loaded.symbol("PQsetNoticeProcessor")
        execute = try loaded.symbol("PQexec")
        prepare = try loaded.symbol("PQprepare")
        executePrepared = try loaded.symbol("PQexecPrepared")
        resultStatus = try loaded.symbol("PQresultStatus")
        resultError = try loaded.symbol("PQresultErrorMessage")
        resultErrorField = try loaded.symbol("PQresultErrorField")
        rowCount = try loaded.symbol("PQntuples")
        columnCount = try loaded.symbol("PQnfields")
        changedRows = try loaded.symbol("PQcmdTuples")
        value = try loaded.symbol("PQgetvalue")
        length = try loaded.symbol("PQgetlength")
        isNull = try loaded.symbol("PQgetisnull")
        clear = try loaded.symbol("PQclear")
    }
}
