public import Foundation
public import Learning
import OnnxRuntime
public import Placement

/// What is served under one name: members with weights, and where their workers run. A value; ``ServedEnsemble`` is it running.
public struct ServedModel: Sendable {
    /// What the numbers of the members mean.
    public enum Task: Sendable, Hashable {
        /// One probability for each class, in this order.
        case classification(classes: [String])
        case regression

        /// Numbers that a member gives for one row.
        public var width: Int {
            switch self {
            case .classification(let names): names.count
            case .regression: 1
            }
        }

        /// The output that members have and that the ensemble gives.
        public var outputName: String {
            switch self {
            case .classification: "probabilities"
            case .regression: "values"
            }
        }
    }

    public var name: String
    public var members: [ServedMember]
    /// Which member runs where, at which batch size. Has a column for each member.
    public var matrix: AllocationMatrix
    /// The devices that the matrix names.
    public var devices: [Device]
    public var task: Task
    public var options: ServingOptions

    public init(
        name: String, members: [ServedMember], matrix: AllocationMatrix, devices: [Device], task: Task,
        options: ServingOptions = ServingOptions()
    ) {
        self.name = name
        self.members = members
        self.matrix = matrix
        self.devices = devices
        self.task = task
        self.options = options
    }

    /// One worker to be: a cell of the matrix that is not zero.
    struct Cell {
        var device: Device
        var member: Int
        var batch: Int
    }

    /// The workers that the matrix asks for.
    /// - Throws: ``ServingError`` `.invalidModel` where a member has no worker, a device is unknown, or weights or sizes make no sense.
    func cells() throws -> [Cell] {
        guard !members.isEmpty, Set(members.map(\.id)).count == members.count else {
            throw invalid("has no members, or two of one id: \(members.map(\.id).joined(separator: ", "))")
        }
        guard members.allSatisfy({ $0.weight >= 0 && $0.weight.isFinite }), members.contains(where: { $0.weight > 0 }) else {
            throw invalid("needs weights of 0 or more with a positive sum; got \(members.map(\.weight))")
        }
        guard task.width > 0 else { throw invalid("is a classifier without classes") }
        guard matrix.batch.count == matrix.devices.count, matrix.batch.allSatisfy({ $0.count == matrix.models.count }) else {
            throw invalid("has a matrix that is not \(matrix.devices.count) devices × \(matrix.models.count) models")
        }
        var cells: [Cell] = []
        for (index, member) in members.enumerated() {
            guard let column = matrix.models.firstIndex(of: member.id) else {
                throw invalid("has no column in the matrix for member '\(member.id)'")
            }
            for (row, id) in matrix.devices.enumerated() where matrix.batch[row][column] != 0 {
                guard let device = devices.first(where: { $0.id == id }) else {
                    throw invalid("is placed on device '\(id)', which was not given")
                }
                let batch = matrix.batch[row][column]
                guard batch > 0 else { throw invalid("has batch size \(batch) for member '\(member.id)' on '\(id)'") }
                cells.append(Cell(device: device, member: index, batch: batch))
            }
            guard cells.contains(where: { $0.member == index }) else { throw invalid("gives member '\(member.id)' no device") }
        }
        return cells
    }

    private func invalid(_ text: String) -> ServingError { ServingError(.invalidModel, "the served model '\(name)' \(text)") }
}

/// One model of an ensemble, and how a worker gets it.
public struct ServedMember: Sendable, Identifiable {
    public var id: String
    /// Share in the weighted mean, relative to the others.
    public var weight: Double
    /// Called on each worker's own thread, which is already kept on the device's cores: threads that an engine starts stay there too.
    let load: @Sendable (Device) throws -> any ModelEngine

    /// A model file, run by ONNX Runtime with as many threads as the device has cores.
    public init(id: String, weight: Double, file: URL) {
        self.init(id: id, weight: weight) { device in
            var options = SessionOptions(intraOpThreads: device.threads)
            if case .cuda(let index) = device.kind { options.provider = .cuda(device: index) }
            return try Session(contentsOf: file, options: options)
        }
    }

    /// A model that `load` makes for a device.
    public init(id: String, weight: Double, load: @escaping @Sendable (Device) throws -> any ModelEngine) {
        self.id = id
        self.weight = weight
        self.load = load
    }
}

/// Limits of one served model. Each bounds something that a client could make grow.
public struct ServingOptions: Sendable, Hashable {
    /// Rows that may wait in the queue of one member; more are refused at once.
    public var queuedRowsLimit = 65_536
    /// Rows of one request.
    public var requestRowsLimit = 65_536
    /// Bytes of input tensors of all requests under way.
    public var inputBytesLimit = 1 << 30
    /// Time for a request that names none. Members that have not answered by then are left out.
    public var requestTimeout: Duration = .seconds(30)
    /// How long a worker waits for more rows before it runs a batch that is not full.
    public var batchDelay: Duration = .zero
    /// An engine that is in one call for longer counts as stuck.
    public var stallLimit: Duration = .seconds(60)
    /// Whether a worker runs its model on zeros before it reports ready, so that the first request is as fast as the others.
    public var warmsUp = true

    public init() {}
}
