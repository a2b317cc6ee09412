import Dispatch
import Foundation
public import SearchSpaces
import Synchronization

/// A trial as the objective sees it.
public struct OpenTrial: Sendable {
    public let job: Job
    private let study: Study

    init(job: Job, study: Study) {
        self.job = job
        self.study = study
    }

    public var number: Int { job.trial }
    public var configuration: Configuration { job.configuration }
    /// How far to train; nil in studies without fidelities.
    public var fidelity: Int? { job.fidelity }

    /// The number of a float or integer parameter.
    public func float(_ name: String) throws -> Double { try configuration.float(name) }
    /// The whole number of an integer parameter.
    public func integer(_ name: String) throws -> Int { try configuration.integer(name) }
    /// The chosen name of a categorical parameter.
    public func category(_ name: String) throws -> String { try configuration.category(name) }
    /// The answer of a yes-or-no parameter.
    public func boolean(_ name: String) throws -> Bool { try configuration.boolean(name) }

    /// Notes a value on the way and, when the scheduler says so, ends the trial here.
    ///
    /// - Throws: `StoppedTrial` when the trial is to stop: let it pass.
    public func report(_ value: Double, at step: Int) throws {
        if try !study.report(job, value, at: step) { throw StoppedTrial() }
    }
}

/// Thrown out of an objective whose trial the scheduler has stopped.
public struct StoppedTrial: Error, Sendable {
    public init() {}
}

extension Study {
    /// Tries configurations until `trials` more have been started and their promotions are done, or the time is up.
    ///
    /// An objective that throws fails its trial; the search goes on.
    ///
    /// - Parameters:
    ///   - trials: How many new configurations.
    ///   - limit: When to start no more jobs; the running ones end.
    ///   - workers: How many threads call the objective at once. With one, the same seed gives the same trials.
    ///   - lease: When the jobs of silent workers are given up, here and elsewhere; heartbeats are sent for the jobs of these threads.
    /// - Returns: The best trials, as `best()`.
    /// - Throws: what the store throws, or the sampler.
    @discardableResult
    public func optimize(
        trials: Int, within limit: Duration? = nil, workers: Int = 1, lease: Lease? = nil, _ objective: @escaping @Sendable (OpenTrial) throws -> Double
    ) throws -> [Trial] {
        try optimize(trials: trials, within: limit, workers: workers, lease: lease, objectives: { [try objective($0)] })
    }

    /// The same for several objectives: one value each, in the order of the directions.
    @discardableResult
    public func optimize(
        trials: Int, within limit: Duration? = nil, workers: Int = 1, lease: Lease? = nil, objectives: @escaping @Sendable (OpenTrial) throws -> [Double]
    ) throws -> [Trial] {
        let started = try self.trials().count { $0.state != .waiting }
        let deadline = limit.map { ContinuousClock.now + $0 }
        let failure = FirstError()
        let heartbeats = lease.map { Heartbeats(self, every: $0.heartbeatInterval) }
        defer { heartbeats?.stop() }
        @Sendable func work(_ worker: String) {
            do {
                while deadline.map({ ContinuousClock.now < $0 }) ?? true, failure.error == nil {
                    switch try ask(worker: worker, limit: started + trials, lease: lease) {
                    case .finished: return
                    case .wait: Thread.sleep(forTimeInterval: Self.pollSeconds)
                    case .job(let job): try run(job, heartbeats, objectives)
                    }
                }
            } catch {
                failure.note(error)
            }
        }
        // Threads of our own: objectives block, and may be more than there are cores.
        let group = DispatchGroup()
        for index in 1..<max(workers, 1) {
            group.enter()
            let thread = Thread {
                work("thread \(index)")
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        work("thread 0")
        group.wait()
        if let error = failure.error { throw error }
        return try best()
    }

    private static var pollSeconds: Double { 0.002 }

    private func run(_ job: Job, _ heartbeats: Heartbeats?, _ objectives: (OpenTrial) throws -> [Double]) throws {
        heartbeats?.begin(job)
        defer { heartbeats?.end(job) }
        do {
            let values: [Double]
            do {
                values = try objectives(OpenTrial(job: job, study: self))
            } catch is StoppedTrial {
                return try stop(job)
            } catch let error where (error as? SearchError)?.code != .staleJob {
                return try fail(job, reason: "\(error)")
            }
            try tell(job, values)
        } catch let error as SearchError where error.code == .staleJob && error.trial == job.trial {
            // Given up for lost and handed to somebody else: their result counts.
        }
    }
}

/// The first error of several threads.
private final class FirstError: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    var error: (any Error)? { first.withLock { $0 } }

    func note(_ error: any Error) { first.withLock { $0 = $0 ?? error } }
}
