import Foundation

/// Says for any number of jobs that their workers are alive, from a thread of its own, while objectives run.
///
/// ```swift
/// let heartbeats = Heartbeats(study, every: lease.heartbeatInterval)
/// heartbeats.begin(job)
/// defer { heartbeats.end(job) }
/// ```
public final class Heartbeats: @unchecked Sendable {
    private let study: Study
    private let interval: Duration
    private let condition = NSCondition()
    // Guarded by the condition.
    private var jobs: Set<Job> = []
    private var lost: Set<Job> = []
    private var isOver = false

    /// Starts the thread; it ends with `stop()`.
    public init(_ study: Study, every interval: Duration) {
        self.study = study
        self.interval = interval
        let thread = Thread { [self] in
            var wake = Date()
            while true {
                wake = max(wake.addingTimeInterval(interval.seconds), Date())
                guard wait(until: wake) else { return }
                beat()
            }
        }
        thread.name = "heartbeats"
        thread.start()
    }

    public func begin(_ job: Job) { condition.withLock { _ = jobs.insert(job) } }

    public func end(_ job: Job) {
        condition.withLock {
            jobs.remove(job)
            lost.remove(job)
        }
    }

    /// Whether the job has been given to somebody else meanwhile: going on with it is of no use.
    public func isLost(_ job: Job) -> Bool { condition.withLock { lost.contains(job) } }

    public func stop() {
        condition.withLock {
            isOver = true
            condition.broadcast()
        }
    }

    /// - Returns: False when there is nothing to wait for any more.
    private func wait(until moment: Date) -> Bool {
        condition.withLock {
            while !isOver, condition.wait(until: moment) {}
            return !isOver
        }
    }

    private func beat() {
        let held = condition.withLock { jobs }
        if held.isEmpty { return }
        // A store that cannot be reached now may be back for the next heartbeat.
        guard let gone = try? study.heartbeat(all: Array(held)) else { return }
        condition.withLock { lost.formUnion(gone.filter { jobs.contains($0) }) }
    }
}

extension Study {
    /// Runs `body` while heartbeats are sent for a job.
    public func keepingAlive<Result>(_ job: Job, every interval: Duration, _ body: () throws -> Result) rethrows -> Result {
        let heartbeats = Heartbeats(self, every: interval)
        heartbeats.begin(job)
        defer { heartbeats.stop() }
        return try body()
    }

    /// Says for several jobs in one transaction that their workers are alive.
    ///
    /// - Returns: The jobs that are no longer their workers'.
    /// - Throws: `SearchError` (`storage`).
    public func heartbeat(all jobs: [Job]) throws -> [Job] {
        try store.transaction(in: name) { transaction in
            var gone: [Job] = []
            for job in jobs {
                do {
                    var trial = try held(job, transaction)
                    trial.heartbeat = transaction.now
                    try transaction.replace(trial)
                } catch is SearchError {
                    gone.append(job)
                }
            }
            return gone
        }
    }
}
