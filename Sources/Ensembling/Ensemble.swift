public import Learning

/// Models with weights, and what they are together.
public struct Ensemble: Codable, Sendable, Hashable {
    public struct Member: Codable, Sendable, Hashable, Identifiable {
        /// Id of the model in the library.
        public var id: String
        /// Share in the weighted mean; the weights of an ensemble sum to 1.
        public var weight: Double

        public init(id: String, weight: Double) {
            self.id = id
            self.weight = weight
        }
    }

    /// `best`, `balanced`, `fast`, or a number on the front.
    public var name: String
    /// Distinct members, largest weight first.
    public var members: [Member]
    /// Validation score on the run's metric, higher is better.
    public var score: Double
    /// Milliseconds for one single-row request when the members run one after another on one thread.
    public var latencyMs: Double
    /// Milliseconds per row at each member's fastest batch size, members one after another on one thread: the work of a row.
    public var msPerRow: Double
    /// Resident bytes of all members.
    public var memoryBytes: Int
    public var sizeBytes: Int

    public init(name: String, members: [Member], score: Double, latencyMs: Double, msPerRow: Double, memoryBytes: Int, sizeBytes: Int) {
        self.name = name
        self.members = members
        self.score = score
        self.latencyMs = latencyMs
        self.msPerRow = msPerRow
        self.memoryBytes = memoryBytes
        self.sizeBytes = sizeBytes
    }
}

/// A model that an ensemble may take in.
public struct Candidate: Sendable, Identifiable {
    public var id: String
    /// Validation predictions, the same rows in the same order for every candidate.
    public var predictions: Predictions
    public var cost: Cost

    public init(id: String, predictions: Predictions, cost: Cost) {
        self.id = id
        self.predictions = predictions
        self.cost = cost
    }
}

/// Upper limits on an ensemble. What is nil is free.
public struct CostLimits: Codable, Sendable, Hashable {
    /// For one single-row request.
    public var latencyMs: Double?
    public var memoryBytes: Int?
    /// Distinct members.
    public var models: Int?
    /// Work of one row.
    public var msPerRow: Double?

    public init(latencyMs: Double? = nil, memoryBytes: Int? = nil, models: Int? = nil, msPerRow: Double? = nil) {
        self.latencyMs = latencyMs
        self.memoryBytes = memoryBytes
        self.models = models
        self.msPerRow = msPerRow
    }
}
