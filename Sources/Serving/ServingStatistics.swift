import Histogram
import Synchronization

/// How often something happened and how long it took altogether. Both only grow, so that readers can take differences.
public struct DurationSum: Sendable, Hashable {
    public var count: UInt64 = 0
    public var ns: UInt64 = 0

    public init() {}

    mutating func add(_ ns: UInt64, count: UInt64 = 1) {
        self.count += count
        self.ns &+= ns
    }
}

/// Cumulative facts of a served model, or of one of its members.
public struct ServingStatistics: Sendable {
    /// Facts of the executions with one batch size.
    public struct Batch: Sendable, Hashable {
        public var computeInput = DurationSum()
        public var computeInfer = DurationSum()
        public var computeOutput = DurationSum()
    }

    /// Why requests failed, in the words of the metrics of the Open Inference Protocol's reference server.
    public enum FailureReason: String, Sendable, CaseIterable {
        case rejected = "REJECTED"
        case cancelled = "CANCELED"
        case backend = "BACKEND"
        case other = "OTHER"
    }

    /// Requests answered, and their time from arrival to answer.
    public var success = DurationSum()
    public var failures: [FailureReason: DurationSum] = [:]
    /// Waiting in the queue.
    public var queue = DurationSum()
    public var computeInput = DurationSum()
    public var computeInfer = DurationSum()
    public var computeOutput = DurationSum()
    /// Rows answered: a batch of 64 counts 64.
    public var rowCount: UInt64 = 0
    /// Calls of an engine. For an ensemble, those of the member with most: rows divided by executions is a mean batch size.
    public var executionCount: UInt64 = 0
    /// Answers from which members were missing.
    public var degradedCount: UInt64 = 0
    /// Milliseconds since 1970; 0 before the first request.
    public var lastInferenceMs: UInt64 = 0
    public var batches: [Int: Batch] = [:]

    public var fail: DurationSum {
        failures.values.reduce(into: DurationSum()) { $0.add($1.ns, count: $1.count) }
    }

    public init() {}
}

/// What the queue of one member holds and what its workers have done.
public struct MemberStatistics: Sendable {
    public var id: String
    public var weight: Double
    /// Workers that have loaded their model.
    public var workerCount: Int
    public var queuedRows: Int
    public var statistics: ServingStatistics
}

/// Latencies of answered requests in microseconds, at the usual percentiles.
public struct LatencyPercentiles: Sendable, Hashable {
    public var count: UInt64
    public var p50: UInt64
    public var p90: UInt64
    public var p99: UInt64
    public var p999: UInt64
    public var maximum: UInt64
}

/// Statistics that threads add to.
final class StatisticsRecorder: Sendable {
    private struct State {
        var statistics = ServingStatistics()
        // Fixed range: an hour in microseconds with two digits. Recording never allocates.
        var latencies = Histogram<UInt64>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .two)
    }

    private let state = Mutex(State())

    var statistics: ServingStatistics { state.withLock { $0.statistics } }

    var latencies: LatencyPercentiles {
        state.withLock { state in
            let latencies = state.latencies
            return LatencyPercentiles(
                count: latencies.totalCount, p50: latencies.valueAtPercentile(50), p90: latencies.valueAtPercentile(90),
                p99: latencies.valueAtPercentile(99), p999: latencies.valueAtPercentile(99.9), maximum: latencies.max)
        }
    }

    func record(_ change: (inout ServingStatistics) -> Void) { state.withLock { change(&$0.statistics) } }

    func recordLatency(ns: UInt64) { state.withLock { _ = $0.latencies.record(min(ns / 1000, 3_600_000_000)) } }

    /// One call of an engine.
    func recordExecution(rows: Int, inputNs: UInt64, inferNs: UInt64, outputNs: UInt64) {
        record { statistics in
            statistics.executionCount += 1
            statistics.rowCount += UInt64(rows)
            statistics.computeInput.add(inputNs)
            statistics.computeInfer.add(inferNs)
            statistics.computeOutput.add(outputNs)
            var batch = statistics.batches[rows] ?? ServingStatistics.Batch()
            batch.computeInput.add(inputNs)
            batch.computeInfer.add(inferNs)
            batch.computeOutput.add(outputNs)
            statistics.batches[rows] = batch
        }
    }
}
