/// Trees as values: what a trained booster consists of.
///
/// Every number is the exact one of the booster. A row's score for class `k` is the sum of the leaves that it reaches in the trees
/// `k`, `k + classCount`, `k + 2 * classCount` …; the ``link`` makes probabilities or values of the scores.
public struct TreeModel: Sendable, Hashable {
    /// Scores for each row: the number of classes, 1 for two classes and for numbers.
    public var classCount: Int
    public var featureNames: [String]
    /// The objective in LightGBM's words: `binary sigmoid:1`.
    public var objective: String
    /// Whether scores are averages over the iterations instead of sums: a random forest.
    public var averagesIterations: Bool
    /// One after another, the classes of an iteration side by side.
    public var trees: [Tree]

    public init(classCount: Int, featureNames: [String], objective: String, averagesIterations: Bool, trees: [Tree]) {
        self.classCount = classCount
        self.featureNames = featureNames
        self.objective = objective
        self.averagesIterations = averagesIterations
        self.trees = trees
    }

    public struct Tree: Sendable, Hashable {
        /// Inner nodes; the first one is the root. Empty for a tree that is one leaf.
        public var splits: [Split]
        /// Scores of the leaves.
        public var leafValues: [Double]

        public init(splits: [Split], leafValues: [Double]) {
            self.splits = splits
            self.leafValues = leafValues
        }
    }

    /// An inner node.
    public struct Split: Sendable, Hashable {
        /// Column that is looked at.
        public var feature: Int
        public var decision: Decision
        /// Where a row goes that meets the condition.
        public var left: Child
        /// Where every other row goes.
        public var right: Child

        public init(feature: Int, decision: Decision, left: Child, right: Child) {
            self.feature = feature
            self.decision = decision
            self.left = left
            self.right = right
        }
    }

    /// A node's condition for "left".
    public enum Decision: Sendable, Hashable {
        /// The number is at most `threshold`. Missing numbers go as `missing` says.
        case threshold(Double, missing: Missing)
        /// The number, cut to a whole one, is among these. NaN and negative numbers go right.
        case categories([Int])
    }

    /// What becomes of NaN at a threshold.
    public enum Missing: Sendable, Hashable {
        /// NaN counts as 0: the training data had none in this column.
        case isZero
        /// NaN goes left or right.
        case goes(left: Bool)
        /// NaN and 0 both go left or right (`zero_as_missing`).
        case zeroGoes(left: Bool)
    }

    public enum Child: Sendable, Hashable {
        /// Position in ``Tree/splits``.
        case split(Int)
        /// Position in ``Tree/leafValues``.
        case leaf(Int)
    }

    /// What makes probabilities or values of scores.
    public enum Link: Sendable, Hashable {
        case identity
        /// 1 / (1 + exp(-scale * score)), for each class by itself.
        case sigmoid(scale: Double)
        case softmax
        case exponential
        /// score * |score|
        case signedSquare
        /// log(1 + exp(score))
        case softplus
    }

    /// Iterations of training.
    public var iterationCount: Int { trees.count / max(1, classCount) }

    /// The function of the objective.
    /// - Throws: ``LightGBMError`` with code `.invalidModel` for an objective that is not known here.
    public var link: Link {
        get throws {
            let words = objective.split(separator: " ")
            let scale = words.first { $0.hasPrefix("sigmoid:") }.flatMap { Double($0.dropFirst("sigmoid:".count)) } ?? 1
            switch words.first ?? "" {
            case "binary", "multiclassova": return .sigmoid(scale: scale)
            case "multiclass": return .softmax
            case "cross_entropy": return .sigmoid(scale: 1)
            case "cross_entropy_lambda": return .softplus
            case "poisson", "gamma", "tweedie": return .exponential
            case "regression", "regression_l1", "huber", "fair", "quantile", "mape":
                return words.contains("sqrt") ? .signedSquare : .identity
            case "", "lambdarank", "rank_xendcg", "custom": return .identity
            default: throw LightGBMError(.invalidModel, "the objective '\(objective)' is not known")
            }
        }
    }

    /// Scores of one row, `[classes]`: the definition, tree by tree. For checks; ``Booster/predict(_:_:iterations:threads:)`` is faster.
    public func scores(_ row: [Double]) -> [Double] {
        var scores = [Double](repeating: 0, count: classCount)
        for (index, tree) in trees.enumerated() {
            var place: Child = tree.splits.isEmpty ? .leaf(0) : .split(0)
            while case .split(let node) = place {
                let split = tree.splits[node]
                place = split.decision.goesLeft(row[split.feature]) ? split.left : split.right
            }
            if case .leaf(let leaf) = place { scores[index % classCount] += tree.leafValues[leaf] }
        }
        if averagesIterations { for index in scores.indices { scores[index] /= Double(max(1, iterationCount)) } }
        return scores
    }
}

extension TreeModel.Decision {
    /// Whether a row with this number goes left. Source: `NumericalDecision` and `CategoricalDecision` in LightGBM's tree.h.
    func goesLeft(_ number: Double) -> Bool {
        switch self {
        case .categories(let categories):
            // Past 2^53 nothing is a category.
            return !number.isNaN && number > -1 && number < 0x1p53 && categories.contains(Int(number))
        case .threshold(let threshold, .isZero):
            return (number.isNaN ? 0 : number) <= threshold
        case .threshold(let threshold, .goes(let left)):
            return number.isNaN ? left : number <= threshold
        case .threshold(let threshold, .zeroGoes(let left)):
            // LightGBM's bound for "zero".
            return number.isNaN || abs(number) <= 1e-35 ? left : number <= threshold
        }
    }
}
