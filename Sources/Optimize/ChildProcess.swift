import Foundation
import Search
import Synchronization

/// A program under way in a process group of its own: its lines as they come, and an end in good order.
///
/// Blocks its thread. What the program leaves running ends with it, and nothing that keeps its output open can hold us up.
///
/// By `posix_spawn` and `poll` instead of swift-subprocess, whose streams end only when the last process that has inherited them does: a
/// program that leaves a daemon behind would never end.
struct ChildProcess {
    /// How a program ended.
    struct Ending {
        enum Status: Hashable {
            case exited(Int32)
            case signaled(Int32)
        }
        var status: Status
        /// Whether it was asked to end before it did.
        var wasEnded: Bool
        /// The last lines of standard error.
        var lastErrors: String
    }

    /// What is kept of standard error.
    static let errorLines = 8
    static let errorBytes = 4096
    private static let pollMs: Int32 = 20
    /// While a program has just closed its output, which most do by ending.
    private static let endingPollMs: Int32 = 1
    private static let endingPolls = 50

    var arguments: [String]
    var environment: [String: String]
    /// Seconds from SIGTERM to SIGKILL.
    var graceSeconds: Double

    /// Process groups that are alive.
    private static let alive = Mutex<Set<pid_t>>([])

    /// Kills every program at once: for the last moment of our own process.
    static func killAll() {
        alive.withLock { groups in
            for group in groups { kill(-group, SIGKILL) }
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - onStart: Gets the number of its process group.
    ///   - onLine: Gets each line of standard output.
    ///   - shouldEnd: Asked about fifty times a second; once true, the program is ended.
    /// - Throws: `SearchError` (`badProgram`) when it cannot be started; what `onLine` throws, after the program was killed.
    func run(
        onStart: (pid_t) -> Void = { _ in }, onLine: (LineSplitter.Line) throws -> Void, shouldEnd: () throws -> Bool
    ) throws -> Ending {
        var output = try Pipe()
        defer { output.close() }
        var errors = try Pipe()
        defer { errors.close() }
        let process = try spawn(output, errors)
        Self.alive.withLock { _ = $0.insert(process) }
        onStart(process)
        output.closeWriting()
        errors.closeWriting()
        var lines = LineSplitter()
        var errorTail: [UInt8] = []
        var endAsked: ContinuousClock.Instant?
        var hasEnded = false
        var pollsSinceClosing = 0
        do {
            while !hasEnded {
                var descriptors = [
                    pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0), pollfd(fd: errors.reading, events: Int16(POLLIN), revents: 0),
                ]
                if output.reading < 0 { pollsSinceClosing += 1 }
                _ = poll(&descriptors, 2, 1...Self.endingPolls ~= pollsSinceClosing ? Self.endingPollMs : Self.pollMs)
                // Before reading: what was written before the end is then read for certain.
                hasEnded = Self.isOver(process)
                try drain(&output, untilEmpty: hasEnded) { bytes in for line in lines.add(bytes) { try onLine(line) } }
                try drain(&errors, untilEmpty: hasEnded) { bytes in
                    errorTail += bytes
                    if errorTail.count > 2 * Self.errorBytes { errorTail.removeFirst(errorTail.count - Self.errorBytes) }
                }
                if hasEnded { break }
                if let asked = endAsked {
                    if ContinuousClock.now - asked > .seconds(graceSeconds) { kill(-process, SIGKILL) }
                } else if try shouldEnd() {
                    kill(-process, SIGTERM)
                    endAsked = .now
                }
            }
            if let last = lines.finish() { try onLine(last) }
        } catch {
            _ = reap(process)
            throw error
        }
        return Ending(status: reap(process), wasEnded: endAsked != nil, lastErrors: Self.tail(errorTail))
    }

    private func drain(_ pipe: inout Pipe, untilEmpty: Bool, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // Bounded: a program that writes without end must not keep us from looking at the clock.
        for _ in 0..<(untilEmpty ? 64 : 4) where pipe.reading >= 0 {
            let count = read(pipe.reading, &buffer, buffer.count)
            if count > 0 {
                try body(buffer[..<count])
            } else if count == 0 {
                pipe.closeReading()
            } else if errno != EINTR {
                return
            }
        }
    }

    /// Whether the process has ended; it stays to be reaped, so that its group's number is not given to others.
    private static func isOver(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        guard waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
        return information.si_signo == SIGCHLD
    }

    /// Kills what is left of the group and collects the status.
    private func reap(_ process: pid_t) -> Ending.Status {
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        Self.alive.withLock { _ = $0.remove(process) }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signaled(signal)
    }

    private static func tail(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes.suffix(errorBytes), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
        return lines.suffix(errorLines).joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func spawn(_ output: Pipe, _ errors: Pipe) throws -> pid_t {
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
            var actions: posix_spawn_file_actions_t?
        #else
            var attributes = posix_spawnattr_t()
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.writing, STDERR_FILENO)
        // Ours may be ignored or blocked; a program that cannot be asked to end is not what its author wrote.
        var all = sigset_t()
        var none = sigset_t()
        sigemptyset(&none)
        sigemptyset(&all)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGCHLD, SIGXFSZ] { sigaddset(&all, signal) }
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var environmentStrings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        var argumentStrings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for string in environmentStrings + argumentStrings { free(string) } }
        var process: pid_t = 0
        let failure = starting.withLock { _ in posix_spawnp(&process, arguments[0], &actions, &attributes, &argumentStrings, &environmentStrings) }
        guard failure == 0 else {
            throw SearchError(
                .badProgram,
                "The program '\(arguments[0])' cannot be started: \(String(cString: strerror(failure))). "
                    + "Give one that is on the PATH, or the path of an executable file."
            )
        }
        return process
    }
}

/// Held while a program is started, and while a pipe is made: no program may get an end of a pipe before it is marked as not for it.
private let starting = Mutex(())

/// A pipe whose ends do not pass to other programs.
private struct Pipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        let isMade = starting.withLock { _ in
            guard pipe(&ends) == 0 else { return false }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return true
        }
        guard isMade else {
            throw SearchError(.badProgram, "No pipe to the program: \(String(cString: strerror(errno))). Use fewer workers.")
        }
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    mutating func closeReading() {
        if reading >= 0 { _ = Foundation.close(reading) }
        reading = -1
    }

    mutating func closeWriting() {
        if writing >= 0 { _ = Foundation.close(writing) }
        writing = -1
    }

    mutating func close() {
        closeReading()
        closeWriting()
    }
}
