import GRDB
import Search

/// Errors of stores, said once.
enum StoreErrors {
    static func storage(_ message: String) -> SearchError { SearchError(.storage, message) }

    /// Runs `body` and turns the database's errors into ours.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            let advice =
                switch error.resultCode {
                case .SQLITE_CANTOPEN: "Check that its folder exists and may be written."
                case .SQLITE_NOTADB: "It is not a SQLite database; give another path."
                case .SQLITE_BUSY: "Another program has held it for too long; close it and try again."
                case .SQLITE_FULL: "The disk is full."
                case .SQLITE_READONLY: "It may not be written; check its permissions."
                default: "Check that no other program changes it."
                }
            throw storage("The study database \(path) failed: \(error.message ?? "\(error.resultCode)"). \(advice)")
        }
    }
}
