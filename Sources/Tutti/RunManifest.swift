public import Datasets
public import Foundation
public import Learning

/// What a run is: enough to resume it, and to know afterwards how its numbers came about. `run.json`.
public struct RunManifest: Codable, Sendable {
    /// Where the data is and how it is read.
    public struct Source: Codable, Sendable {
        public var path: String
        public var options: ReadOptions

        public init(path: String, options: ReadOptions) {
            self.path = path
            self.options = options
        }
    }

    /// The version that this Tutti writes and reads.
    static let currentFormatVersion = 2

    public var formatVersion = currentFormatVersion
    public var tuttiVersion: String
    public var command: [String]
    public var source: Source
    /// Hash of the data's content: a resumed run must see the same data.
    public var fingerprint: String
    public var rows: Int
    /// Rows that models are judged by.
    public var validationRows: Int
    public var resampling: ResamplingPlan
    public var task: LearningTask
    public var metric: String
    public var seed: UInt64
    public var learners: [String]
    public var sampler: String
    public var scheduler: String
    /// Fidelities at which trials are judged, rising.
    public var rungs: [Int]
    public var reductionFactor: Int
    public var workers: Int
    public var threadsPerWorker: Int
    public var memoryBytesPerWorker: Int
    public var trialLimit: Int?
    /// Seconds that the user allowed for the whole of `fit`.
    public var timeSeconds: Double
    /// Seconds that earlier sessions of this run have used.
    public var spentSeconds: Double
    /// When the run began; for people, nothing is decided by it.
    public var startedAt: Date
    /// Remarks about the data that a user should see: columns left out, rows dropped.
    public var notes: [String]
}
