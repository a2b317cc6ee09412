public import Search

/// Opens stores by address.
public enum StudyStores {
    /// Opens the store at an address: `memory:` for this process alone; a SQLite file as a path, `sqlite:PATH` or, as Optuna
    /// writes it, `sqlite:///PATH` (with four slashes for an absolute path); Optuna's journal file as `journal:PATH`; a PostgreSQL
    /// database as `postgresql://user:password@host:port/database`.
    ///
    /// - Parameter mustExist: Whether the store must be there. Then nothing is made or changed before something is written, and files that may
    ///   not be written can be read.
    /// - Throws: `SearchError` (`storage`) when the address is of another kind or the store cannot be opened.
    public static func open(_ address: String, mustExist: Bool = false) throws -> any StudyStore {
        switch try StoreAddress(address) {
        case .memory: InMemoryStore()
        case .sqlite(let path): try SQLiteStore(path: path, mustExist: mustExist)
        case .journal(let path): try JournalStore(path: path, mustExist: mustExist)
        case .postgreSQL(let address): try PostgreSQLStore(address, mustExist: mustExist)
        }
    }
}
