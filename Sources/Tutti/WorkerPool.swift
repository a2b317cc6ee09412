import Foundation
import Learning
import Subprocess
import Synchronization
import SystemPackage

/// Keeps a number of worker processes at work on a run and replaces those that die: a crash costs one trial, never the run.
struct WorkerPool: Sendable {
    /// How a worker ended, told to the owner of the study so that its trial is released.
    struct Exit: Sendable {
        var worker: String
        var reason: String
        /// True where we ended it: its trial is not to blame.
        var isStopped: Bool
    }

    /// A worker that dies this often in a row within ``quickDeathSeconds`` of its start, and not of its trial, is not replaced again.
    static let quickDeathLimit = 3
    static let quickDeathSeconds = 10.0
    /// Time that a worker has to end by itself after SIGTERM.
    static let terminationSeconds = 2

    var executable: URL
    var run: RunFolder
    var count: Int
    var threadsPerWorker: Int
    var memoryBytesPerWorker: Int
    var deadline: Deadline
    /// When the search turns from new trials to the promising ones.
    var intensification: Deadline
    /// Seconds of grace after the deadline before a worker is killed.
    var graceSeconds: Double
    /// - Returns: whether the worker died of the trial it had.
    var onDeath: @Sendable (Exit) -> Bool

    /// Returns when every worker has ended: because nothing was left to do, the deadline passed, or the task was cancelled.
    /// - Throws: ``TuttiError`` `.internalFault` with the last lines of the log where workers die as fast as they start.
    func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                group.addTask { try await keepAlive(index) }
            }
            try await group.waitForAll()
        }
    }

    private func keepAlive(_ index: Int) async throws {
        var quickDeaths = 0
        var generation = 0
        while !Task.isCancelled, !deadline.hasPassed {
            let name = "worker-\(index).\(generation)-\(ProcessInfo.processInfo.processIdentifier)"
            let started = Deadline.monotonicSeconds()
            let log = run.logs.appending(path: "worker-\(index).log")
            guard let reason = try await runOne(name, log: log) else { return }
            let isStopped = Task.isCancelled
            let diedOfTrial = onDeath(Exit(worker: name, reason: isStopped ? "the run was stopped" : reason, isStopped: isStopped))
            if isStopped { return }
            quickDeaths = !diedOfTrial && Deadline.monotonicSeconds() - started < Self.quickDeathSeconds ? quickDeaths + 1 : 0
            if quickDeaths >= Self.quickDeathLimit {
                throw TuttiError(.internalFault, "workers die as soon as they start (\(reason)); the end of '\(log.path)':\n\(tail(of: log))")
            }
            generation += 1
        }
    }

    /// - Returns: nil where the worker finished its work, else why it ended.
    private func runOne(_ name: String, log: URL) async throws -> String? {
        let arguments = [
            "worker", run.url.path, "--name", name, "--seconds", String(deadline.remainingSeconds),
            "--explore-seconds", String(max(0, intensification.remainingSeconds)),
        ]
        let threads = String(threadsPerWorker)
        let environment = Environment.inherit.updating([
            "OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, "OMP_WAIT_POLICY": "PASSIVE",
            Environment.Key(stringLiteral: OrphanWatch.parentVariable): String(ProcessInfo.processInfo.processIdentifier),
        ])
        var options = PlatformOptions()
        // A process group of its own: Ctrl-C reaches us, and we end the workers in good order.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(Self.terminationSeconds))]
        let descriptor = try FileDescriptor.open(
            FilePath(log.path), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        defer { try? descriptor.close() }
        let watch = MemoryWatch(limitExceeded: limitExceeded)
        defer { watch.stop() }
        let result = try await Subprocess.run(
            .path(FilePath(executable.path)), arguments: Arguments(arguments), environment: environment, platformOptions: options,
            input: .none, output: .fileDescriptor(descriptor, closeAfterSpawningProcess: false),
            error: .fileDescriptor(descriptor, closeAfterSpawningProcess: false)
        ) { execution in
            watch.start(execution.processIdentifier.value)
        }
        if let reason = watch.reason { return reason }
        return switch result.terminationStatus {
        case .exited(0): nil
        case .exited(let code): "worker ended with status \(code)"
        case .signaled(let signal): "worker was killed by signal \(signal)"
        }
    }

    @Sendable private func limitExceeded(by process: pid_t) -> String? {
        if let bytes = ProcessMemory.residentBytes(of: process), bytes > memoryBytesPerWorker {
            return "worker used \(bytes >> 20) MiB, more than the \(memoryBytesPerWorker >> 20) MiB allowed"
        }
        return deadline.remainingSeconds < -graceSeconds ? "worker was still busy \(Int(graceSeconds)) s after the time was up" : nil
    }

    private func tail(of log: URL) -> String {
        ((try? String(contentsOf: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(8).joined(separator: "\n")
    }
}

/// Looks at a worker now and then and kills it when it has gone beyond a limit.
private final class MemoryWatch: Sendable {
    private static let checkSeconds = 0.5

    private let limitExceeded: @Sendable (pid_t) -> String?
    private let state = Mutex<(task: Task<Void, any Error>?, reason: String?)>((nil, nil))

    init(limitExceeded: @escaping @Sendable (pid_t) -> String?) { self.limitExceeded = limitExceeded }

    /// Why the worker was killed; nil where it was not.
    var reason: String? { state.withLock { $0.reason } }

    func start(_ process: pid_t) {
        let task = Task {
            while true {
                try await Task.sleep(for: .seconds(Self.checkSeconds))
                guard let reason = limitExceeded(process) else { continue }
                state.withLock { $0.reason = reason }
                kill(process, SIGKILL)
                return
            }
        }
        state.withLock { $0.task = task }
    }

    func stop() { state.withLock { $0.task?.cancel() } }
}
