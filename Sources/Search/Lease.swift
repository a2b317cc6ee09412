import Foundation

/// How long a worker may be silent before its job counts as lost, and how often a lost trial is tried again.
///
/// A lost trial without a result waits under its own number, its configuration fixed, and is the next job that is handed out: the same
/// trial with the next attempt, so every number is used once. (Optuna enqueues a copy with a number of its own.) Attempts are the fence:
/// while the trial waits, the late result of its old worker is welcome and ends it; once another worker has it, the late one is refused.
/// A trial that was lost on its way to a higher fidelity falls back to the rung it came from and may be promoted again.
public struct Lease: Sendable, Hashable, Codable {
    /// By the clock of the store. Several times the interval of the heartbeats.
    public var length: Duration
    /// How many of a trial's attempts may be lost and still be followed by another.
    public var maximumRetries: Int

    public init(_ length: Duration, maximumRetries: Int = 1) {
        self.length = length
        self.maximumRetries = maximumRetries
    }

    /// How often a worker should say that it is alive: three heartbeats may be late before the job is lost.
    public var heartbeatInterval: Duration { length / 4 }
}

extension Trial {
    /// How often it was tried again after it was lost with its worker.
    public internal(set) var retries: Int {
        get { systemAttributes[Self.retriesKey].flatMap { Int($0) } ?? 0 }
        set { systemAttributes[Self.retriesKey] = newValue == 0 ? nil : String(newValue) }
    }

    private static let retriesKey = "tutti:retries"

    /// Whether nobody has heard from its worker for too long. A trial without any heartbeat is in the hands of a program that sends none.
    func isSilent(at now: Date, for limit: Duration) -> Bool {
        guard state == .running, let heartbeat else { return false }
        return now.timeIntervalSince(heartbeat) > limit.seconds
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
