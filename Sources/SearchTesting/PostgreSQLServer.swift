public import Foundation

/// A PostgreSQL server of a test's own, on the loopback address and in a temporary folder, gone with the process that started it.
public final class PostgreSQLServer: @unchecked Sendable {
    public let port: Int
    private let folder: URL
    private let binaries: URL
    private var watcher: Process?

    /// Where the server's programs are: `TUTTI_POSTGRESQL_BIN`, or where Debian, Fedora and Homebrew put them. Nil where there are none.
    public static let binaries: URL? = {
        var candidates: [String] = []
        if let path = ProcessInfo.processInfo.environment["TUTTI_POSTGRESQL_BIN"] { candidates.append(path) }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        candidates += versions.sorted { $0.localizedStandardCompare($1) == .orderedDescending }.map { "/usr/lib/postgresql/\($0)/bin" }
        candidates += ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/postgresql/bin"]
        return candidates.first { path in
            ["initdb", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(path)/\($0)") }
        }.map { URL(fileURLWithPath: $0) }
    }()

    /// One server for all tests of a process; started on first use.
    public static let shared = Result { try PostgreSQLServer() }

    /// Makes an empty cluster and starts its server. The superuser is `tutti`, without a password.
    public init() throws {
        guard let binaries = Self.binaries else { throw Failure(description: "no PostgreSQL server is installed") }
        self.binaries = binaries
        folder = FileManager.default.temporaryDirectory.appending(path: "tutti-postgresql-\(UUID().uuidString.prefix(8))")
        port = try Self.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.run("/bin/sh", ["-c", "\(Self.asServerUser(folder)) \(binaries.path)/initdb -D \(data) -U tutti -A trust -E UTF8 --locale=C --no-sync"])
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    public func address(_ database: String) -> String { "postgresql://tutti@127.0.0.1:\(port)/\(database)" }

    /// Makes an empty database and returns its address.
    public func makeDatabase() throws -> String {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        try run(sql: "CREATE DATABASE \(name)")
        return address(name)
    }

    /// Runs a statement of the superuser's.
    public func run(sql: String, in database: String = "postgres") throws {
        try Self.run(binaries.appending(path: "psql").path, ["-q", "-h", "127.0.0.1", "-p", "\(port)", "-U", "tutti", "-c", sql, database])
    }

    /// Starts the server again after `stop()`.
    public func start() throws {
        // A shell watches the server, and ends it when this process is gone, however that came about.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            cd /
            \(Self.asServerUser(folder)) \(binaries.path)/postgres -D \(data) -p \(port) -c listen_addresses=127.0.0.1 \
                -c unix_socket_directories= -c fsync=off -c max_connections=60 >'\(folder.path)/log' 2>&1 </dev/null &
            server=$!
            while [ ! -e '\(folder.path)/stop' ] && kill -0 $server 2>/dev/null; do
                kill -0 \(ProcessInfo.processInfo.processIdentifier) 2>/dev/null || { kill -INT $server; wait $server; rm -rf '\(folder.path)'; exit; }
                sleep 0.1
            done
            kill -INT $server; wait $server; rm -f '\(folder.path)/stop'
            """,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        watcher = process
        for _ in 0..<600 {
            if (try? run(sql: "SELECT 1")) != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Failure(description: "the PostgreSQL server did not start: \((try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "")")
    }

    /// Ends the server; what was committed is there when it starts again.
    public func stop() {
        guard let watcher else { return }
        // A file, for signals may be blocked in what this process starts.
        try? Data().write(to: folder.appending(path: "stop"))
        watcher.waitUntilExit()
        self.watcher = nil
    }

    private var data: String { folder.appending(path: "data").path }

    /// PostgreSQL refuses to run as root; another user has to own the folder.
    private static func asServerUser(_ folder: URL) -> String {
        guard getuid() == 0 else { return "" }
        let user = (try? run("/usr/bin/id", ["postgres"])) != nil ? "postgres" : "nobody"
        return "chown \(user) \(folder.path) && exec setpriv --reuid=\(user) --clear-groups"
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")) ended with status \(process.terminationStatus)")
        }
    }

    private static func freePort() throws -> Int {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard isBound else { throw Failure(description: "there is no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
