import Learning

/// Puts each model, largest first, at its smallest batch size on the device with most free memory.
///
/// Every model gets exactly one worker. Spreads memory, not work: a start for ``BoundedGreedy``. Ties go to the device that runs the model
/// faster, then to the first.
/// Source: worst-fit-decreasing bin packing, as used in Pochelu et al., arXiv 2208.14049.
public struct WorstFitDecreasing: Placer {
    public init() {}

    public var card: PlacerCard {
        PlacerCard(
            id: "worst-fit", name: "Worst fit decreasing", summary: "One worker per model: the largest first, each on the device with most free memory.",
            source: "Worst-fit-decreasing bin packing; first step of Pochelu et al., arXiv 2208.14049.")
    }

    public func place(_ request: PlacementRequest) throws -> PlacementResult {
        let feasibility = try Feasibility(request)
        let matrix = try Self.matrix(feasibility)
        let predicted = ThroughputPredictor(profiles: request.profiles, devices: request.devices).rowsPerSecond(matrix)
        let measured: Double? =
            try request.measure.map { measure in
                do { return try measure(matrix) } catch {
                    throw PlacementError(.measurementFailed, "the placement could not be measured; see the reason below", underlying: error)
                }
            }
        return PlacementResult(matrix: matrix, throughput: Throughput(predicted: predicted, measured: measured), evaluations: 1)
    }

    static func matrix(_ feasibility: Feasibility) throws -> AllocationMatrix {
        let devices = feasibility.devices
        var matrix = feasibility.emptyMatrix
        var free = devices.map(\.memoryBytes)
        for model in feasibility.modelOrder {
            var chosen: (device: Int, batchSize: Int, need: Int)?
            for device in devices.indices {
                guard let size = feasibility.batchSizes[device][model].first else { continue }
                let need = feasibility.need(model, batchSize: size, on: device)
                guard need <= free[device] else { continue }
                let isBetter = chosen.map { other in
                    if free[device] != free[other.device] { return free[device] > free[other.device] }
                    let profile = feasibility.profiles[model]
                    return profile.bestRowsPerSecond(on: devices[device].id) > profile.bestRowsPerSecond(on: devices[other.device].id)
                }
                if isBetter ?? true { chosen = (device, size, need) }
            }
            guard let chosen else {
                let amounts = devices.indices.map { "\(devices[$0].id) \(free[$0])" }.joined(separator: ", ")
                throw PlacementError(
                    .nothingFits,
                    "model '\(feasibility.profiles[model].id)' needs \(feasibility.leastNeeds[model]) bytes and fits on no device; free bytes: \(amounts); "
                        + "choose a smaller ensemble or give the devices more memory")
            }
            matrix[chosen.device, model] = chosen.batchSize
            free[chosen.device] -= chosen.need
        }
        return matrix
    }
}
