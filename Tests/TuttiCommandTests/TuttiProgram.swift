import Foundation
import Testing

/// The `tutti` executable that was built with the tests, run as users run it.
enum TuttiProgram {
    /// Nil where it was not built. `TUTTI_EXECUTABLE` names another one, such as a release build.
    static let executable: URL? = {
        if let path = ProcessInfo.processInfo.environment["TUTTI_EXECUTABLE"], !path.isEmpty { return URL(fileURLWithPath: path).absoluteURL }
        // Beside the test bundle; how many levels up, and which of these lies in the bundle, differs between Linux and macOS.
        let starts = [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap { $0 } + CommandLine.arguments.map { URL(fileURLWithPath: $0) }
        for start in starts {
            var folder = start.absoluteURL.deletingLastPathComponent()
            for _ in 0..<5 {
                let candidate = folder.appending(path: "tutti")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }()

    /// Runs to the end.
    /// - Parameter changes: environment variables to set, or to remove where the value is nil.
    static func run(
        _ arguments: [String], changes: [String: String?] = [:], folder: URL? = nil, limitSeconds: Double = 60
    ) async throws -> FinishedProgram {
        try await start(arguments, changes: changes, folder: folder).finished(withinSeconds: limitSeconds)
    }

    static func run(_ arguments: String...) async throws -> FinishedProgram { try await run(arguments) }

    static func start(_ arguments: [String], changes: [String: String?] = [:], folder: URL? = nil) throws -> RunningProgram {
        try RunningProgram(
            #require(executable, "the tutti executable is not beside the tests; build it with `swift build`"), arguments, changes: changes, folder: folder)
    }
}

/// A program under way, its output going to files so that it can be read at any time.
final class RunningProgram: @unchecked Sendable {
    private let process = Process()
    private let commandLine: String
    private let outFile: URL
    private let errorFile: URL

    init(_ executable: URL, _ arguments: [String], changes: [String: String?] = [:], folder: URL? = nil) throws {
        let base = try Scratch.folder("process")
        outFile = base.appending(path: "out")
        errorFile = base.appending(path: "error")
        commandLine = ([executable.lastPathComponent] + arguments).joined(separator: " ")
        for file in [outFile, errorFile] { try Data().write(to: file) }
        var environment = ProcessInfo.processInfo.environment
        for (name, value) in changes { environment[name] = value }
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        if let folder { process.currentDirectoryURL = folder }
        try process.run()
    }

    var identifier: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOf: outFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(identifier, signal) }

    /// Waits for the end. A program that takes longer is killed, and the test fails.
    func finished(withinSeconds limit: Double) async throws -> FinishedProgram {
        let started = ContinuousClock.now
        try await until("'\(commandLine)' ends", withinSeconds: limit) {
            !process.isRunning
        } orElse: {
            send(SIGKILL)
        }
        return FinishedProgram(
            commandLine: commandLine, status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal, output: output,
            errors: errors, seconds: (ContinuousClock.now - started) / .seconds(1))
    }

    /// Waits until something holds of the running program, which may not end before.
    func reaches(_ what: String, withinSeconds limit: Double, _ condition: () throws -> Bool) async throws {
        try await until("'\(commandLine)' reaches: \(what)", withinSeconds: limit) {
            try condition() || !process.isRunning
        } orElse: {
            send(SIGKILL)
        }
        try #require(try condition(), "'\(commandLine)' ended before: \(what)\n\(errors)")
    }
}

/// How a program ended.
struct FinishedProgram: CustomTestStringConvertible {
    var commandLine: String
    /// Exit status, or the signal.
    var status: Int32
    var wasKilled: Bool
    var output: String
    var errors: String
    var seconds: Double

    var testDescription: String { "'\(commandLine)' ended with \(wasKilled ? "signal" : "status") \(status)\n\(errors)\(output.suffix(2000))" }

    /// Lines on standard error that say what went wrong: `error: …` or `Error: …`.
    var errorLines: [Substring] { errors.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") } }

    /// Trials that the progress shows as failed, but for those that the end of the time has cut off.
    var failedTrials: [Substring] {
        errors.split(separator: "\n").filter { $0.contains("failed:") && !$0.contains("too short") && !$0.contains("time was up") }
    }

    /// The JSON object on standard output.
    func document() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "not a JSON object: \(self.testDescription)")
    }

    /// Rows of the CSV on standard output, cells by column name. Quotes are understood, line breaks inside them are not.
    func table() throws -> (columns: [String], rows: [[String: String]]) { try CSV.parse(output) }
}

/// Polls: processes and files have no other way to tell us.
func until(
    _ what: String, withinSeconds limit: Double, _ condition: () throws -> Bool, orElse giveUp: () -> Void = {}
) async throws {
    let deadline = ContinuousClock.now + .seconds(limit)
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            giveUp()
            throw TimeIsUp(description: "waited \(limit) s until \(what)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

struct TimeIsUp: Error, CustomStringConvertible {
    var description: String
}
