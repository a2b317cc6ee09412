public import Learning

/// A way to put the members of an ensemble on devices.
///
/// To add one: a file with the algorithm, a file with its special tests, and its line in ``Placers/all``.
public protocol Placer: Sendable {
    var card: PlacerCard { get }

    /// Places every model somewhere, within every device's memory.
    /// - Throws: ``PlacementError`` `.nothingFits` where a model fits nowhere, with its need and the free amounts; `.badData`.
    func place(_ request: PlacementRequest) throws -> PlacementResult
}

/// Facts about a placer, for lists, docs and conformance tests.
public struct PlacerCard: Codable, Sendable, Hashable {
    /// Name in options: `worst-fit`.
    public var id: String
    public var name: String
    public var summary: String
    /// Paper that the algorithm comes from, and where ours differs.
    public var source: String

    public init(id: String, name: String, summary: String, source: String) {
        self.id = id
        self.name = name
        self.summary = summary
        self.source = source
    }
}

/// What is to be placed, and where.
public struct PlacementRequest: Sendable {
    /// Batch sizes that are used where they were measured.
    public static let usualBatchSizes: Set<Int> = [1, 8, 16, 32, 64, 128]

    public var profiles: [ModelProfile]
    public var devices: [Device]
    public var seed: UInt64
    /// When searching and measuring must be over; what was best by then is returned.
    public var deadline: Deadline?
    /// A short real run of a matrix: rows per second of the whole ensemble. Where it throws, the matrix counts as unusable. Nil:
    /// predictions decide.
    public var measure: (@Sendable (AllocationMatrix) throws -> Double)?

    public init(
        profiles: [ModelProfile], devices: [Device], seed: UInt64 = 0, deadline: Deadline? = nil,
        measure: (@Sendable (AllocationMatrix) throws -> Double)? = nil
    ) {
        self.profiles = profiles
        self.devices = devices
        self.seed = seed
        self.deadline = deadline
        self.measure = measure
    }
}

/// What a placer found.
public struct PlacementResult: Sendable, Hashable {
    public var matrix: AllocationMatrix
    public var throughput: Throughput
    /// Matrices measured, or predicted where nothing measures.
    public var evaluations: Int
    /// What a reader should know: matrices that failed, searches cut short.
    public var notes: [String]

    public init(matrix: AllocationMatrix, throughput: Throughput, evaluations: Int, notes: [String] = []) {
        self.matrix = matrix
        self.throughput = throughput
        self.evaluations = evaluations
        self.notes = notes
    }
}

/// Rows per second of a whole ensemble.
public struct Throughput: Codable, Sendable, Hashable {
    /// By ideal time sharing; see ``ThroughputPredictor``.
    public var predicted: Double
    /// In a real run; absent where none was made.
    public var measured: Double?

    public init(predicted: Double, measured: Double? = nil) {
        self.predicted = predicted
        self.measured = measured
    }
}

/// The placers there are.
public enum Placers {
    /// With their usual settings, the default first.
    public static let all: [any Placer] = [BoundedGreedy(), WorstFitDecreasing()]

    /// - Throws: ``PlacementError`` `.unknown` where no placer has this id.
    public static func make(_ id: String) throws -> any Placer {
        guard let placer = all.first(where: { $0.card.id == id }) else {
            throw PlacementError(.unknown, "no placer '\(id)'; choose one of \(all.map(\.card.id).joined(separator: ", "))")
        }
        return placer
    }
}
