import Foundation
import Search

/// What an address of a store says.
package enum StoreAddress: Sendable, Hashable {
    /// Of this process alone.
    case memory
    case sqlite(path: String)
    case journal(path: String)
    case postgreSQL(String)

    /// - Throws: `SearchError` (`storage`) for a scheme that no store has.
    package init(_ text: String) throws {
        let colon = text.firstIndex(of: ":")
        switch colon.map({ text[..<$0] }) {
        case "memory" where text == "memory:": self = .memory
        case "sqlite": self = .sqlite(path: try Self.databasePath(text))
        case "journal" where text != "journal:": self = .journal(path: String(text.dropFirst("journal:".count)))
        case "postgresql" where text.contains("://"), "postgres" where text.contains("://"): self = .postgreSQL(text)
        case .some(let scheme) where scheme.hasPrefix("postgresql+") && text.contains("://"): self = .postgreSQL(text)
        case .some(let scheme) where Self.isScheme(scheme) && !FileManager.default.fileExists(atPath: text): throw Self.unknown(text)
        default:
            if text.isEmpty { throw Self.unknown(text) }
            self = .sqlite(path: text)
        }
    }

    /// The file behind it; nil where there is none.
    package var file: String? {
        switch self {
        case .memory, .postgreSQL: nil
        case .sqlite(let path), .journal(let path): path
        }
    }

    /// What follows the scheme: a path as it is, or after three slashes as Optuna writes it.
    private static func databasePath(_ text: String) throws -> String {
        let rest = text.dropFirst("sqlite:".count)
        let path = rest.hasPrefix("///") ? rest.dropFirst(3) : rest
        // Two slashes would be a server's.
        if path.isEmpty || rest.hasPrefix("//") && !rest.hasPrefix("///") { throw unknown(text) }
        return String(path)
    }

    /// Whether it is no part of a path: `C` in `C:\study.db` is one.
    private static func isScheme(_ text: Substring) -> Bool {
        text.count > 1
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 == UInt8(ascii: "+")
            }
    }

    private static func unknown(_ text: String) -> SearchError {
        StoreErrors.storage(
            "No store can open \"\(text)\"; expected memory:, sqlite:PATH, journal:PATH, postgresql://HOST/DATABASE or the path of a SQLite file "
                + "(./PATH where it has a colon).")
    }
}
