import Foundation
import Learning
public import OnnxRuntime

/// Rows per second of an allocation, measured with the workers that would serve it: the figure that a placement search improves.
public enum ThroughputMeter {
    /// Loads a model, measures it and shuts it down.
    /// - Parameters:
    ///   - inputs: rows to push through, over and over; a few batches are enough.
    ///   - seconds: time of measuring, after one pass to warm up.
    /// - Returns: rows per second.
    /// - Throws: ``ServingError`` where the model cannot be loaded, or does not answer.
    public static func measure(_ model: ServedModel, inputs: [String: TensorValue], seconds: Double) async throws -> Double {
        let ensemble = try ServedEnsemble(model)
        do {
            try await ensemble.loaded()
            let rate = try await measure(ensemble, inputs: inputs, seconds: seconds)
            await ensemble.shutdown()
            return rate
        } catch {
            await ensemble.shutdown(within: .seconds(1))
            throw error
        }
    }

    /// Measures a running model: requests of a whole batch, as many at a time as keep every worker busy.
    /// - Throws: ``ServingError`` where a request fails or members are missing from an answer.
    public static func measure(_ ensemble: ServedEnsemble, inputs: [String: TensorValue], seconds: Double) async throws -> Double {
        let batch = ensemble.workers.map(\.cell.batch).max() ?? 1
        let requests = try pieces(of: inputs, rows: batch)
        guard !requests.isEmpty else { throw ServingError(.invalidArgument, "measuring needs at least one row") }
        let workersPerMember = Dictionary(grouping: ensemble.workers, by: \.cell.member).values.map(\.count).max() ?? 1
        // Each worker runs one batch while the next one waits for it.
        let depth = 2 * workersPerMember + 1

        _ = try await push(requests, depth: depth, into: ensemble, untilNs: 0)
        let start = monotonicNs()
        let rows = try await push(requests, depth: depth, into: ensemble, untilNs: start + UInt64(max(seconds, 0.001) * 1e9))
        return Double(rows) / (Double(monotonicNs() &- start) / 1e9)
    }

    /// Keeps `depth` requests under way until the time is up, at least one round.
    /// - Returns: rows answered.
    private static func push(_ requests: [InferRequest], depth: Int, into ensemble: ServedEnsemble, untilNs end: UInt64) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for lane in 0..<depth {
                group.addTask {
                    var rows = 0
                    var next = lane
                    repeat {
                        let response = try await ensemble.infer(requests[next % requests.count])
                        guard response.membersMissing.isEmpty else {
                            throw ServingError(.failed, "members gave no answer: \(response.membersMissing.joined(separator: ", "))")
                        }
                        rows += response.outputs.first?.value.rowCount ?? 0
                        next += depth
                    } while monotonicNs() < end
                    return rows
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Whole batches; rows left over are not used, as they would be a batch that is not full.
    private static func pieces(of inputs: [String: TensorValue], rows: Int) throws -> [InferRequest] {
        let count = inputs.values.first?.rowCount ?? 0
        guard count > rows else { return count == 0 ? [] : [InferRequest(inputs: inputs)] }
        return try stride(from: 0, through: count - rows, by: rows).map { start in
            InferRequest(inputs: try inputs.mapValues { try $0.slice(rows: start..<start + rows) })
        }
    }
}
