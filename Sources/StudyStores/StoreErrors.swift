import GRDB
import Search

/// Errors of stores, said once.
enum StoreErrors {
    /// What can be done about a full disk, wherever the store is.
    static let fileIsTooLarge = "Files may not grow further: raise the limit (ulimit -f) and start the same command again; what was told before is kept."
    static let diskIsFull = "The disk is full: free space and start the same command again; what was told before is kept."

    static func storage(_ message: String) -> SearchError { SearchError(.storage, message) }

    /// Runs `body`, and names the study in what it says of what cannot be read.
    static func reading<Result>(_ study: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SearchError where error.code == .storage {
            throw unreadable(study, error.message)
        }
    }

    static func unreadable(_ study: String, _ reason: String) -> SearchError { storage("The study \"\(study)\" cannot be read: \(reason)") }

    /// Runs `body` and turns the database's errors into ours.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            throw storage("The study database \(path) can only be read: it or its folder may not be written. Give the right to write both, or work on a copy.")
        } catch let error as DatabaseError {
            let advice =
                switch error.resultCode {
                case .SQLITE_CANTOPEN: "Check that its folder exists, and that it may be read and its folder written."
                case .SQLITE_NOTADB: "It is not a SQLite database; give another path."
                case .SQLITE_BUSY: "Another program has held it for too long; close it and try again."
                case .SQLITE_FULL: StoreErrors.diskIsFull
                case .SQLITE_CORRUPT: "The file is damaged: restore a copy of it."
                default: "Check that no other program changes it."
                }
            throw storage("The study database \(path) failed: \(error.message ?? "\(error.resultCode)"). \(advice)")
        }
    }
}
