public import NativeLibraries

/// PostgreSQL's client library: where it is looked for, and which version was found.
///
/// **Threads.** A ``PostgreSQLConnection`` is used by one thread at a time; different connections are independent.
public enum PostgreSQL {
    /// What is looked for, and how a user gets it.
    public static let library = NativeLibrary(
        name: "libpq", purpose: "studies in a PostgreSQL database", environmentVariable: "TUTTI_LIBPQ",
        files: [NativeLibrary.File(wheelPath: "libpq/lib/libpq.\(suffix)", systemNames: systemNames)],
        installCommand: installCommand)

    /// Loads the library, once for the process; later calls return the same answer.
    /// - Throws: `NativeLibraryError`: not found, cannot be opened, or a function is missing.
    @discardableResult
    public static func load() throws -> LoadedLibrary { try Functions.shared().loaded }

    /// The release of the library: `15.18`.
    /// - Throws: as ``load()``.
    public static func version() throws -> String {
        let number = try Functions.shared().version()
        return "\(number / 10_000).\(number % 10_000)"
    }

    #if canImport(Darwin)
        private static let suffix = "dylib"
        private static let systemNames = ["libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib", "/usr/local/opt/libpq/lib/libpq.5.dylib"]
        private static let installCommand = "brew install libpq"
    #else
        private static let suffix = "so"
        private static let systemNames = ["libpq.so.5"]
        private static let installCommand = "apt-get install libpq5 (Debian, Ubuntu), dnf install libpq (Fedora)"
    #endif
}

/// Why a database could not do something. The message has the library's or the server's own text.
public struct PostgreSQLError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// No connection: the server is not there, or refuses the user.
        public static let cannotConnect = Code(description: "cannotConnect")
        /// The connection broke. Whether what was under way has happened is not known.
        public static let connectionLost = Code(description: "connectionLost")
        /// The server refused a statement; `state` says why.
        public static let refused = Code(description: "refused")
        /// Text that cannot be sent, such as one with a zero byte.
        public static let invalidArgument = Code(description: "invalidArgument")
    }

    public let code: Code
    /// What was tried, and the own text of the library or the server.
    public let message: String
    /// The server's SQLSTATE, such as `42P01`; nil where no server was involved.
    public let state: String?

    public init(_ code: Code, _ message: String, state: String? = nil) {
        self.code = code
        self.message = message
        self.state = state
    }

    public var description: String { message }
}
