import Foundation

/// Grows the trees of a forest. Works in buffers of its own that all trees share; cost per tree: rows · log(rows) · features.
final class TreeGrower {
    private let settings: RegressionForest.Settings
    private let rowCount: Int
    private let featureCount: Int
    private let levels: [Int]
    private var features: [Int]
    private let columns: UnsafeMutablePointer<Double>
    private let targets: UnsafeMutablePointer<Double>
    /// How often each row was drawn.
    private let counts: UnsafeMutablePointer<Double>
    /// The rows of the tree, those of a node side by side.
    private let order: UnsafeMutablePointer<Int32>
    // Of the rows of the node in hand.
    private let values: UnsafeMutablePointer<Double>
    private let weights: UnsafeMutablePointer<Double>
    private let products: UnsafeMutablePointer<Double>

    private struct Task {
        var node: Int
        var start: Int
        var end: Int
        var depth: Int
    }

    private struct Split {
        var feature = -1
        var split = 0.0
        var score = -Double.infinity
    }

    init(_ settings: RegressionForest.Settings, columns: [Double], targets: [Double], levels: [Int]) {
        precondition(columns.count == targets.count * levels.count, "columns must be [features, rows]")
        self.settings = settings
        self.levels = levels
        rowCount = targets.count
        featureCount = levels.count
        features = Array(0..<featureCount)
        func buffer(_ values: [Double]) -> UnsafeMutablePointer<Double> {
            let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(values.count, 1))
            pointer.initialize(from: values, count: values.count)
            return pointer
        }
        let ones = [Double](repeating: 1, count: targets.count)
        self.columns = buffer(columns)
        self.targets = buffer(targets)
        counts = buffer(ones)
        values = buffer(ones)
        weights = buffer(ones)
        products = buffer(ones)
        order = .allocate(capacity: max(targets.count, 1))
    }

    deinit {
        for pointer in [columns, targets, counts, values, weights, products] { pointer.deallocate() }
        order.deallocate()
    }

    /// Appends a tree.
    func grow(into nodes: inout [RegressionForest.Node], using generator: inout TrialGenerator) {
        let drawn = draw(&generator)
        var tasks = [Task(node: nodes.count, start: 0, end: drawn, depth: 0)]
        nodes.append(RegressionForest.Node(split: 0, feature: -1, left: 0))
        while let task = tasks.popLast() {
            let count = task.end - task.start
            let (weight, sum, isPure) = gather(task)
            guard !isPure, count >= 2, weight >= Double(settings.minimumSplit), task.depth < settings.maximumDepth else {
                nodes[task.node].split = leafValue(task, weight: weight, sum: sum)
                continue
            }
            let split = bestSplit(task, weight: weight, sum: sum, &generator)
            guard split.feature >= 0 else {
                nodes[task.node].split = leafValue(task, weight: weight, sum: sum)
                continue
            }
            let middle = partition(task, split)
            let left = nodes.count
            nodes[task.node] = RegressionForest.Node(split: split.split, feature: Int32(split.feature), left: Int32(left))
            nodes.append(RegressionForest.Node(split: 0, feature: -1, left: 0))
            nodes.append(RegressionForest.Node(split: 0, feature: -1, left: 0))
            tasks.append(Task(node: left + 1, start: middle, end: task.end, depth: task.depth + 1))
            tasks.append(Task(node: left, start: task.start, end: middle, depth: task.depth + 1))
        }
    }

    /// Draws the tree's rows; returns how many different ones there are.
    private func draw(_ generator: inout TrialGenerator) -> Int {
        if settings.bootstrap {
            counts.update(repeating: 0, count: rowCount)
            for _ in 0..<rowCount { counts[min(Int(generator.uniform() * Double(rowCount)), rowCount - 1)] += 1 }
        }
        var drawn = 0
        for row in 0..<rowCount where counts[row] > 0 {
            order[drawn] = Int32(row)
            drawn += 1
        }
        return drawn
    }

    /// Copies the node's weights and weighted targets side by side.
    private func gather(_ task: Task) -> (weight: Double, sum: Double, isPure: Bool) {
        var (weight, sum) = (0.0, 0.0)
        var (low, high) = (Double.infinity, -Double.infinity)
        for position in task.start..<task.end {
            let row = Int(order[position])
            let (count, target) = (counts[row], targets[row])
            weights[position - task.start] = count
            products[position - task.start] = count * target
            weight += count
            sum += count * target
            low = target < low ? target : low
            high = target > high ? target : high
        }
        return (weight, sum, low == high)
    }

    private func leafValue(_ task: Task, weight: Double, sum: Double) -> Double {
        guard settings.leavesAverageExponentials else { return sum / weight }
        var (top, total) = (-Double.infinity, 0.0)
        for position in task.start..<task.end { top = max(top, targets[Int(order[position])]) }
        for position in task.start..<task.end {
            let row = Int(order[position])
            total += counts[row] * exp(targets[row] - top)
        }
        return top + log(total / weight)
    }

    /// The best of one random split per feature, by the sum of squares it explains.
    private func bestSplit(_ task: Task, weight: Double, sum: Double, _ generator: inout TrialGenerator) -> Split {
        var best = Split()
        let wanted = max(Int((settings.featureShare * Double(featureCount)).rounded(.up)), 1)
        var (tried, remaining) = (0, featureCount)
        // Features without a split do not count among the wanted ones.
        while remaining > 0, tried < wanted {
            let pick = wanted >= featureCount ? remaining - 1 : min(Int(generator.uniform() * Double(remaining)), remaining - 1)
            features.swapAt(pick, remaining - 1)
            remaining -= 1
            let feature = features[remaining]
            let split =
                levels[feature] == 0
                ? orderedSplit(feature, task, weight: weight, sum: sum, &generator)
                : levelSplit(feature, task, weight: weight, sum: sum, &generator)
            guard let split else { continue }
            tried += 1
            if split.score > best.score { best = split }
        }
        return best
    }

    /// Nil where the feature does not vary in the node.
    private func orderedSplit(
        _ feature: Int, _ task: Task, weight: Double, sum: Double, _ generator: inout TrialGenerator
    ) -> Split? {
        let count = task.end - task.start
        var (low, high) = (Double.infinity, -Double.infinity)
        let column = columns + feature * rowCount
        let rows = order + task.start
        for index in 0..<count {
            let value = column[Int(rows[index])]
            values[index] = value
            low = value < low ? value : low
            high = value > high ? value : high
        }
        guard low < high else { return nil }
        let threshold = low + generator.uniform() * (high - low)
        guard threshold < high else { return nil }
        var (leftWeight, leftSum) = (0.0, 0.0)
        for index in 0..<count {
            let isLeft = values[index] <= threshold
            leftWeight += isLeft ? weights[index] : 0
            leftSum += isLeft ? products[index] : 0
        }
        let score = score(leftWeight, leftSum, weight, sum)
        return Split(feature: feature, split: threshold, score: score)
    }

    /// Levels in the order of their mean target, cut at a random place; those that the node lacks go either way.
    private func levelSplit(
        _ feature: Int, _ task: Task, weight: Double, sum: Double, _ generator: inout TrialGenerator
    ) -> Split? {
        var levelWeights = [Double](repeating: 0, count: levels[feature])
        var levelSums = levelWeights
        let base = feature * rowCount
        for index in 0..<task.end - task.start {
            let level = Int(columns[base + Int(order[task.start + index])])
            levelWeights[level] += weights[index]
            levelSums[level] += products[index]
        }
        let present = levelWeights.indices.filter { levelWeights[$0] > 0 }
        guard present.count > 1 else { return nil }
        let ranked = present.sorted { (levelSums[$0] / levelWeights[$0], $0) < (levelSums[$1] / levelWeights[$1], $1) }
        let cut = 1 + min(Int(generator.uniform() * Double(ranked.count - 1)), ranked.count - 2)
        var bits: UInt64 = generator.next()
        for level in present { bits &= ~(1 << UInt64(level)) }
        var (leftWeight, leftSum) = (0.0, 0.0)
        for level in ranked.prefix(cut) {
            bits |= 1 << UInt64(level)
            leftWeight += levelWeights[level]
            leftSum += levelSums[level]
        }
        return Split(feature: feature, split: Double(bitPattern: bits), score: score(leftWeight, leftSum, weight, sum))
    }

    /// What the split explains; minus infinity where it leaves too few rows on a side.
    @inline(__always)
    private func score(_ leftWeight: Double, _ leftSum: Double, _ weight: Double, _ sum: Double) -> Double {
        let (rightWeight, rightSum) = (weight - leftWeight, sum - leftSum)
        guard min(leftWeight, rightWeight) >= Double(max(settings.minimumLeaf, 1)) else { return -.infinity }
        return leftSum * leftSum / leftWeight + rightSum * rightSum / rightWeight
    }

    /// Moves the rows that go left to the front; returns where the others start.
    private func partition(_ task: Task, _ split: Split) -> Int {
        let base = split.feature * rowCount
        let hasLevels = levels[split.feature] > 0
        var middle = task.start
        for position in task.start..<task.end {
            let value = columns[base + Int(order[position])]
            let goesLeft = hasLevels ? split.split.bitPattern >> UInt64(value) & 1 == 1 : value <= split.split
            if goesLeft {
                (order[position], order[middle]) = (order[middle], order[position])
                middle += 1
            }
        }
        return middle
    }
}
