import Foundation
import NativeLibraries
import PostgreSQL
import SearchTesting
import Testing

private let isThere = (try? PostgreSQL.load()) != nil
private let isComplete = ProcessInfo.processInfo.environment["TUTTI_TESTS_COMPLETE"] == "1"

@Suite(.enabled(if: isComplete || isThere, "libpq is not installed (Debian: apt-get install libpq5)")) struct PostgreSQLConnectionTests {
    @Test func theLibraryIsOpenedAndSaysItsVersion() throws {
        #expect(try PostgreSQL.version().split(separator: ".").first.flatMap { Int($0) } ?? 0 >= 10)
    }

    @Test func aMissingServerIsNamed() throws {
        do {
            _ = try PostgreSQLConnection("postgresql://tutti@127.0.0.1:1/base")
            Issue.record("connected to nothing")
        } catch let error as PostgreSQLError {
            #expect(error.code == .cannotConnect)
            #expect(error.message.contains("refused"), "\(error)")
        }
    }
}

@Suite(
    .enabled(
        if: isComplete || (isThere && PostgreSQLServer.binaries != nil), "no PostgreSQL server is installed (Debian: apt-get install postgresql)"))
struct PostgreSQLStatementTests {
    private func connection() throws -> PostgreSQLConnection { try PostgreSQLConnection(PostgreSQLServer.shared.get().makeDatabase()) }

    @Test func parametersAndAnswersAreText() throws {
        let connection = try connection()
        try connection.execute(script: "CREATE TABLE t (a integer, b double precision, c text); INSERT INTO t VALUES (0, 0, '')")
        let values: [String?] = ["7", "1e-300", "naïve 'quoted' \\ text"]
        #expect(try connection.execute("INSERT INTO t VALUES ($1, $2, $3), ($1, NULL, $4)", values + [nil]).changedRowCount == 2)
        let result = try connection.execute("SELECT a, b, c FROM t WHERE a = $1 ORDER BY b", ["7"])
        #expect((result.rowCount, result.columnCount) == (2, 3))
        #expect((result.integer(0, 0), result.real(0, 1), result.text(0, 2)) == (7, 1e-300, values[2]))
        #expect(result.text(1, 1) == nil)
        #expect(result.text(1, 2) == nil)
        #expect(connection.serverVersion >= 100_000)
    }

    @Test func refusalsHaveTheServersOwnWords() throws {
        let connection = try connection()
        do {
            try connection.execute("SELECT * FROM nothing")
            Issue.record("selected from nothing")
        } catch let error as PostgreSQLError {
            #expect(error.code == .refused)
            #expect(error.state == "42P01")
            #expect(error.message.contains("nothing"), "\(error)")
        }
        #expect(connection.isOpen)
        #expect(throws: PostgreSQLError.self) { try connection.execute("SELECT $1::text", ["a\0b"]) }
        do {
            try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            Issue.record("the end was not noticed")
        } catch let error as PostgreSQLError {
            #expect(error.code == .connectionLost)
        }
        #expect(!connection.isOpen)
    }
}
