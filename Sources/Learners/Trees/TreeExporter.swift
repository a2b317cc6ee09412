import Learning
import LightGBM
import ONNXGraphs

/// Writes boosted trees as an ONNX model: raw columns or pixels in, probabilities or values out.
enum TreeExporter {
    static func export(_ model: TreeModel, features: TreeFeatures, task: LearningTask, transform: TargetTransform) throws -> ONNXModel {
        let builder = GraphBuilder(name: "trees")
        let matrix = try features.write(in: builder)
        let scores = write(try TreeEnsembleAttributes(model), reading: matrix, in: builder)
        switch task.kind {
        case .binary:
            let positive = builder.node("Sigmoid", [scores], named: "positive")
            let one = builder.constant(.scalar(1), named: "one")
            let negative = builder.node("Sub", [one, positive], named: "negative")
            let both = builder.node("Concat", [negative, positive], ["axis": 1], named: "both")
            _ = try builder.output(both, as: "probabilities", .float, ["N", 2])
        case .multiclass:
            let all = builder.node("Softmax", [scores], ["axis": 1], named: "softmax")
            _ = try builder.output(all, as: "probabilities", .float, ["N", .fixed(task.classes.count)])
        case .regression:
            let values = transform == .logarithm ? builder.node("Exp", [scores], named: "exp") : scores
            _ = try builder.output(values, as: "values", .float, ["N", 1])
        }
        return try builder.model(metadata: ["learner": "lightgbm"])
    }

    /// - Returns: the name of `[N, targets]` sums of leaves.
    private static func write(_ trees: TreeEnsembleAttributes, reading matrix: String, in builder: GraphBuilder) -> String {
        func ints(_ values: [Int64]) -> NodeAttribute { .ints(values.map { Int($0) }) }
        return builder.node(
            "TreeEnsembleRegressor", [matrix],
            [
                "n_targets": .int(trees.targetCount), "aggregate_function": "SUM", "post_transform": "NONE",
                "nodes_treeids": ints(trees.nodesTreeIDs), "nodes_nodeids": ints(trees.nodesNodeIDs), "nodes_featureids": ints(trees.nodesFeatureIDs),
                "nodes_modes": .strings(trees.nodesModes), "nodes_values": .floats(trees.nodesValues), "nodes_truenodeids": ints(trees.nodesTrueNodeIDs),
                "nodes_falsenodeids": ints(trees.nodesFalseNodeIDs), "nodes_missing_value_tracks_true": ints(trees.nodesMissingValueTracksTrue),
                "target_treeids": ints(trees.targetTreeIDs), "target_nodeids": ints(trees.targetNodeIDs), "target_ids": ints(trees.targetIDs),
                "target_weights": .floats(trees.targetWeights),
            ],
            domain: GraphBuilder.learnersDomain, named: "scores")
    }
}
