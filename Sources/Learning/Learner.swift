public import Datasets
public import Foundation
public import SearchSpaces

/// A learning algorithm: what it is (its card), what may vary, and a training that goes on in steps.
///
/// To add one: a file with the algorithm, a file with its special tests, and its line in `Learners.all`.
public protocol Learner: Sendable {
    var card: LearnerCard { get }

    /// What may vary, for data of this kind and size. Its default configuration is tried first.
    func searchSpace(for problem: Problem) throws -> SearchSpace

    /// Configurations worth trying before any sampler has evidence, best first; the space's default is always among them.
    func startingConfigurations(for problem: Problem) throws -> [Configuration]

    /// Begins a training, or goes on from `job.checkpoint`.
    func makeTraining(_ job: TrainingJob) throws -> any Training
}

extension Learner {
    public func startingConfigurations(for problem: Problem) throws -> [Configuration] { [try searchSpace(for: problem).defaultConfiguration] }
}

/// Facts about a learner: they feed the conformance tests, `tutti list`, the table in the docs and the command's choices.
public struct LearnerCard: Codable, Sendable, Hashable {
    /// Name in options and in model ids: `lightgbm`.
    public var id: String
    public var name: String
    public var summary: String
    public var kinds: Set<LearningTask.Kind>
    public var inputs: Set<InputKind>
    /// What one unit of fidelity is: "boosting rounds", "passes over the training rows".
    public var fidelityUnit: String
    /// Native libraries that training needs, by name.
    public var requires: [String]
    /// Paper or system that the algorithm comes from.
    public var source: String

    public init(
        id: String, name: String, summary: String, kinds: Set<LearningTask.Kind>, inputs: Set<InputKind>, fidelityUnit: String,
        requires: [String], source: String
    ) {
        self.id = id
        self.name = name
        self.summary = summary
        self.kinds = kinds
        self.inputs = inputs
        self.fidelityUnit = fidelityUnit
        self.requires = requires
        self.source = source
    }

    public func handles(_ task: LearningTask) -> Bool { kinds.contains(task.kind) && inputs.contains(task.input.kind) }
}

/// A task and the size of the data for it: all that a search space may depend on.
public struct Problem: Sendable, Hashable {
    public var task: LearningTask
    /// Rows to train on.
    public var rowCount: Int
    /// Smallest and largest value of a regression's target.
    public var targetRange: ClosedRange<Double>?

    public init(task: LearningTask, rowCount: Int, targetRange: ClosedRange<Double>? = nil) {
        self.task = task
        self.rowCount = rowCount
        self.targetRange = targetRange
    }

    /// The problem that training data poses.
    public init(task: LearningTask, training: Dataset) {
        self.init(task: task, rowCount: training.rowCount)
        if case .values(let values) = training.target, let lowest = values.min(), let highest = values.max() { targetRange = lowest...highest }
    }
}

/// One configuration to be trained on one data set.
public struct TrainingJob: Sendable {
    public var task: LearningTask
    public var training: Dataset
    /// Rows to watch progress on; never trained on.
    public var validation: Dataset
    public var configuration: Configuration
    public var seed: UInt64
    /// Fidelities at which training may pause and be judged, rising; the last is the most that a trial gets.
    public var rungs: [Int]
    public var device: Device
    public var threads: Int
    /// Folder that ``Training/saveCheckpoint(to:)`` filled earlier, to go on from; nil to begin.
    public var checkpoint: URL?

    public init(
        task: LearningTask, training: Dataset, validation: Dataset, configuration: Configuration, seed: UInt64, rungs: [Int], device: Device,
        threads: Int, checkpoint: URL? = nil
    ) {
        self.task = task
        self.training = training
        self.validation = validation
        self.configuration = configuration
        self.seed = seed
        self.rungs = rungs
        self.device = device
        self.threads = threads
        self.checkpoint = checkpoint
    }
}

/// A training under way. Used by one thread at a time.
public protocol Training: AnyObject {
    /// Trains until `fidelity` is reached or `deadline` is near, whichever comes first, and leaves a model that can be exported:
    /// a training that cannot reach the fidelity in time plans for what it can reach (a shorter schedule, fewer rounds).
    /// - Returns: how the segment ended; `.exhausted` only where not a single step was made because the training had stalled before.
    /// - Throws: ``LearningError`` `.outOfTime` where not even the smallest model was possible, `.diverged` where values are not finite.
    func advance(to fidelity: Int, by deadline: Deadline?) throws -> SegmentEnd

    /// Writes all that going on needs into an existing, empty folder.
    func saveCheckpoint(to folder: URL) throws

    /// Writes the model as it is now as an ONNX file, preprocessing included: raw columns or raw pixels in, `probabilities` or `values` out.
    func exportModel(to file: URL) throws -> ModelCounts
}

/// How a segment of training ended.
public enum SegmentEnd: Sendable, Hashable {
    /// The fidelity was reached, or training stopped by itself on the way.
    case reached
    /// The deadline came first.
    case cutShort
    /// Training had stopped by itself in an earlier segment: the model is the same as there.
    case exhausted
}

/// What can be counted of a model without running it. Absent where the notion does not fit.
public struct ModelCounts: Codable, Sendable, Hashable {
    /// Multiply-accumulate operations for one row.
    public var macs: Int?
    /// Trained numbers.
    public var weights: Int?

    public init(macs: Int? = nil, weights: Int? = nil) {
        self.macs = macs
        self.weights = weights
    }
}

/// A moment by which work must be over. The clock is monotonic; tests make their own.
public struct Deadline: Sendable {
    private let now: @Sendable () -> Double
    private let end: Double

    /// - Parameter now: seconds on a clock that only goes forward.
    public init(inSeconds seconds: Double, now: @escaping @Sendable () -> Double = Deadline.monotonicSeconds) {
        self.now = now
        self.end = now() + seconds
    }

    /// Seconds left; negative when it has passed.
    public var remainingSeconds: Double { end - now() }
    public var hasPassed: Bool { remainingSeconds <= 0 }

    /// The same end, earlier by some seconds: for work that something must still follow.
    public func earlier(bySeconds seconds: Double) -> Deadline { Deadline(now: now, end: end - seconds) }

    /// This end, or the moment in some seconds from now, whichever comes first.
    public func orEarlier(inSeconds seconds: Double) -> Deadline { Deadline(now: now, end: min(end, now() + seconds)) }

    private init(now: @escaping @Sendable () -> Double, end: Double) {
        self.now = now
        self.end = end
    }

    public static let monotonicSeconds: @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
}
