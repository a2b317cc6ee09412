/// Everything that a report says, as plain values: the caller measures, the report only draws.
///
/// Numbers that were not measured may be NaN or infinite; they are shown as a dash and left out of the charts.
/// (`JSONEncoder` wants a `nonConformingFloatEncodingStrategy` for these.)
public struct ReportContent: Codable, Sendable, Hashable {
    public var header: Header
    public var trials: [Trial]
    public var models: [Model]
    /// Id of the single model with the best metric value.
    public var bestModel: String?
    /// Named ones (`best`, `balanced`, `fast`) and the other points on the front.
    public var ensembles: [Ensemble]
    /// Where the models of an ensemble run; absent where nothing was placed.
    public var allocation: Allocation?
    /// What the `best` ensemble answers on the validation rows.
    public var outcome: Outcome?
    /// Several metrics for each ensemble and the best single model.
    public var scores: Scores

    public init(
        header: Header, trials: [Trial] = [], models: [Model] = [], bestModel: String? = nil, ensembles: [Ensemble] = [],
        allocation: Allocation? = nil, outcome: Outcome? = nil, scores: Scores = Scores()
    ) {
        self.header = header
        self.trials = trials
        self.models = models
        self.bestModel = bestModel
        self.ensembles = ensembles
        self.allocation = allocation
        self.outcome = outcome
        self.scores = scores
    }
}

extension ReportContent {
    /// One training of the search, at one or several fidelities.
    public struct Trial: Codable, Sendable, Hashable {
        public enum State: String, Codable, Sendable, Hashable, CaseIterable {
            case complete, pruned, fail, running
        }

        /// The metric's value, in its own direction, at a moment of the search.
        public struct Evaluation: Codable, Sendable, Hashable {
            public var fidelity: Double?
            public var value: Double
            /// Since the start of the run.
            public var seconds: Double

            public init(fidelity: Double? = nil, value: Double, seconds: Double) {
                self.fidelity = fidelity
                self.value = value
                self.seconds = seconds
            }
        }

        /// One line of the configuration, both sides as text for people.
        public struct Setting: Codable, Sendable, Hashable {
            public var key: String
            public var value: String

            public init(_ key: String, _ value: String) {
                self.key = key
                self.value = value
            }
        }

        public var number: Int
        public var learner: String
        public var state: State
        /// The highest one reached; absent where the search has none.
        public var fidelity: Double?
        public var evaluations: [Evaluation]
        public var configuration: [Setting]
        /// Why it failed.
        public var failure: String?

        public init(
            number: Int, learner: String, state: State, fidelity: Double? = nil, evaluations: [Evaluation] = [],
            configuration: [Setting] = [], failure: String? = nil
        ) {
            self.number = number
            self.learner = learner
            self.state = state
            self.fidelity = fidelity
            self.evaluations = evaluations
            self.configuration = configuration
            self.failure = failure
        }
    }

    /// A fitted model of the library with its measured costs.
    public struct Model: Codable, Sendable, Hashable, Identifiable {
        public var id: String
        public var learner: String
        /// Number of the trial that made it; its configuration is shown with the model.
        public var trial: Int?
        public var fidelity: Double?
        /// The metric's value on the validation rows, in the metric's own direction.
        public var value: Double
        public var msPerRow: Double
        /// Rows per second.
        public var throughput: Double
        /// Of a call with one row.
        public var latencyMs: Double
        public var memoryBytes: Int
        public var sizeBytes: Int
        public var trainingSeconds: Double
        /// Multiply-accumulate operations for one row.
        public var macs: Int?

        public init(
            id: String, learner: String, trial: Int? = nil, fidelity: Double? = nil, value: Double, msPerRow: Double, throughput: Double,
            latencyMs: Double, memoryBytes: Int, sizeBytes: Int, trainingSeconds: Double, macs: Int? = nil
        ) {
            self.id = id
            self.learner = learner
            self.trial = trial
            self.fidelity = fidelity
            self.value = value
            self.msPerRow = msPerRow
            self.throughput = throughput
            self.latencyMs = latencyMs
            self.memoryBytes = memoryBytes
            self.sizeBytes = sizeBytes
            self.trainingSeconds = trainingSeconds
            self.macs = macs
        }
    }

    /// Models with weights, and what they are and cost together.
    public struct Ensemble: Codable, Sendable, Hashable {
        public struct Member: Codable, Sendable, Hashable {
            /// Id of the model.
            public var id: String
            public var weight: Double

            public init(id: String, weight: Double) {
                self.id = id
                self.weight = weight
            }
        }

        /// `best`, `balanced`, `fast`, or a number on the front.
        public var name: String
        public var members: [Member]
        /// The metric's value on the validation rows, in the metric's own direction.
        public var value: Double
        public var msPerRow: Double
        /// Of a call with one row.
        public var latencyMs: Double
        public var memoryBytes: Int

        public init(name: String, members: [Member], value: Double, msPerRow: Double, latencyMs: Double, memoryBytes: Int) {
            self.name = name
            self.members = members
            self.value = value
            self.msPerRow = msPerRow
            self.latencyMs = latencyMs
            self.memoryBytes = memoryBytes
        }
    }
}
