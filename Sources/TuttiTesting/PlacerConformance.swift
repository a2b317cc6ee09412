import Foundation
public import Learning
public import Placement

/// What every placer must keep to, as checks to run on any of them.
///
/// ```swift
/// @Test(arguments: Placers.all.map(\.card.id), 0..<3)
/// func conforms(id: String, seed: Int) throws {
///     #expect(try PlacerConformance.violations(of: Placers.make(id), seed: UInt64(seed)) == [])
/// }
/// ```
public enum PlacerConformance {
    /// What a placer does wrong on made instances of one seed, a sentence each; empty where it conforms.
    /// - Throws: what the placer throws where it should not.
    public static func violations(of placer: any Placer, seed: UInt64) throws -> [String] {
        var found: [String] = []
        for instance in 0..<8 {
            let toy = ToyMachine(devices: 1 + instance % 3, models: 1 + instance % 4, seed: seed &* 100 &+ UInt64(instance))
            let request = PlacementRequest(profiles: toy.profiles, devices: toy.devices, seed: seed)
            let name = "\(placer.card.id), seed \(seed), instance \(instance)"
            found += try violations(of: placer, request).map { "\(name): \($0)" }
        }
        if placer.card.id.isEmpty || placer.card.summary.isEmpty || placer.card.source.isEmpty { found.append("the card has empty fields") }
        return found
    }

    private static func violations(of placer: any Placer, _ request: PlacementRequest) throws -> [String] {
        var found: [String] = []
        let result = try placer.place(request)
        found += slips(in: result.matrix, request)
        if try placer.place(request) != result { found.append("the same request gives another result") }

        let predictor = ThroughputPredictor(profiles: request.profiles, devices: request.devices)
        if abs(result.throughput.predicted - predictor.rowsPerSecond(result.matrix)) > 1e-6 { found.append("the predicted throughput is not the predictor's") }
        if result.throughput.predicted > predictor.upperBound * (1 + 1e-9) { found.append("the predicted throughput passes the upper bound") }

        // Models renamed and turned round: the same matrix with turned columns, as far as speed goes.
        var turned = request
        turned.profiles.reverse()
        let reversed = try placer.place(turned)
        if abs(reversed.throughput.predicted - result.throughput.predicted) > 1e-6 * result.throughput.predicted {
            found.append("the order of the models changes the throughput from \(result.throughput.predicted) to \(reversed.throughput.predicted)")
        }

        var measured = request
        measured.measure = { matrix in predictor.rowsPerSecond(matrix) * 0.8 }
        let real = try placer.place(measured)
        if let rate = real.throughput.measured {
            if abs(rate - 0.8 * predictor.rowsPerSecond(real.matrix)) > 1e-6 { found.append("the measured throughput is not what was measured") }
        } else {
            found.append("nothing was measured though a measure was given")
        }
        found += slips(in: real.matrix, request)

        var tight = request
        for index in tight.devices.indices { tight.devices[index].memoryBytes = 10 }
        do {
            _ = try placer.place(tight)
            found.append("models that fit nowhere throw no error")
        } catch let error as PlacementError where error.code == .nothingFits {
            if !tight.devices.allSatisfy({ error.message.contains($0.id) }) { found.append("the error does not name the free amounts: \(error)") }
        }
        return found
    }

    /// Where a matrix breaks coverage, memory or the measured batch sizes.
    public static func slips(in matrix: AllocationMatrix, _ request: PlacementRequest) -> [String] {
        var found: [String] = []
        if matrix.devices != request.devices.map(\.id) || matrix.models != request.profiles.map(\.id) { return ["the matrix has other devices or models"] }
        if !matrix.coversAllModels { found.append("runs nowhere: \(matrix.uncoveredModels)") }
        for (row, device) in request.devices.enumerated() {
            let workers = matrix.workers.filter { $0.device == row }
            let need = workers.reduce(0) { $0 + request.profiles[$1.model].memoryBytes(batchSize: $1.batchSize, on: device.id) }
            if need > device.memoryBytes { found.append("\(device.id) holds \(need) of \(device.memoryBytes) bytes") }
            for worker in workers where !request.profiles[worker.model].batchSizes(on: device.id).contains(worker.batchSize) {
                found.append("\(worker) has a batch size that was not measured")
            }
        }
        return found
    }
}

/// Made devices of different speeds and models of different weights; worst fit always succeeds on them.
public struct ToyMachine: Sendable {
    public var devices: [Device]
    public var profiles: [ModelProfile]

    /// - Parameter batchSizes: measured ones.
    public init(devices deviceCount: Int, models: Int, batchSizes: [Int] = [1, 8, 32], seed: UInt64) {
        var random = ToyRandom(state: seed &+ 7)
        let speeds = (0..<deviceCount).map { _ in Double.random(in: 0.5...4, using: &random) }
        devices = (0..<deviceCount).map { Device(id: "cpu\($0)", kind: .cpu(cores: [$0]), memoryBytes: models * Int.random(in: 110...220, using: &random)) }
        profiles = (0..<models).map { model in
            let work = exp(Double.random(in: 0...2, using: &random))
            let bytes = Int.random(in: 40...100, using: &random)
            let overhead = Double.random(in: 0...4, using: &random)
            var onDevices: [String: ModelProfile.Measurements] = [:]
            for (device, speed) in speeds.enumerated() {
                let slip = Double.random(in: 0.8...1.25, using: &random)
                onDevices["cpu\(device)"] = ModelProfile.Measurements(
                    latencyMs: Dictionary(uniqueKeysWithValues: batchSizes.map { ($0, (overhead + work * Double($0)) * slip / speed) }),
                    memoryBytes: Dictionary(uniqueKeysWithValues: batchSizes.map { ($0, bytes + $0 / 4) }))
            }
            return ModelProfile(id: "model-\(model)", memoryBytes: bytes, anyDevice: ModelProfile.Measurements(latencyMs: [:]), devices: onDevices)
        }
    }
}
