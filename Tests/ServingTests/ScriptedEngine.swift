import Foundation
import Learning
import OnnxRuntime
import Placement
import Serving
import Synchronization

/// An engine that does what a test says: for faults that no model file has.
struct ScriptedEngine: ModelEngine {
    var inputs = [TensorInfo(name: "x", datatype: .fp32, shape: [-1, 2])]
    var outputs = [TensorInfo(name: "probabilities", datatype: .fp32, shape: [-1, 2])]
    /// Rows in, probabilities out, two numbers each.
    var body: @Sendable ([Float]) throws -> [Float]

    func run(_ values: [String: TensorValue], outputs wanted: [String]?) throws -> [String: TensorValue] {
        let result = try body(values["x"]?.floats ?? [])
        return ["probabilities": try .float(result, [result.count / 2, 2])]
    }

    /// Gives back what it gets.
    static let echo = ScriptedEngine { $0 }
}

/// A fault, with a text to find again.
struct Fault: Error, CustomStringConvertible {
    var description: String
}

/// A door that engines wait at until the test opens it.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let isOpen = Mutex(false)
    private let arrived = Mutex(0)

    var arrivals: Int { arrived.withLock { $0 } }

    func pass() {
        condition.lock()
        defer { condition.unlock() }
        arrived.withLock { $0 += 1 }
        while !isOpen.withLock({ $0 }) { condition.wait() }
    }

    func open() {
        condition.lock()
        defer { condition.unlock() }
        isOpen.withLock { $0 = true }
        condition.broadcast()
    }
}

/// Looks again and again until something holds; false where it does not within ten seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<2000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

enum Served {
    static let devices = [
        Device(id: "cpu0", kind: .cpu(cores: [0]), memoryBytes: 1 << 30), Device(id: "cpu1", kind: .cpu(cores: [1]), memoryBytes: 1 << 30),
    ]

    /// A classifier of two classes. `batch` has a row for each device.
    static func model(
        _ members: [(id: String, weight: Double, engine: ScriptedEngine)], batch: [[Int]],
        options: (inout ServingOptions) -> Void = { _ in }
    ) throws -> ServedModel {
        var limits = ServingOptions()
        limits.warmsUp = false
        options(&limits)
        let served = members.map { member in ServedMember(id: member.id, weight: member.weight) { _ in member.engine } }
        return ServedModel(
            name: "best", members: served,
            matrix: try AllocationMatrix(devices: devices.prefix(batch.count).map(\.id), models: members.map(\.id), batch: batch),
            devices: devices, task: .classification(classes: ["no", "yes"]), options: limits)
    }

    static func start(_ model: ServedModel) async throws -> ServedEnsemble {
        let ensemble = try ServedEnsemble(model)
        try await ensemble.loaded()
        return ensemble
    }

    static func request(_ values: [Float], outputs: [String] = [], timeout: Duration? = nil) throws -> InferRequest {
        InferRequest(inputs: ["x": try .float(values, [values.count / 2, 2])], outputs: outputs, timeout: timeout)
    }
}
