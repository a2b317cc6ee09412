import Foundation
import Search
public import SearchSpaces
import Synchronization

/// Hears how a search goes on. Calls come one at a time.
public protocol ProgramSearchObserver: AnyObject, Sendable {
    func ended(_ trial: ProgramTrial)
    func tick(_ state: ProgramSearchState)
}

/// A run of the program that has ended.
public struct ProgramTrial: Sendable {
    public enum Outcome: Sendable, Hashable {
        case result
        case failed(String)
        case stopped
        case interrupted
    }
    public var number: Int
    public var configuration: Configuration
    public var fidelity: Int?
    public var outcome: Outcome
    /// One per objective; empty without a result.
    public var values: [Double]
    /// Whether it is the best so far, or on the front.
    public var isBest: Bool
    public var elapsedSeconds: Double
}

/// How a search stands.
public struct ProgramSearchState: Sendable {
    public var elapsedSeconds: Double
    public var limitSeconds: Double?
    public var trialLimit: Int?
    /// Trials of the study that have ended, and how many of those failed.
    public var ended: Int
    public var failed: Int
    public var running: Int
    /// The values of the best trial; the size of the front where there are several objectives.
    public var best: [Double]?
    public var frontSize: Int
}

/// What came of a search.
public struct ProgramSearchSummary: Sendable {
    /// Why a search ended before its limits.
    public enum Cause: Sendable, Hashable {
        case interrupted
        /// Too many failures: so many, the last with this reason.
        case failures(Int, String)
    }
    public var seconds: Double
    /// Runs of the program that ended in this session, and those of them that failed.
    public var runs: Int
    public var failures: Int
    public var cause: Cause?
    /// The reason of the last failure.
    public var lastFailure: String?
}

/// What the workers of a search share.
final class SearchProgress: Sendable {
    private struct State {
        var runs = 0
        var failures = 0
        var results = 0
        var running = 0
        var lastFailure: String?
        var givenUp: ProgramSearchSummary.Cause?
        var error: (any Error)?
        var best: [Trial] = []
        var ended = 0
        var failed = 0
    }

    private let search: ProgramSearch
    private let observer: any ProgramSearchObserver
    private let isStopping: @Sendable () -> Bool
    private let start = ContinuousClock.now
    private let state: Mutex<State>
    /// Held while the observer is called.
    private let telling = Mutex(())

    init(_ search: ProgramSearch, _ observer: any ProgramSearchObserver, _ isStopping: @escaping @Sendable () -> Bool) throws {
        self.search = search
        self.observer = observer
        self.isStopping = isStopping
        state = Mutex(State())
        try update()
    }

    var elapsedSeconds: Double { (ContinuousClock.now - start) / .seconds(1) }
    var error: (any Error)? { state.withLock { $0.error } }
    private var isOutOfTime: Bool { search.limitSeconds.map { elapsedSeconds >= $0 } ?? false }
    var isIntensifying: Bool { search.limitSeconds.map { elapsedSeconds >= $0 * ProgramSearch.exploringShare } ?? false }

    /// Whether programs may run.
    var goesOn: Bool { !isStopping() && !isOutOfTime && state.withLock { $0.givenUp == nil && $0.error == nil } }

    func fail(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

    func began(_ job: Job) { state.withLock { $0.running += 1 } }

    func ended(_ job: Job, _ outcome: TrialProgram.Outcome) throws {
        state.withLock { state in
            state.running -= 1
            switch outcome {
            case .result:
                state.runs += 1
                state.results += 1
            case .stopped: state.runs += 1
            case .failed(let reason):
                state.runs += 1
                state.failures += 1
                state.lastFailure = reason
                let isHopeless =
                    search.failureLimit == nil && state.results == 0 && state.failures >= ProgramSearch.hopelessFailures && state.failures == state.runs
                if isHopeless || search.failureLimit.map({ state.failures >= $0 }) ?? false { state.givenUp = .failures(state.failures, reason) }
            case .interrupted, .void: break
            }
        }
        try update()
        let shown: ProgramTrial.Outcome
        var values: [Double] = []
        switch outcome {
        case .void: return
        case .interrupted: shown = .interrupted
        case .stopped: shown = .stopped
        case .failed(let reason): shown = .failed(reason)
        case .result(let result):
            values = result.values
            shown = .result
        }
        let isBest = !values.isEmpty && state.withLock { $0.best.contains { $0.number == job.trial } }
        let trial = ProgramTrial(
            number: job.trial, configuration: job.configuration, fidelity: job.fidelity, outcome: shown, values: values, isBest: isBest,
            elapsedSeconds: elapsedSeconds)
        telling.withLock { _ in observer.ended(trial) }
    }

    private func update() throws {
        let trials = try search.study.trials()
        let best = BestTrials.of(trials, directions: search.study.definition.directions)
        state.withLock { state in
            state.best = best
            state.ended = trials.count { $0.state == .complete || $0.state == .pruned || $0.state == .failed }
            state.failed = trials.count { $0.state == .failed }
        }
    }

    func tick() {
        let shown = state.withLock { state in
            ProgramSearchState(
                elapsedSeconds: elapsedSeconds, limitSeconds: search.limitSeconds, trialLimit: search.trialLimit, ended: state.ended,
                failed: state.failed, running: state.running, best: state.best.first?.lastResult?.values, frontSize: state.best.count)
        }
        telling.withLock { _ in observer.tick(shown) }
    }

    func summary() -> ProgramSearchSummary {
        state.withLock { state in
            ProgramSearchSummary(
                seconds: elapsedSeconds, runs: state.runs, failures: state.failures,
                cause: state.givenUp ?? (isStopping() ? .interrupted : nil), lastFailure: state.lastFailure)
        }
    }
}
