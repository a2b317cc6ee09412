import Dispatch
import Learning
public import OnnxRuntime
import Synchronization

/// Rows per second of an allocation, measured with the workers that would serve it: the figure that a placement search improves.
///
/// Blocks the calling thread, and needs no other thread than the workers' own: it may be called from synchronous code, a search for one.
public enum ThroughputMeter {
    /// Loads a model, measures it and shuts it down.
    /// - Parameters:
    ///   - seconds: time of measuring, after a round to warm up.
    ///   - inputs: gives rows to push through, over and over, for the inputs that the model turns out to have; a few batches are enough.
    /// - Returns: rows per second.
    /// - Throws: ``ServingError`` where the model cannot be loaded or a member does not answer; what `inputs` throws.
    public static func measure(
        _ model: ServedModel, seconds: Double, inputs: ([TensorInfo]) throws -> [String: TensorValue]
    ) throws -> Double {
        let ensemble = try ServedEnsemble(model)
        defer { ensemble.abandon() }
        let loaded = DispatchSemaphore(value: 0)
        ensemble.whenLoaded { loaded.signal() }
        loaded.wait()
        try ensemble.checkLoaded()
        return try measure(ensemble, inputs: inputs(ensemble.metadata().inputs), seconds: seconds)
    }

    /// Measures a running model: whole batches, as many at a time as keep every worker busy.
    /// - Throws: ``ServingError`` where a member does not answer.
    public static func measure(_ ensemble: ServedEnsemble, inputs: [String: TensorValue], seconds: Double) throws -> Double {
        let batch = ensemble.workers.map(\.cell.batch).max() ?? 1
        let pieces = try pieces(of: inputs, rows: batch)
        guard !pieces.isEmpty else { throw ServingError(.invalidArgument, "measuring needs at least one row") }
        let workersPerMember = Dictionary(grouping: ensemble.workers, by: \.cell.member).values.map(\.count).max() ?? 1
        // Each worker runs one batch while the next one waits for it.
        let lanes = 2 * workersPerMember + 1
        _ = try push(pieces, lanes: lanes, into: ensemble, untilNs: 0)
        let start = monotonicNs()
        let rows = try push(pieces, lanes: lanes, into: ensemble, untilNs: start + UInt64(max(seconds, 0.001) * 1e9))
        return Double(rows) / (Double(monotonicNs() &- start) / 1e9)
    }

    /// Keeps `lanes` pieces under way until the time is up, one each at least.
    /// - Returns: rows answered.
    private static func push(
        _ pieces: [[String: TensorValue]], lanes: Int, into ensemble: ServedEnsemble, untilNs end: UInt64
    ) throws -> Int {
        let settled = DispatchSemaphore(value: 0)
        let outcomes = Mutex<[(InferenceJob, InferenceJob.Outcome)]>([])
        var underWay = 0
        var next = 0
        var rows = 0
        func send() throws {
            let job = try ensemble.accept(InferRequest(inputs: pieces[next % pieces.count]))
            next += 1
            underWay += 1
            do {
                try ensemble.enqueue(job)
            } catch {
                ensemble.release(job)
                throw error
            }
            job.whenSettled { outcome in
                outcomes.withLock { $0.append((job, outcome)) }
                settled.signal()
            }
        }
        for _ in 0..<lanes { try send() }
        while underWay > 0 {
            settled.wait()
            underWay -= 1
            guard let (job, outcome) = outcomes.withLock({ $0.popLast() }) else { continue }
            ensemble.release(job)
            guard case .settled(let partials, _) = outcome else { continue }
            let response = try ensemble.combine(partials, of: job, for: InferRequest(inputs: [:]), deadlinePassed: false)
            guard response.membersMissing.isEmpty else {
                let reasons = partials.compactMap(\.failure).joined(separator: "; ")
                throw ServingError(.failed, "members gave no answer: \(response.membersMissing.joined(separator: ", ")): \(reasons)")
            }
            rows += job.rowCount
            if monotonicNs() < end { try send() }
        }
        return rows
    }

    /// Whole batches; rows left over are not used, as they would be a batch that is not full.
    private static func pieces(of inputs: [String: TensorValue], rows: Int) throws -> [[String: TensorValue]] {
        let count = inputs.values.first?.rowCount ?? 0
        guard count > rows else { return count == 0 ? [] : [inputs] }
        return try stride(from: 0, through: count - rows, by: rows).map { start in
            try inputs.mapValues { try $0.slice(rows: start..<start + rows) }
        }
    }
}
