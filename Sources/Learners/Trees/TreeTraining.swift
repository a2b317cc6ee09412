import Datasets
import Foundation
import Learning
import LightGBM
import ONNXGraphs
import SearchSpaces

/// Boosting in rounds, from rung to rung, watched on the validation rows.
final class TreeTraining: Training {
    /// Boosting rounds that one unit of fidelity stands for.
    static let roundsPerUnit = 40
    /// Rounds without a better validation loss after which boosting ends, at a learning rate of 0.1.
    private static let patience = 60.0
    private static let modelName = "trees.txt"
    private static let stateName = "state.json"

    /// What goes on from one session to the next, besides the trees.
    private struct State: Codable {
        var rounds = 0
        /// Rounds whose trees together have the lowest validation loss.
        var bestRounds = 0
        /// Nil before the first round.
        var bestLoss: Double?
        var hasStalled = false
    }

    private let task: LearningTask
    private let features: TreeFeatures
    private let transform: TargetTransform
    private let patienceRounds: Int
    private let booster: Booster
    private var state = State()

    init(_ job: TrainingJob) throws {
        let settings = job.configuration
        task = job.task
        features = try TreeFeatures(fitting: job.training.features, pool: try settings.integer("pool", default: 1))
        transform = try settings.boolean("log_target", default: false) ? .logarithm : .none
        let rate = try settings.float("learning_rate")
        patienceRounds = max(10, Int(Self.patience * 0.1 / rate))
        let earlier: Booster?
        if let folder = job.checkpoint {
            state = try JSONDecoder().decode(State.self, from: Data(contentsOf: folder.appending(path: Self.stateName)))
            earlier = try Booster(modelText: String(contentsOf: folder.appending(path: Self.modelName), encoding: .utf8))
        } else {
            earlier = nil
        }
        let parameters = try Self.parameters(job, settings: settings, rate: rate, segment: state.rounds)
        let training = try Self.data(
            job.training, features: features, transform: transform, parameters: parameters, earlier: earlier, reference: nil, threads: job.threads)
        let validation = try Self.data(
            job.validation, features: features, transform: transform, parameters: parameters, earlier: earlier, reference: training, threads: job.threads)
        booster =
            if let earlier {
                try Booster(training, parameters: parameters, continuing: earlier)
            } else {
                try Booster(training, parameters: parameters)
            }
        try booster.addValidation(validation)
    }

    func advance(to fidelity: Int, by deadline: Deadline?) throws -> SegmentEnd {
        if state.hasStalled { return .exhausted }
        var isComplete = true
        let wanted = fidelity * Self.roundsPerUnit
        while state.rounds < wanted, !state.hasStalled {
            // A round takes about as long as the last one; the one that would pass the deadline is not begun.
            if let deadline, deadline.remainingSeconds < longestRoundSeconds {
                guard state.bestRounds > 0 else { throw LearningError(.outOfTime, "the time was up before the first round of boosting was done") }
                isComplete = false
                break
            }
            let started = Deadline.monotonicSeconds()
            let isFinished = try booster.updateOneIteration()
            longestRoundSeconds = max(longestRoundSeconds * 0.9, Deadline.monotonicSeconds() - started)
            if isFinished {
                state.hasStalled = true
                break
            }
            state.rounds += 1
            let loss = try booster.evaluate(1).first?.value ?? .nan
            guard !loss.isNaN else { throw LearningError(.diverged, "the validation loss is not a number after \(state.rounds) rounds") }
            if loss < state.bestLoss ?? .infinity {
                state.bestLoss = loss
                state.bestRounds = state.rounds
            }
            state.hasStalled = state.rounds - state.bestRounds >= patienceRounds
        }
        state.bestRounds = max(state.bestRounds, min(state.rounds, 1))
        return isComplete ? .reached : .cutShort
    }

    private var longestRoundSeconds = 0.0

    func saveCheckpoint(to folder: URL) throws {
        try booster.modelText().write(to: folder.appending(path: Self.modelName), atomically: false, encoding: .utf8)
        try JSONEncoder().encode(state).write(to: folder.appending(path: Self.stateName))
    }

    func exportModel(to file: URL) throws -> ModelCounts {
        let model = try booster.treeModel(iterations: max(state.bestRounds, 1))
        try TreeExporter.export(model, features: features, task: task, transform: transform).write(to: file)
        return ModelCounts(macs: nil, weights: model.trees.reduce(0) { $0 + $1.leafValues.count })
    }

    // MARK: - LightGBM's terms

    private static func parameters(_ job: TrainingJob, settings: Configuration, rate: Double, segment: Int) throws -> Parameters {
        var parameters: Parameters = [
            "num_threads": "\(job.threads)", "deterministic": "true", "force_col_wise": "true", "feature_pre_filter": "false",
            // Another seed for every segment: a resumed training must not draw the same columns and rows again.
            "seed": "\((job.seed &+ UInt64(segment)) % 1_000_000_007)",
            "learning_rate": "\(rate)", "num_leaves": "\(try settings.integer("num_leaves"))",
            "min_data_in_leaf": "\(try settings.integer("min_data_in_leaf"))", "feature_fraction": "\(try settings.float("feature_fraction"))",
            "lambda_l1": "\(try settings.float("lambda_l1"))", "lambda_l2": "\(try settings.float("lambda_l2"))",
            "min_gain_to_split": "\(try settings.float("min_gain_to_split"))", "max_bin": "\(try settings.integer("max_bin"))",
            "extra_trees": "\(try settings.boolean("extra_trees"))", "cat_smooth": "\(try settings.float("cat_smooth", default: 10))",
            "min_sum_hessian_in_leaf": "\(try settings.float("min_sum_hessian_in_leaf"))",
            // Sets of categories become chains of comparisons in the served model: short ones are served faster.
            "max_cat_threshold": "16",
        ]
        let share = try settings.float("bagging_fraction")
        if share < 1 {
            parameters["bagging_fraction"] = "\(share)"
            parameters["bagging_freq"] = "1"
        }
        switch job.task.kind {
        case .binary: parameters.merge(["objective": "binary", "metric": "binary_logloss"]) { $1 }
        case .multiclass: parameters.merge(["objective": "multiclass", "metric": "multi_logloss", "num_class": "\(job.task.classes.count)"]) { $1 }
        case .regression: parameters.merge(["objective": "regression", "metric": "l2"]) { $1 }
        }
        return parameters
    }

    private static func data(
        _ data: Dataset, features: TreeFeatures, transform: TargetTransform, parameters: Parameters, earlier: Booster?, reference: TrainingData?,
        threads: Int
    ) throws -> TrainingData {
        let matrix = try features.matrix(data.features)
        let labels: [Float]
        switch data.target {
        case .classes(let classes, _): labels = classes.map { Float($0) }
        case .values(let values): labels = values.map { Float(transform.apply($0)) }
        case nil: throw LearningError(.badData, "there is no target to train on")
        }
        return try matrix.values.withUnsafeBufferPointer { values in
            let view = try MatrixView(values, rowCount: matrix.rowCount, columnCount: matrix.columnCount)
            return try TrainingData(
                view, labels: labels, initialScores: earlier.map { try $0.predict(view, .raw, threads: threads) }, categorical: features.categorical,
                reference: reference, parameters: parameters)
        }
    }
}

/// What a regression's target goes through before trees are fitted to it.
enum TargetTransform: Sendable {
    case none
    /// Natural logarithm, for values above zero: errors count in proportion.
    case logarithm

    func apply(_ value: Double) -> Double {
        switch self {
        case .none: value
        case .logarithm: log(max(value, .leastNormalMagnitude))
        }
    }
}
