public import Ensembling
import Foundation
public import Learning
public import ModelLibrary
public import Placement

/// What a fit has made: the document that `tutti fit --json` prints.
public struct FitResult: Encodable, Sendable {
    /// Folder of the run.
    public var run: String
    public var report: String
    public var metricID: String
    public var task: LearningTask
    public var seconds: Double
    /// Configurations that were begun.
    public var trials: Int
    public var failures: Int
    public var models: Int
    public var bestModel: ModelCard?
    public var ensembles: [Ensemble]
    /// Of the named ensembles, as far as they could be placed.
    public var placements: [Placement]
    public var isInterrupted: Bool

    public var metric: Metric { get throws { try Metric.named(metricID, for: task) } }

    private enum Keys: String, CodingKey {
        case run, report, metric, seconds, trials, failures, models, bestModel, ensembles, placements, interrupted
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(run, forKey: .run)
        try container.encode(report, forKey: .report)
        try container.encode(metricID, forKey: .metric)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(trials, forKey: .trials)
        try container.encode(failures, forKey: .failures)
        try container.encode(models, forKey: .models)
        try container.encodeIfPresent(bestModel.map(ModelsDocument.Entry.init), forKey: .bestModel)
        try container.encode(ensembles, forKey: .ensembles)
        try container.encode(placements.map(PlacementSummary.init), forKey: .placements)
        try container.encode(isInterrupted, forKey: .interrupted)
    }
}

/// What `tutti models --json` prints.
public struct ModelsDocument: Encodable, Sendable {
    public struct Entry: Encodable, Sendable {
        public var id: String
        public var learner: String
        public var score: Double
        public var fidelity: Int
        public var latencyMs: [String: Double]
        public var memoryBytes: Int
        public var sizeBytes: Int
        public var macs: Int?
        public var metrics: [String: Double]
        public var trainingSeconds: Double

        public init(_ card: ModelCard) {
            id = card.id
            learner = card.learner
            score = card.score
            fidelity = card.fidelity
            latencyMs = Dictionary(uniqueKeysWithValues: card.cost.latencyMs.map { (String($0.key), $0.value) })
            memoryBytes = card.cost.memoryBytes
            sizeBytes = card.cost.sizeBytes
            macs = card.cost.macs
            metrics = card.metrics
            trainingSeconds = card.cost.trainingSeconds
        }
    }

    /// Best first.
    public var models: [Entry]

    public init(_ cards: [ModelCard]) { models = cards.map(Entry.init) }
}

/// What `tutti place --json` prints.
public struct PlacementSummary: Encodable, Sendable {
    public var ensemble: String
    public var devices: [String]
    public var models: [String]
    /// Batch size per device and model; 0 where the model is not there.
    public var batch: [[Int]]
    /// Rows per second.
    public var throughput: Throughput

    public init(_ placement: Placement) {
        ensemble = placement.ensemble
        devices = placement.matrix.devices
        models = placement.matrix.models
        batch = placement.matrix.batch
        throughput = placement.throughput
    }
}

/// What `tutti evaluate --json` prints.
public struct Evaluation: Encodable, Sendable {
    public var ensemble: String
    /// Rows with a known answer, which the metrics are of.
    public var rows: Int
    /// Values of all metrics that fit the task, each in its own direction.
    public var metrics: [String: Double]
}
