import Foundation

/// A regression forest over rows of features, all of whose trees lie in one flat array.
///
/// A feature is ordered (a number) or has levels without an order (a whole number from 0); what is inactive has a value of its own in
/// either case, so that trees can split by activity. Thresholds are random (Geurts, Ernst and Wehenkel 2006, Extremely Randomized Trees):
/// the mean of a few trees is then smooth between the rows, and their variance grows with the distance from them. Levels are ordered by
/// their mean target and cut at a random place, which is random between neighbours but never tears like from like (Fisher 1958).
struct RegressionForest: Sendable {
    struct Settings: Sendable, Hashable {
        var trees = 10
        /// Whether each tree sees a draw of the rows with replacement, instead of all.
        var bootstrap = true
        /// The share of the features that are tried for each split.
        var featureShare = 1.0
        /// Fewer rows than this are not split.
        var minimumSplit = 2
        /// A split leaves at least so many rows on both sides.
        var minimumLeaf = 1
        var maximumDepth = 64
        /// Whether targets are logarithms, and a leaf stores that of the mean of what they are logarithms of.
        var leavesAverageExponentials = false
    }

    /// A split, or a leaf where `feature` is negative. The right child follows the left one.
    struct Node: Sendable {
        /// The threshold, the set of levels that go left as a bit pattern, or the value of a leaf.
        var split: Double
        var feature: Int32
        var left: Int32
    }

    /// So many levels fit the bits of a split; features with more are split in the order of their levels.
    static let maximumLevels = 64

    /// By feature: how many levels, or 0 where it is ordered.
    let levels: [Int]
    private(set) var nodes: [Node] = []
    /// Where each tree starts in `nodes`.
    private(set) var roots: [Int] = []

    /// - Parameters:
    ///   - columns: `[features, rows]`.
    ///   - targets: `[rows]`, finite.
    ///   - levels: By feature: how many levels, the inactive one included; 0 or more than ``maximumLevels`` where it is ordered.
    init(
        _ settings: Settings, columns: [Double], targets: [Double], levels: [Int], using generator: inout TrialGenerator
    ) {
        self.levels = levels.map { $0 > Self.maximumLevels ? 0 : $0 }
        guard !targets.isEmpty else { return }
        let grower = TreeGrower(settings, columns: columns, targets: targets, levels: self.levels)
        nodes.reserveCapacity(settings.trees * targets.count * 2)
        for _ in 0..<settings.trees {
            roots.append(nodes.count)
            grower.grow(into: &nodes, using: &generator)
        }
    }

    /// - Parameter rows: `[rows][features]`.
    init(_ settings: Settings, rows: [[Double]], targets: [Double], levels: [Int], using generator: inout TrialGenerator) {
        var columns = [Double](repeating: 0, count: rows.count * levels.count)
        for (position, row) in rows.enumerated() {
            for feature in levels.indices { columns[feature * rows.count + position] = row[feature] }
        }
        self.init(settings, columns: columns, targets: targets, levels: levels, using: &generator)
    }

    /// The mean and the variance of the trees' predictions.
    ///
    /// - Parameters:
    ///   - rows: `[count, features]`.
    ///   - means: `[count]`, overwritten; so is `variances`.
    func predict(
        _ rows: UnsafePointer<Double>, count: Int, means: UnsafeMutablePointer<Double>, variances: UnsafeMutablePointer<Double>
    ) {
        means.update(repeating: 0, count: count)
        variances.update(repeating: 0, count: count)
        guard !roots.isEmpty else { return }
        let width = levels.count
        nodes.withUnsafeBufferPointer { nodes in
            guard let nodes = nodes.baseAddress else { return }
            let hasLevels = levels.contains { $0 > 0 }
            levels.withUnsafeBufferPointer { levels in
                for root in roots {
                    var row = rows
                    for index in 0..<count {
                        let value =
                            hasLevels
                            ? Self.leaf(of: row, root, nodes, levels).split : Self.leaf(of: row, root, nodes).split
                        means[index] += value
                        variances[index] += value * value
                        row += width
                    }
                }
            }
        }
        let scale = 1 / Double(roots.count)
        for index in 0..<count {
            let mean = means[index] * scale
            means[index] = mean
            variances[index] = max(variances[index] * scale - mean * mean, 0)
        }
    }

    /// The mean prediction of one row.
    func mean(_ row: [Double]) -> Double {
        var (mean, variance) = (0.0, 0.0)
        row.withUnsafeBufferPointer { row in
            guard let base = row.baseAddress, row.count == levels.count else { return }
            predict(base, count: 1, means: &mean, variances: &variance)
        }
        return mean
    }

    @inline(__always)
    private static func leaf(of row: UnsafePointer<Double>, _ root: Int, _ nodes: UnsafePointer<Node>) -> Node {
        var node = nodes[root]
        while node.feature >= 0 {
            node = nodes[Int(node.left) + (row[Int(node.feature)] <= node.split ? 0 : 1)]
        }
        return node
    }

    @inline(__always)
    private static func leaf(
        of row: UnsafePointer<Double>, _ root: Int, _ nodes: UnsafePointer<Node>, _ levels: UnsafeBufferPointer<Int>
    ) -> Node {
        var node = nodes[root]
        while node.feature >= 0 {
            let feature = Int(node.feature)
            let value = row[feature]
            let goesLeft = levels[feature] == 0 ? value <= node.split : node.split.bitPattern >> UInt64(value) & 1 == 1
            node = nodes[Int(node.left) + (goesLeft ? 0 : 1)]
        }
        return node
    }
}
