import Learning

/// Who fits where: memory, and the batch sizes that were measured.
struct Feasibility: Sendable {
    let profiles: [ModelProfile]
    let devices: [Device]
    /// `[devices][models]`, rising.
    let batchSizes: [[[Int]]]
    /// Indices of the models, largest need first, then slowest first, then by id: the same however the models are listed, and however they
    /// are called unless they are alike.
    let modelOrder: [Int]
    /// The least bytes that each model takes anywhere.
    let leastNeeds: [Int]

    /// - Throws: ``PlacementError`` `.badData` where there is nothing to place or nowhere to, an id occurs twice, or a model was measured
    ///   on no device.
    init(_ request: PlacementRequest) throws {
        profiles = request.profiles
        devices = request.devices
        guard !devices.isEmpty, !profiles.isEmpty else {
            throw PlacementError(.badData, "got \(profiles.count) models and \(devices.count) devices; placing needs at least one of each")
        }
        guard Set(devices.map(\.id)).count == devices.count, Set(profiles.map(\.id)).count == profiles.count else {
            throw PlacementError(.badData, "two devices or two models have the same id; ids must differ")
        }
        batchSizes = devices.map { device in request.profiles.map { $0.batchSizes(on: device.id) } }
        for (model, profile) in profiles.enumerated() where batchSizes.allSatisfy({ $0[model].isEmpty }) {
            throw PlacementError(
                .badData, "model '\(profile.id)' has no measured latency on any of \(devices.map(\.id).joined(separator: ", ")); profile it first")
        }
        let (profiles, devices, batchSizes) = (profiles, devices, batchSizes)
        let needs = profiles.indices.map { model in
            devices.indices.compactMap { device in
                batchSizes[device][model].first.map { profiles[model].memoryBytes(batchSize: $0, on: devices[device].id) }
            }.min() ?? 0
        }
        let rates = profiles.map { profile in devices.map { profile.bestRowsPerSecond(on: $0.id) } }
        leastNeeds = needs
        modelOrder = profiles.indices.sorted { one, other in
            if needs[one] != needs[other] { return needs[one] > needs[other] }
            if rates[one] != rates[other] { return rates[one].lexicographicallyPrecedes(rates[other]) }
            return profiles[one].id < profiles[other].id
        }
    }

    var emptyMatrix: AllocationMatrix { AllocationMatrix(devices: devices.map(\.id), models: profiles.map(\.id)) }

    func need(_ model: Int, batchSize: Int, on device: Int) -> Int { profiles[model].memoryBytes(batchSize: batchSize, on: devices[device].id) }

    /// Bytes left on a device; negative where it is over-full.
    func free(on device: Int, in matrix: AllocationMatrix) -> Int {
        profiles.indices.reduce(devices[device].memoryBytes) { free, model in
            let size = matrix[device, model]
            return size == 0 ? free : free.subtractingReportingOverflow(need(model, batchSize: size, on: device)).partialValue
        }
    }

    func isValid(_ matrix: AllocationMatrix) -> Bool { matrix.coversAllModels && devices.indices.allSatisfy { free(on: $0, in: matrix) >= 0 } }
}
