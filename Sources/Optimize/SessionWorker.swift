import Foundation
public import Search

/// The name under which a session of this process asks for trials: it says where to look whether the session still lives.
public enum SessionWorker {
    private static let prefix = "session@"

    public static var name: String { "\(prefix)\(host):\(ProcessInfo.processInfo.processIdentifier)" }

    static var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives back the trials of earlier sessions on this machine whose processes are gone.
    ///
    /// - Returns: The numbers of the trials.
    /// - Throws: `SearchError` (`storage`).
    @discardableResult
    public static func releaseDead(in study: Study) throws -> [Int] {
        let workers = Set(try study.trials().filter { $0.state == .running }.compactMap(\.progress.worker)).filter(isDead)
        return try workers.sorted().flatMap {
            try release($0, in: study, reason: "the session that tried it is gone", attemptLimit: crashLimit)
        }
    }

    /// How often a trial is tried that ends with its session each time: it may be what ends them.
    static let crashLimit = 3

    /// A lease as this library gives them.
    public static func lease(seconds: Double) -> Lease { Lease(.seconds(seconds), maximumRetries: crashLimit - 1) }

    /// Gives back the trials of a worker that is gone or stops: one without a result waits under its own number and is the next that is
    /// tried, one with a result of a lower fidelity may be promoted again. Results that come late are accepted until then.
    ///
    /// - Parameter attemptLimit: A trial that was tried so often in vain has failed, or stays at its rung; nil for no limit.
    @discardableResult
    static func release(_ worker: String, in study: Study, reason: String, attemptLimit: Int? = nil) throws -> [Int] {
        try study.releaseJobs(ofWorker: worker, reason: reason, retries: attemptLimit.map { $0 - 1 } ?? .max)
    }

    static func isDead(_ worker: String) -> Bool {
        let place = worker.split(separator: "/", maxSplits: 1).first ?? ""
        guard place.hasPrefix(prefix), let colon = place.lastIndex(of: ":"), let process = pid_t(place[place.index(after: colon)...]) else { return false }
        guard place.dropFirst(prefix.count).prefix(upTo: colon) == host else { return false }
        // A session that asks has asked for nothing yet: what stands under its own name is an earlier process of the same number.
        if process == ProcessInfo.processInfo.processIdentifier { return true }
        return LocalProcess.isGone(process)
    }
}
