public import Datasets
public import Ensembling
import Foundation
public import Learning
import ModelLibrary
public import Placement
public import Serving

extension Run {
    /// Names of the ensembles that every run has.
    public static let namedEnsembles = ["best", "balanced", "fast"]

    // MARK: - Placement

    /// The placements of the run's ensembles, as far as there are any.
    public func placements() throws -> [Placement] {
        guard FileManager.default.fileExists(atPath: folder.placement.path) else { return [] }
        return try folder.readDocument(PlacementsDocument.self, at: folder.placement).placements
    }

    /// Keeps a placement; an earlier one of the same ensemble is replaced.
    public func save(_ placement: Placement) throws {
        // A damaged file is replaced: nothing in it can be kept.
        let others = ((try? placements()) ?? []).filter { $0.ensemble != placement.ensemble }
        try folder.writeDocument(PlacementsDocument(placements: [placement] + others), to: folder.placement)
    }

    /// Finds the allocation matrix of an ensemble: worst-fit-decreasing, then bounded greedy on throughput measured with real workers.
    /// - Parameters:
    ///   - deadline: when measuring must be over.
    ///   - sample: rows to measure with; some of the run's own when nil.
    public func place(_ ensemble: Ensemble, on devices: [Device], deadline: Deadline, sample: Dataset? = nil) async throws -> Placement {
        if let missing = Doctor.missingForServing() { throw missing }
        let profiles = try profiles(of: ensemble)
        let rows = try sample ?? RunData.load(manifest).validation
        let inputs = try ModelInputs(rows.selecting(rows: Array(0..<min(rows.rowCount, Self.measuredRows))).features)
        let measure: @Sendable (AllocationMatrix) throws -> Double = { matrix in
            let model = served(ensemble, matrix: matrix, devices: devices)
            return try ThroughputMeter.measure(model, seconds: min(Self.measuringSeconds, max(0.2, deadline.remainingSeconds / 3))) { inputs.all(for: $0) }
        }
        // Placing blocks while workers are measured: on a thread of its own, so that none of the few that tasks share is held.
        return try await Blocking.onOwnThread {
            try Placement(of: ensemble, profiles: profiles, on: devices, seed: manifest.seed, deadline: deadline, measure: measure)
        }
    }

    private func profiles(of ensemble: Ensemble) throws -> [ModelProfile] {
        try ensemble.members.map { member in
            var cost = try library.card(of: member.id).cost
            cost.latencyMs = cost.latencyMs.mapValues { $0 + Self.betweenCallsMs }
            return ModelProfile(id: member.id, cost: cost)
        }
    }

    /// What a worker spends between two calls on taking rows, joining and handing them over: small models are not served row by row.
    private static let betweenCallsMs = 0.1

    /// Seconds of one measurement of a matrix.
    private static let measuringSeconds = 1.0
    /// Rows that throughput is measured with.
    private static let measuredRows = 2048

    // MARK: - Serving

    /// Ensembles and single models, ready to be served: each with its kept placement, else the one that fits this machine at first go.
    public func makeRepository(serving names: [String]) throws -> ModelRepository {
        if let missing = Doctor.missingForServing() { throw missing }
        let placements = try placements()
        let local = DeviceCatalog.local()
        let models = try names.map { name in
            let ensemble = try ensemble(named: name)
            if let kept = placements.first(where: { $0.ensemble == name }), kept.matrix.models == ensemble.members.map(\.id) {
                return served(ensemble, matrix: kept.matrix, devices: kept.devices)
            }
            let request = PlacementRequest(profiles: try profiles(of: ensemble), devices: local, seed: manifest.seed)
            return served(ensemble, matrix: try BoundedGreedy().place(request).matrix, devices: local)
        }
        return try ModelRepository(models)
    }

    func served(_ ensemble: Ensemble, matrix: AllocationMatrix, devices: [Device]) -> ServedModel {
        ServedModel(
            name: ensemble.name, members: ensemble.members.map { ServedMember(id: $0.id, weight: $0.weight, file: library.modelFile(of: $0.id)) },
            matrix: matrix, devices: devices, task: task.kind == .regression ? .regression : .classification(classes: task.classes))
    }
}

/// `RUN/placement.json`.
private struct PlacementsDocument: Codable {
    var placements: [Placement]
}
