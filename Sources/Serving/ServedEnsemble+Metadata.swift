import Foundation
public import OnnxRuntime
import Synchronization

/// What clients need to know of a served model.
public struct ServedMetadata: Sendable {
    public var name: String
    public var versions: [String]
    public var inputs: [TensorInfo]
    public var outputs: [TensorInfo]
    /// Class names in the order of the probabilities; nil for regression.
    public var classes: [String]?
    public var members: [String]
    /// Members that would not answer now.
    public var membersMissing: [String]
    /// Rows of one request.
    public var maximumRows: Int
}

extension ServedEnsemble {
    static let predictionName = "prediction"

    /// - Throws: ``ServingError`` `.unavailable` while no member has loaded.
    public func metadata() throws -> ServedMetadata {
        let (inputs, phase) = state.withLock { ($0.inputs, $0.phase) }
        guard phase != .loading, let inputs, !inputs.isEmpty else {
            switch servedState {
            case .unavailable(let reason): throw ServingError(.unavailable, "model '\(model.name)' is not available: \(reason)")
            default: throw ServingError(.unavailable, "model '\(model.name)' is loading; try again later")
            }
        }
        var classes: [String]?
        if case .classification(let names) = model.task { classes = names }
        return ServedMetadata(
            name: model.name, versions: [Self.version], inputs: inputs, outputs: outputs, classes: classes,
            members: model.members.map(\.id),
            membersMissing: membersWithoutWorkers.map { model.members[$0].id }, maximumRows: model.options.requestRowsLimit)
    }

    /// `probabilities` or `values`, and `prediction`: the name of the most probable class, or the value again.
    public var outputs: [TensorInfo] {
        let numbers = TensorInfo(name: model.task.outputName, datatype: .fp32, shape: [-1, model.task.width])
        let prediction =
            switch model.task {
            case .classification: TensorInfo(name: Self.predictionName, datatype: .bytes, shape: [-1])
            case .regression: TensorInfo(name: Self.predictionName, datatype: .fp32, shape: [-1, 1])
            }
        return [numbers, prediction]
    }

    /// Of requests as clients see them.
    public var statistics: ServingStatistics { recorder.statistics }

    /// Of answered requests.
    public var latencies: LatencyPercentiles { recorder.latencies }

    public var memberStatistics: [MemberStatistics] {
        let loaded = state.withLock { $0.workersLoaded }
        return model.members.indices.map { index in
            MemberStatistics(
                id: model.members[index].id, weight: model.members[index].weight, workerCount: loaded[index],
                queuedRows: queues[index].rowCount,
                statistics: memberRecorders[index].statistics)
        }
    }

    /// Requests accepted and not answered.
    public var pendingCount: Int { state.withLock { $0.jobs.count } }
}

/// Only ever shown, never decided by.
func wallClockMs() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
