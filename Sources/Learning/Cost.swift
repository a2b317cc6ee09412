/// What a model or an ensemble costs, measured on the artefact that is served. One language for search objectives, library cards,
/// ensemble limits, placement and reports. A count or a time that was not measured is absent.
public struct Cost: Codable, Sendable, Hashable {
    /// Median milliseconds of one call, by batch size in rows, one thread.
    public var latencyMs: [Int: Double]
    /// Resident bytes that loading and running the model adds.
    public var memoryBytes: Int
    /// Bytes of the model file.
    public var sizeBytes: Int
    /// Multiply-accumulate operations for one row; absent where the notion does not fit (trees).
    public var macs: Int?
    /// Seconds of training, all its rungs together.
    public var trainingSeconds: Double

    public init(latencyMs: [Int: Double] = [:], memoryBytes: Int = 0, sizeBytes: Int = 0, macs: Int? = nil, trainingSeconds: Double = 0) {
        self.latencyMs = latencyMs
        self.memoryBytes = memoryBytes
        self.sizeBytes = sizeBytes
        self.macs = macs
        self.trainingSeconds = trainingSeconds
    }

    /// Milliseconds per row at the batch size that serves rows fastest; infinite where nothing was measured.
    public var msPerRow: Double { latencyMs.map { $0.value / Double($0.key) }.min() ?? .infinity }
    /// Rows per second at the batch size that serves rows fastest, one thread.
    public var throughput: Double { msPerRow > 0 ? 1000 / msPerRow : 0 }
    /// Milliseconds of one call with a single row; the smallest measured batch where 1 was not measured.
    public var singleRowMs: Double { latencyMs.min { $0.key < $1.key }?.value ?? .infinity }
}

/// Something that computes: a group of processor cores, or a GPU.
public struct Device: Codable, Sendable, Hashable {
    public enum Kind: Codable, Sendable, Hashable {
        /// Core numbers that threads of this device are kept on.
        case cpu(cores: [Int])
        case cuda(index: Int)
    }

    /// `cpu0`, `cuda1`.
    public var id: String
    public var kind: Kind
    /// Bytes that models may take there.
    public var memoryBytes: Int

    public init(id: String, kind: Kind, memoryBytes: Int) {
        self.id = id
        self.kind = kind
        self.memoryBytes = memoryBytes
    }

    /// Threads that one operator may use on it.
    public var threads: Int {
        switch kind {
        case .cpu(let cores): max(cores.count, 1)
        case .cuda: 1
        }
    }
}
