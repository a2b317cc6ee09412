public import Ensembling
public import Foundation
public import Learning

/// `RUN/placement.json`: an ensemble on its devices, all that a server needs to start.
public struct Placement: Codable, Sendable, Hashable {
    public var devices: [Device]
    /// Rows are `devices`, columns are `members`, in their order.
    public var matrix: AllocationMatrix
    /// Name of the ensemble.
    public var ensemble: String
    public var members: [Ensemble.Member]
    public var throughput: Throughput
    /// Id of the placer.
    public var placer: String
    public var notes: [String]

    /// - Throws: ``PlacementError`` `.badData` where matrix, devices and members do not belong together.
    public init(
        devices: [Device], matrix: AllocationMatrix, ensemble: String, members: [Ensemble.Member], throughput: Throughput, placer: String, notes: [String] = []
    ) throws {
        self.devices = devices
        self.matrix = matrix
        self.ensemble = ensemble
        self.members = members
        self.throughput = throughput
        self.placer = placer
        self.notes = notes
        try check()
    }

    /// Places an ensemble.
    /// - Parameter profiles: one for each member at least, in any order; what is not a member is not placed.
    /// - Throws: ``PlacementError`` where a member has no profile, and what the placer throws.
    public init(
        of ensemble: Ensemble, profiles: [ModelProfile], on devices: [Device], by placer: any Placer = BoundedGreedy(), seed: UInt64,
        deadline: Deadline? = nil, measure: (@Sendable (AllocationMatrix) throws -> Double)? = nil
    ) throws {
        let byId = Dictionary(profiles.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let members = try ensemble.members.map { member in
            guard let profile = byId[member.id] else {
                throw PlacementError(.badData, "member '\(member.id)' of ensemble '\(ensemble.name)' has no profile; there are \(profiles.count) others")
            }
            return profile
        }
        let result = try placer.place(PlacementRequest(profiles: members, devices: devices, seed: seed, deadline: deadline, measure: measure))
        try self.init(
            devices: devices, matrix: result.matrix, ensemble: ensemble.name, members: ensemble.members, throughput: result.throughput,
            placer: placer.card.id, notes: result.notes)
    }

    /// - Throws: what Foundation throws where the file cannot be written.
    public func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: file, options: .atomic)
    }

    /// - Throws: ``PlacementError`` `.badDocument` where the file is missing or is not a placement.
    public init(contentsOf file: URL) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
            try check()
        } catch {
            throw PlacementError(.badDocument, "'\(file.path)' cannot be read as a placement; place the ensemble again to make it anew", underlying: error)
        }
    }

    private func check() throws {
        guard matrix.devices == devices.map(\.id), matrix.models == members.map(\.id) else {
            throw PlacementError(
                .badData,
                "the matrix is for devices \(matrix.devices.joined(separator: ", ")) and models \(matrix.models.joined(separator: ", ")), expected "
                    + "\(devices.map(\.id).joined(separator: ", ")) and \(members.map(\.id).joined(separator: ", "))")
        }
        guard matrix.coversAllModels else {
            throw PlacementError(.badData, "no device runs \(matrix.uncoveredModels.joined(separator: ", ")); every member must run somewhere")
        }
    }
}
