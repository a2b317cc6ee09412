import Datasets
public import Learning
import LightGBM
import ONNXGraphs
public import SearchSpaces

/// Gradient-boosted trees by LightGBM (Ke et al. 2017).
public struct GradientBoostedTrees: Learner {
    public init() {}

    public let card = LearnerCard(
        id: "lightgbm", name: "Gradient-boosted trees", summary: "LightGBM's histogram trees, with its own treatment of categories and missing values.",
        kinds: [.binary, .multiclass, .regression], inputs: [.table, .images], fidelityUnit: "\(TreeTraining.roundsPerUnit) boosting rounds",
        requires: ["LightGBM"], source: "Ke et al. 2017")

    public func searchSpace(for problem: Problem) throws -> SearchSpace {
        let isImage = problem.task.input.kind == .images
        let mayUseLogarithm = (problem.targetRange?.lowerBound ?? 0) > 0
        let parameters: [SearchSpaces.Parameter] = [
            .float("learning_rate", 0.02...0.3, log: true, default: isImage ? 0.15 : 0.07),
            .integer("num_leaves", 4...255, log: true, default: 31),
            .integer("min_data_in_leaf", 2...200, log: true, default: 20),
            .float("min_sum_hessian_in_leaf", isImage ? 1...20 : 1e-3...10, log: true, default: isImage ? 5 : 1e-3),
            .float("feature_fraction", isImage ? 0.05...0.4 : 0.3...1, default: isImage ? 0.1 : 0.8),
            // Boosting many classes on few rows diverges: no thin samples for images.
            .float("bagging_fraction", isImage ? 0.6...1 : 0.4...1, default: isImage ? 1 : 0.9),
            .float("lambda_l1", 1e-6...10, log: true, default: 1e-6),
            .float("lambda_l2", isImage ? 0.3...10 : 1e-6...10, log: true, default: isImage ? 1 : 1e-3),
            .float("min_gain_to_split", 1e-6...1, log: true, default: 1e-6),
            .ordinal("max_bin", (isImage ? [15, 31, 63] : [31, 63, 127, 255]).map { .integer($0) }, default: .integer(isImage ? 15 : 255)),
            .boolean("extra_trees", default: false),
        ]
        let categories: [SearchSpaces.Parameter] = hasCategories(problem) ? [.float("cat_smooth", 1...100, log: true, default: 10)] : []
        let more: [SearchSpaces.Parameter] =
            (isImage ? [.ordinal("pool", [.integer(1), .integer(2)], default: .integer(2))] : [])
            + (mayUseLogarithm ? [.boolean("log_target", default: false)] : [])
        return try SearchSpace(parameters + categories + more)
    }

    private func hasCategories(_ problem: Problem) -> Bool {
        guard case .table(let columns) = problem.task.input else { return false }
        return columns.contains { $0.kind == .category || $0.kind == .boolean }
    }

    public func startingConfigurations(for problem: Problem) throws -> [Configuration] {
        let space = try searchSpace(for: problem)
        let standard = space.defaultConfiguration
        guard problem.task.input.kind == .table else { return [standard] }
        let slow = standard.merging([
            "learning_rate": .float(0.03), "num_leaves": .integer(63), "feature_fraction": .float(0.6), "bagging_fraction": .float(0.7),
        ])
        let random = standard.merging(["extra_trees": .boolean(true), "num_leaves": .integer(80), "min_data_in_leaf": .integer(5)])
        let logarithm = space["log_target"] == nil ? [] : [slow.merging(["log_target": .boolean(true)])]
        return [standard] + logarithm + [slow, random]
    }

    public func makeTraining(_ job: TrainingJob) throws -> any Training { try TreeTraining(job) }
}
