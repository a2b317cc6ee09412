public import Learning
public import SearchSpaces

/// Everything known of one fitted model, beside its files: `library/<id>/card.json`.
public struct ModelCard: Codable, Sendable, Hashable, Identifiable {
    /// `cnn-0007-9`: learner, trial, fidelity.
    public var id: String
    /// Learner's id; "imported" for a foreign model.
    public var learner: String
    /// Trial of the study that trained it.
    public var trial: Int?
    public var configuration: Configuration
    /// Rung that the model was trained to.
    public var fidelity: Int
    /// True where the deadline cut the training to this rung short.
    public var isCutShort: Bool
    /// Validation score on the run's metric, higher is better.
    public var score: Double
    /// Validation values of all metrics that fit the task, each in its own direction.
    public var metrics: [String: Double]
    /// Scores by fold, in the order of the run's divisions of its rows; one where a single part is held out.
    public var foldScores: [Double]
    public var cost: Cost
    public var counts: ModelCounts
    public var seed: UInt64
    /// The model that this one was trained on from: the same trial, one rung lower.
    public var parent: String?
    /// Seconds from the beginning of the run to the moment the model was judged.
    public var finishedSeconds: Double

    public init(
        id: String, learner: String, trial: Int?, configuration: Configuration, fidelity: Int, isCutShort: Bool, score: Double,
        metrics: [String: Double], foldScores: [Double] = [], cost: Cost, counts: ModelCounts, seed: UInt64, parent: String?, finishedSeconds: Double
    ) {
        self.id = id
        self.learner = learner
        self.trial = trial
        self.configuration = configuration
        self.fidelity = fidelity
        self.isCutShort = isCutShort
        self.score = score
        self.metrics = metrics
        self.foldScores = foldScores
        self.cost = cost
        self.counts = counts
        self.seed = seed
        self.parent = parent
        self.finishedSeconds = finishedSeconds
    }

    public static func id(learner: String, trial: Int, fidelity: Int) -> String {
        let number = String(trial)
        return "\(learner)-\(String(repeating: "0", count: max(0, 4 - number.count)))\(number)-\(fidelity)"
    }
}
