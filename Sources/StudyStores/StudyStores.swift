public import Search

/// Opens stores by address.
public enum StudyStores {
    /// Opens the store at an address: `memory:` for this process alone; a SQLite file as a path, `sqlite:PATH` or, as Optuna
    /// writes it, `sqlite:///PATH` (with four slashes for an absolute path); Optuna's journal file as `journal:PATH`; a PostgreSQL
    /// database as `postgresql://user:password@host:port/database`.
    ///
    /// - Throws: `SearchError` (`storage`) when the address is of another kind or the store cannot be opened.
    public static func open(_ address: String) throws -> any StudyStore {
        if address == "memory:" { return InMemoryStore() }
        if address.hasPrefix("sqlite:///") { return try SQLiteStore(path: String(address.dropFirst("sqlite:///".count))) }
        if address.hasPrefix("sqlite:") { return try SQLiteStore(path: String(address.dropFirst("sqlite:".count))) }
        if address.hasPrefix("journal:") { return try JournalStore(path: String(address.dropFirst("journal:".count))) }
        if ["postgresql://", "postgres://", "postgresql+"].contains(where: { address.hasPrefix($0) }) { return try PostgreSQLStore(address) }
        if address.contains("://") {
            throw StoreErrors.storage(
                "No store can open \"\(address)\"; expected memory:, journal:PATH, postgresql://HOST/DATABASE, sqlite:PATH or the path of a "
                    + "SQLite file.")
        }
        return try SQLiteStore(path: address)
    }
}
