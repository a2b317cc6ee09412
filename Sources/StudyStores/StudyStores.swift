public import Search

/// Opens stores by address.
public enum StudyStores {
    /// Opens the store at an address: `memory:` for this process alone; a SQLite file as a path, `sqlite:PATH` or, as Optuna
    /// writes it, `sqlite:///PATH` (with four slashes for an absolute path); Optuna's journal file as `journal:PATH`; a PostgreSQL
    /// database as `postgresql://user:password@host:port/database`.
    ///
    /// - Throws: `SearchError` (`storage`) when the address is of another kind or the store cannot be opened.
    public static func open(_ address: String) throws -> any StudyStore {
        switch try StoreAddress(address) {
        case .memory: InMemoryStore()
        case .sqlite(let path): try SQLiteStore(path: path)
        case .journal(let path): try JournalStore(path: path)
        case .postgreSQL(let address): try PostgreSQLStore(address)
        }
    }
}
