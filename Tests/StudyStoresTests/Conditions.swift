import Foundation
import SearchTesting
import Synchronization
import Testing

/// What the tests of stores need of the machine.
enum Machine {
    /// With `TUTTI_TESTS_COMPLETE=1` nothing is skipped: what is absent makes its tests fail.
    static let isComplete = ProcessInfo.processInfo.environment["TUTTI_TESTS_COMPLETE"] == "1"

    /// The Python with the peers' packages, from `TUTTI_PYTHON`.
    static let python: URL? = ProcessInfo.processInfo.environment["TUTTI_PYTHON"].flatMap { path in
        let url = URL(fileURLWithPath: path).absoluteURL
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }

    /// Runs `body` as somebody whom the permissions of files bind: root is somebody else meanwhile, on a thread of its own.
    static func boundByPermissions(_ body: @escaping @Sendable () throws -> Void) throws {
        if geteuid() != 0 { return try body() }
        #if canImport(Glibc)
            guard let symbol = dlsym(nil, "setfsuid") else { return }
            let setUser = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
            let outcome = Mutex<Result<Void, any Error>>(.success(()))
            let end = DispatchSemaphore(value: 0)
            Thread {
                // The nobody of this thread alone.
                _ = setUser(65_534)
                outcome.withLock { $0 = Result { try body() } }
                end.signal()
            }.start()
            end.wait()
            try outcome.withLock { try $0.get() }
        #endif
    }

    static func temporaryPath(_ suffix: String) -> String {
        FileManager.default.temporaryDirectory.appending(path: "tutti-\(UUID().uuidString)\(suffix)").path
    }
}

let needsPostgreSQL: ConditionTrait = .enabled(
    if: Machine.isComplete || PostgreSQLServer.binaries != nil, "no PostgreSQL server is installed (Debian: apt-get install postgresql)")

let needsPython: ConditionTrait = .enabled(
    if: Machine.isComplete || Machine.python != nil, "TUTTI_PYTHON names no Python with the peers' packages; `make python` installs one")

/// A program run to its end, its output in a file so that no pipe fills up.
final class Program: @unchecked Sendable {
    private let process = Process()
    private let output: URL

    init(_ executable: URL, _ arguments: [String]) throws {
        output = URL(fileURLWithPath: Machine.temporaryPath(".out"))
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    /// Ends it as a crash does: at once, without a word.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits for the end.
    ///
    /// - Returns: The exit status and all that it printed.
    func finish() -> (status: Int32, text: String) {
        process.waitUntilExit()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(at: output)
        return (process.terminationStatus, text)
    }
}
