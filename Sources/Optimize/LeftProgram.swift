import Foundation

/// A program of a session, as other sessions of this machine can find it again after the session is gone.
struct LeftProgram: CustomStringConvertible {
    /// Its process group, which has the number of its first process.
    let group: pid_t
    private let groupStart: UInt64
    private let session: pid_t
    private let sessionStart: UInt64
    private let host: String

    /// A program of this process; nil where the system does not say when processes began.
    init?(group: pid_t) {
        let own = ProcessInfo.processInfo.processIdentifier
        guard let groupStart = LocalProcess.start(of: group), let sessionStart = LocalProcess.start(of: own) else { return nil }
        (self.group, self.groupStart, session, self.sessionStart) = (group, groupStart, own, sessionStart)
        host = SessionWorker.host
    }

    /// As ``description`` wrote it.
    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 5, let group = pid_t(words[0]), group > 1, let groupStart = UInt64(words[1]), let session = pid_t(words[2]),
            let sessionStart = UInt64(words[3])
        else { return nil }
        (self.group, self.groupStart, self.session, self.sessionStart) = (group, groupStart, session, sessionStart)
        host = String(words[4])
    }

    var description: String { "\(group) \(groupStart) \(session) \(sessionStart) \(host)\n" }

    /// Whether it runs on though its session is gone. Numbers are given anew: what began at another time is another process.
    var isLeft: Bool {
        host == SessionWorker.host && LocalProcess.start(of: session) != sessionStart && LocalProcess.start(of: group) == groupStart
    }
}

/// The processes of this machine.
enum LocalProcess {
    /// When a process began, in ticks since the machine did; nil where there is none, where it has ended and only waits to be reaped, and where
    /// the system has no `/proc`.
    static func start(of process: pid_t) -> UInt64? {
        guard let fields = fields(of: process), fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    /// Whether a process has ended, whatever its parent knows of it.
    static func isGone(_ process: pid_t) -> Bool {
        if kill(process, 0) != 0 { return errno == ESRCH }
        guard let fields = fields(of: process) else { return false }
        return fields[0] == "Z" || fields[0] == "X"
    }

    /// What the system says of a process: its state, and on place 19 its start; nil where it says nothing.
    private static func fields(of process: pid_t) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let name = text.lastIndex(of: ")") else { return nil }
        // The name may hold anything, so what counts begins behind it.
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? fields : nil
    }
}
