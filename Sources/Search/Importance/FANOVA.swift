public import SearchSpaces

/// Two parameters and what they explain together beyond what each does alone.
public struct ParameterInteraction: Sendable, Hashable, Codable {
    public var names: [String]
    /// The share of the variance over the space.
    public var value: Double
}

extension Importance {
    /// The interactions of all pairs of parameters, the largest first, by a regression forest.
    ///
    /// - Parameters:
    ///   - objective: Which objective to explain; may be nil where there is one.
    ///   - seed: Of the forest.
    /// - Throws: `SearchError` (`invalidOption`) when the objective does not exist or must be chosen.
    public static func interactions(
        _ trials: [Trial], space: SearchSpace, directions: [Direction] = [.minimize], objective: Int? = nil, seed: UInt64 = 0
    ) throws -> [ParameterInteraction] {
        try ResponseModel(trials, space: space, directions: directions, objective: objective, trees: 32, trialLimit: 2000, seed: seed)
            .interactions()
    }
}

extension ResponseModel {
    /// The share of the variance over the space that each parameter explains alone, the largest first, ties in the order of the space.
    public var variances: [ParameterImportance] { Importance.ranking(space.space, byParameter(FANOVA(self).singles)) }

    /// The interactions of pairs of parameters, the largest first.
    ///
    /// - Parameter names: The parameters to pair, all that vary when nil. Cost: pairs times the squared number of leaves of a tree, at worst.
    public func interactions(among names: [String]? = nil) -> [ParameterInteraction] {
        let analysis = FANOVA(self)
        func name(_ feature: Int) -> String { space.space.parameters[space.features[feature].parameter].name }
        let chosen = (0..<space.width).filter { names?.contains(name($0)) ?? true }
        let pairs = chosen.indices.flatMap { first in
            chosen[(first + 1)...].map { second in
                ParameterInteraction(names: [name(chosen[first]), name(second)], value: analysis.pair(chosen[first], second))
            }
        }
        let order = pairs.indices.sorted { (-pairs[$0].value, $0) < (-pairs[$1].value, $1) }
        return order.map { pairs[$0] }
    }
}

/// The functional analysis of variance of a forest.
///
/// A tree is constant on boxes, so its mean over all parameters but some is known exactly: each leaf adds its value, times its extent in
/// the others, to the cells that it covers in these. The cells' variance over that of the tree is what they explain; shares are averaged over
/// the trees.
///
/// Source: Hutter, Hoos and Leyton-Brown 2014, An Efficient Approach for Assessing Hyperparameter Importance. Ours works on the scales of the
/// parameters, so that a log scale counts as one, splits categories by sets of levels, and takes a conditional parameter as inactive as
/// often as the trials have it so. Cost: leaves · features per tree.
struct FANOVA {
    private let trees: [Boxes]

    init(_ model: ResponseModel) {
        let activity = model.activity
        trees = model.forest.roots.map { Boxes(model.forest, $0, model.space, activity) }.filter { $0.variance > 0 }
    }

    /// By feature: the share of the variance that it explains alone.
    var singles: [Double] {
        guard let first = trees.first else { return [] }
        return (0..<first.axes.count).map { feature in
            trees.reduce(0) { $0 + $1.explained(by: feature) / $1.variance } / Double(trees.count)
        }
    }

    /// The share of the variance that two features explain together only.
    func pair(_ first: Int, _ second: Int) -> Double {
        guard !trees.isEmpty else { return 0 }
        let sum = trees.reduce(0) { sum, tree in
            let alone = tree.explained(by: first) + tree.explained(by: second)
            return sum + max(tree.explained(by: first, second) - alone, 0) / tree.variance
        }
        return sum / Double(trees.count)
    }

    /// The leaves of a tree as boxes.
    private struct Boxes {
        /// The cells of a feature.
        struct Axis {
            /// The measure of each cell; all together 1.
            var sizes: [Double]
            /// By leaf: which cells it covers, as ranges.
            var covered: [[Range<Int>]]
            /// By leaf: the measure of these.
            var extents: [Double]
        }

        private(set) var axes: [Axis] = []
        private var values: [Double] = []
        /// By leaf: the product of the extents that are not 0, and how many are 0.
        private var products: [Double] = []
        private var zeros: [Int] = []
        private var mean = 0.0
        private(set) var variance = 0.0

        init(_ forest: RegressionForest, _ root: Int, _ space: FeatureSpace, _ activity: [Double]) {
            let leaves = Leaf.all(forest, root)
            values = leaves.map(\.value)
            for (index, feature) in space.features.enumerated() {
                axes.append(
                    forest.levels[index] > 0
                        ? Self.axis(levels: feature.categories, activity[index], leaves.map { $0.sets[index] })
                        : Self.axis(feature, activity[index], leaves.map { ($0.lows[index], $0.highs[index]) }))
            }
            products = leaves.indices.map { leaf in axes.reduce(1) { $1.extents[leaf] > 0 ? $0 * $1.extents[leaf] : $0 } }
            zeros = leaves.indices.map { leaf in axes.count { $0.extents[leaf] <= 0 } }
            let weights = leaves.indices.map { zeros[$0] > 0 ? 0 : products[$0] }
            mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
            variance = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        }

        /// Each level is a cell, the inactive one last.
        private static func axis(levels: Int, _ activity: Double, _ sets: [UInt64]) -> Axis {
            let sizes = [Double](repeating: activity / Double(levels), count: levels) + [1 - activity]
            let covered = sets.map { set in (0...levels).filter { set >> UInt64($0) & 1 == 1 }.map { $0..<$0 + 1 } }
            return Axis(sizes: sizes, covered: covered, extents: covered.map { $0.reduce(0) { $0 + sizes[$1.lowerBound] } })
        }

        /// The thresholds bound the cells; what is inactive lies at one point below them.
        private static func axis(_ feature: FeatureSpace.Feature, _ activity: Double, _ intervals: [(Double, Double)]) -> Axis {
            // The measure of what lies at or below a threshold.
            func measure(_ threshold: Double) -> Double {
                if feature.categories > 0 {
                    // Levels in order, where there are too many for sets; the inactive one is last.
                    let count = Double(feature.categories)
                    return threshold >= count ? 1 : min(max(threshold.rounded(.down) + 1, 0), count) / count * activity
                }
                return (threshold >= feature.inactive ? 1 - activity : 0) + activity * min(max(threshold, 0), 1)
            }
            let measured = intervals.map { (measure($0.0), measure($0.1)) }
            let bounds = Set(measured.flatMap { [$0.0, $0.1] } + [0, 1]).sorted()
            let sizes = zip(bounds.dropFirst(), bounds).map { $0 - $1 }
            func position(_ bound: Double) -> Int {
                var (low, high) = (0, bounds.count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if bounds[middle] < bound { low = middle + 1 } else { high = middle }
                }
                return low
            }
            return Axis(
                sizes: sizes, covered: measured.map { [position($0.0)..<max(position($0.1), position($0.0))] },
                extents: measured.map { max($0.1 - $0.0, 0) })
        }

        /// The variance of the marginal over one feature.
        func explained(by feature: Int) -> Double {
            let axis = axes[feature]
            // Changes from cell to cell, summed up afterwards: a leaf may cover many cells.
            var changes = [Double](repeating: 0, count: axis.sizes.count + 1)
            for leaf in values.indices {
                let amount = values[leaf] * rest(leaf, feature, feature)
                for range in axis.covered[leaf] {
                    changes[range.lowerBound] += amount
                    changes[range.upperBound] -= amount
                }
            }
            var (sum, variance) = (0.0, 0.0)
            for cell in axis.sizes.indices {
                sum += changes[cell]
                variance += axis.sizes[cell] * (sum - mean) * (sum - mean)
            }
            return variance
        }

        /// The variance of the marginal over two features.
        func explained(by first: Int, _ second: Int) -> Double {
            let (rows, columns) = (axes[first], axes[second])
            let width = columns.sizes.count + 1
            var changes = [Double](repeating: 0, count: (rows.sizes.count + 1) * width)
            for leaf in values.indices {
                let amount = values[leaf] * rest(leaf, first, second)
                for row in rows.covered[leaf] {
                    for column in columns.covered[leaf] {
                        changes[row.lowerBound * width + column.lowerBound] += amount
                        changes[row.lowerBound * width + column.upperBound] -= amount
                        changes[row.upperBound * width + column.lowerBound] -= amount
                        changes[row.upperBound * width + column.upperBound] += amount
                    }
                }
            }
            var variance = 0.0
            var above = [Double](repeating: 0, count: width)
            for row in rows.sizes.indices {
                var sum = 0.0
                for column in columns.sizes.indices {
                    above[column] += changes[row * width + column]
                    sum += above[column]
                    variance += rows.sizes[row] * columns.sizes[column] * (sum - mean) * (sum - mean)
                }
            }
            return variance
        }

        /// The extent of a leaf in all features but two, which may be the same.
        private func rest(_ leaf: Int, _ first: Int, _ second: Int) -> Double {
            var (product, zeros) = (products[leaf], zeros[leaf])
            for feature in first == second ? [first] : [first, second] {
                let extent = axes[feature].extents[leaf]
                if extent > 0 { product /= extent } else { zeros -= 1 }
            }
            return zeros > 0 ? 0 : product
        }
    }

    /// A leaf's value and its bounds by feature: from above `lows` through `highs`, or a set of levels.
    private struct Leaf {
        var value = 0.0
        var lows: [Double]
        var highs: [Double]
        var sets: [UInt64]

        static func all(_ forest: RegressionForest, _ root: Int) -> [Leaf] {
            let width = forest.levels.count
            let whole = Leaf(
                lows: .init(repeating: -.infinity, count: width), highs: .init(repeating: .infinity, count: width),
                sets: .init(repeating: .max, count: width))
            var leaves: [Leaf] = []
            var stack = [(root, whole)]
            while let (index, box) = stack.popLast() {
                let node = forest.nodes[index]
                guard node.feature >= 0 else {
                    var leaf = box
                    leaf.value = node.split
                    leaves.append(leaf)
                    continue
                }
                let feature = Int(node.feature)
                var (left, right) = (box, box)
                if forest.levels[feature] > 0 {
                    left.sets[feature] &= node.split.bitPattern
                    right.sets[feature] &= ~node.split.bitPattern
                } else {
                    left.highs[feature] = min(box.highs[feature], node.split)
                    right.lows[feature] = max(box.lows[feature], node.split)
                }
                stack.append((Int(node.left), left))
                stack.append((Int(node.left) + 1, right))
            }
            return leaves
        }
    }
}
