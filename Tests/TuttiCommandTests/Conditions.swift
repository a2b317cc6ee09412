import Foundation
import Testing

/// What the tests of the command need of the machine.
enum Machine {
    /// With `TUTTI_TESTS_COMPLETE=1` nothing is skipped: what is absent makes its tests fail.
    static let isComplete = ProcessInfo.processInfo.environment["TUTTI_TESTS_COMPLETE"] == "1"

    /// The Python with the peers' packages, from `TUTTI_PYTHON`.
    static let python: URL? = ProcessInfo.processInfo.environment["TUTTI_PYTHON"].flatMap { path in
        let url = URL(fileURLWithPath: path).absoluteURL
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }

    /// Whether `tutti doctor` finds all that training and serving need.
    static let hasRuntimes: Bool = {
        guard let executable = TuttiProgram.executable else { return false }
        let process = Process()
        process.executableURL = executable
        process.arguments = ["doctor"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}

/// The trait of every test that trains or runs models.
let needsRuntimes: ConditionTrait = .enabled(
    if: Machine.isComplete || Machine.hasRuntimes, "a native runtime is not installed; `make runtimes` installs them, `tutti doctor` shows which is missing")

/// The trait of every test that asks a Python peer.
let needsPython: ConditionTrait = .enabled(
    if: Machine.isComplete || Machine.python != nil, "TUTTI_PYTHON names no Python with the peers' packages; `make python` installs one")

/// A script of `Tests/Python`, run with the peers' packages.
enum PythonPeer {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python")

    static func run(_ script: String, _ arguments: [String], limitSeconds: Double = 120) async throws -> FinishedProgram {
        let python = try #require(Machine.python, "TUTTI_PYTHON names no Python; `make python` installs one")
        // ONNX Runtime's threads would contend with the program under test.
        return try await RunningProgram(
            python, [scripts.appending(path: script).path] + arguments, changes: ["OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"]
        )
        .finished(withinSeconds: limitSeconds)
    }
}
