/// A model's trees in the form of ONNX's `TreeEnsembleRegressor` (domain ai.onnx.ml, version 1 or 3), with the model's *scores* as output.
///
/// The node takes FP32 `[rows, features]` and gives FP32 `[rows, classCount]`; the graph that holds it applies ``TreeModel/link``
/// (Sigmoid, Softmax …). Arrays named `nodes…` have one entry for each node of all trees. Their order matters: ONNX Runtime takes the
/// first entry of a tree for its root, whatever the numbers say.
///
/// Rows of Float32 reach the same leaves as in LightGBM, to the bit:
/// - A threshold becomes the largest Float32 that is not above it, which parts all Float32 numbers as the Float64 one does.
/// - NaN follows `nodes_missing_value_tracks_true`; where LightGBM takes NaN for 0, the flag says which way 0 goes.
/// - A set of categories becomes a chain of `BRANCH_EQ` nodes with one common true child, which ONNX Runtime accepts. A column
///   of categories has to hold whole numbers; anything else goes right here and is cut to a whole number in LightGBM.
///
/// What is left of a difference is the sum of the leaves, in Float32 here and in Float64 in LightGBM.
public struct TreeEnsembleAttributes: Sendable, Hashable {
    /// `n_targets`: scores for each row.
    public var targetCount: Int
    /// `nodes_treeids`
    public private(set) var nodesTreeIDs: [Int64] = []
    /// `nodes_nodeids`, counted from 0 in each tree; 0 is the root.
    public private(set) var nodesNodeIDs: [Int64] = []
    /// `nodes_featureids`
    public private(set) var nodesFeatureIDs: [Int64] = []
    /// `nodes_modes`: `BRANCH_LEQ`, `BRANCH_EQ` or `LEAF`.
    public private(set) var nodesModes: [String] = []
    /// `nodes_values`: thresholds and categories, 0 for leaves.
    public private(set) var nodesValues: [Float] = []
    /// `nodes_truenodeids`
    public private(set) var nodesTrueNodeIDs: [Int64] = []
    /// `nodes_falsenodeids`
    public private(set) var nodesFalseNodeIDs: [Int64] = []
    /// `nodes_missing_value_tracks_true`: 1 where NaN takes the true branch.
    public private(set) var nodesMissingValueTracksTrue: [Int64] = []
    /// `target_treeids`, one for each leaf, as the three that follow.
    public private(set) var targetTreeIDs: [Int64] = []
    /// `target_nodeids`
    public private(set) var targetNodeIDs: [Int64] = []
    /// `target_ids`: the class that a leaf adds to.
    public private(set) var targetIDs: [Int64] = []
    /// `target_weights`: scores of the leaves.
    public private(set) var targetWeights: [Float] = []

    /// The attributes of a node that computes `model`'s scores. The attributes not listed keep ONNX's defaults (SUM, no transform).
    /// - Throws: ``LightGBMError`` with code `.notExportable`: no trees, `zero_as_missing`, or a category that Float32 cannot hold.
    public init(_ model: TreeModel) throws {
        guard !model.trees.isEmpty else { throw LightGBMError(.notExportable, "the model has no trees") }
        targetCount = model.classCount
        let divisor = model.averagesIterations ? Double(max(1, model.iterationCount)) : 1
        for (index, tree) in model.trees.enumerated() {
            try append(tree, Int64(index), target: Int64(index % model.classCount), divisor)
        }
    }

    /// Integer attributes under their names in ONNX.
    public var integerAttributes: [(name: String, values: [Int64])] {
        [
            ("nodes_treeids", nodesTreeIDs), ("nodes_nodeids", nodesNodeIDs), ("nodes_featureids", nodesFeatureIDs),
            ("nodes_truenodeids", nodesTrueNodeIDs), ("nodes_falsenodeids", nodesFalseNodeIDs),
            ("nodes_missing_value_tracks_true", nodesMissingValueTracksTrue), ("target_treeids", targetTreeIDs),
            ("target_nodeids", targetNodeIDs), ("target_ids", targetIDs),
        ]
    }

    /// Float attributes under their names in ONNX.
    public var floatAttributes: [(name: String, values: [Float])] { [("nodes_values", nodesValues), ("target_weights", targetWeights)] }

    /// Text attributes under their names in ONNX.
    public var stringAttributes: [(name: String, values: [String])] { [("nodes_modes", nodesModes)] }

    /// Nodes of one tree: its splits under their own numbers, then its leaves, then the further nodes of chains.
    private mutating func append(_ tree: TreeModel.Tree, _ id: Int64, target: Int64, _ divisor: Double) throws {
        let splitCount = tree.splits.count
        var chained = splitCount + tree.leafValues.count
        func place(_ child: TreeModel.Child) -> Int {
            switch child {
            case .split(let index): index
            case .leaf(let index): splitCount + index
            }
        }
        // Chains go last, so that the numbers of splits and leaves hold while they are written.
        var chains: [(split: TreeModel.Split, rest: ArraySlice<Int>)] = []
        for (index, split) in tree.splits.enumerated() {
            switch split.decision {
            case .threshold(let threshold, let missing):
                let missingGoesLeft: Bool
                switch missing {
                case .isZero: missingGoesLeft = 0 <= threshold
                case .goes(let left): missingGoesLeft = left
                case .zeroGoes:
                    throw LightGBMError(.notExportable, "the model takes zeros for missing values; train with zero_as_missing=false")
                }
                appendNode(
                    id, index, split.feature, "BRANCH_LEQ", TreeEnsembleAttributes.largestFloat(notAbove: threshold), place(split.left),
                    place(split.right), missingGoesLeft)
            case .categories(let categories):
                guard let first = categories.first, categories.allSatisfy({ $0 <= 1 << 24 }) else {
                    throw LightGBMError(.notExportable, "a split needs at least one category, and categories below 2^24")
                }
                let next = categories.count > 1 ? chained : place(split.right)
                appendNode(id, index, split.feature, "BRANCH_EQ", Float(first), place(split.left), next, false)
                if categories.count > 1 { chains.append((split, categories.dropFirst())) }
                chained += categories.count - 1
            }
        }
        for (index, value) in tree.leafValues.enumerated() {
            appendNode(id, splitCount + index, 0, "LEAF", 0, 0, 0, false)
            targetTreeIDs.append(id)
            targetNodeIDs.append(Int64(splitCount + index))
            targetIDs.append(target)
            targetWeights.append(Float(value / divisor))
        }
        var next = splitCount + tree.leafValues.count
        for (split, rest) in chains {
            for (position, category) in rest.enumerated() {
                let otherwise = position + 1 < rest.count ? next + 1 : place(split.right)
                appendNode(id, next, split.feature, "BRANCH_EQ", Float(category), place(split.left), otherwise, false)
                next += 1
            }
        }
    }

    private mutating func appendNode(
        _ tree: Int64, _ node: Int, _ feature: Int, _ mode: String, _ value: Float, _ ifTrue: Int, _ ifFalse: Int, _ missingIsTrue: Bool
    ) {
        nodesTreeIDs.append(tree)
        nodesNodeIDs.append(Int64(node))
        nodesFeatureIDs.append(Int64(feature))
        nodesModes.append(mode)
        nodesValues.append(value)
        nodesTrueNodeIDs.append(Int64(ifTrue))
        nodesFalseNodeIDs.append(Int64(ifFalse))
        nodesMissingValueTracksTrue.append(missingIsTrue ? 1 : 0)
    }

    /// The largest Float32 that is at most `number`; -infinity below all finite ones.
    static func largestFloat(notAbove number: Double) -> Float {
        let nearest = Float(number)
        return Double(nearest) > number ? nearest.nextDown : nearest
    }
}
