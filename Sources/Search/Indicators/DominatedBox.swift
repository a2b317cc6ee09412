/// The points below a reference as one flat buffer, and the volumes that they dominate.
struct DominatedBox {
    let objectives: Int
    /// Where the rows stood among the points that were given.
    let positions: [Int]
    let reference: [Double]
    /// `[rows][objectives]`, all below the reference.
    private var points: [Double] = []

    init(_ losses: [[Double]], reference: [Double]) {
        objectives = reference.count
        self.reference = reference
        var lowest = reference
        for row in losses {
            for objective in reference.indices where row[objective] < lowest[objective] && row[objective] > -.infinity {
                lowest[objective] = row[objective]
            }
        }
        var positions: [Int] = []
        for (position, row) in losses.enumerated() where reference.indices.allSatisfy({ row[$0] < reference[$0] }) {
            positions.append(position)
            for objective in reference.indices { points.append(max(row[objective], lowest[objective])) }
        }
        self.positions = positions
    }

    mutating func volume() -> Double {
        guard !positions.isEmpty, objectives > 0 else { return 0 }
        let (count, objectives, reference) = (positions.count, objectives, reference)
        return points.withUnsafeMutableBufferPointer { points in
            reference.withUnsafeBufferPointer { HypervolumeSweep.volume(of: points, count: count, objectives: objectives, below: $0) }
        }
    }

    /// What one row adds to some others.
    func exclusive(_ row: Int, besides others: some Sequence<Int>) -> Double {
        let objectives = objectives
        let own = points[row * objectives..<(row + 1) * objectives]
        var inclusive = 1.0
        for (loss, end) in zip(own, reference) { inclusive *= end - loss }
        let others = others.filter { $0 != row }
        guard !others.isEmpty, objectives > 0 else { return objectives > 0 ? inclusive : 0 }
        var limited: [Double] = []
        limited.reserveCapacity(others.count * objectives)
        for other in others {
            var isCovering = true
            for objective in 0..<objectives {
                let (mine, loss) = (points[row * objectives + objective], points[other * objectives + objective])
                limited.append(max(mine, loss))
                if loss > mine { isCovering = false }
            }
            if isCovering { return 0 }
        }
        let shared = limited.withUnsafeMutableBufferPointer { limited in
            reference.withUnsafeBufferPointer { HypervolumeSweep.volume(of: limited, count: others.count, objectives: objectives, below: $0) }
        }
        return max(inclusive - shared, 0)
    }

    /// What each row adds to all the others, for two objectives.
    func planeContributions() -> [Double] {
        var contributions = [Double](repeating: 0, count: positions.count)
        let order = positions.indices.sorted { (points[2 * $0], points[2 * $0 + 1], $0) < (points[2 * $1], points[2 * $1 + 1], $1) }
        // Where the members of the front stand in that order; what stands between two of them is dominated by the first.
        var front: [Int] = []
        for (place, row) in order.enumerated() {
            if let last = front.last, points[2 * row + 1] >= points[2 * order[last] + 1] { continue }
            front.append(place)
        }
        for (member, place) in front.enumerated() {
            let end = member + 1 < front.count ? front[member + 1] : order.count
            let right = member + 1 < front.count ? points[2 * order[end]] : reference[0]
            let top = member > 0 ? points[2 * order[front[member - 1]] + 1] : reference[1]
            let (x, y) = (points[2 * order[place]], points[2 * order[place] + 1])
            var area = (right - x) * (top - y)
            // Points that this one alone dominates would still be there without it.
            var height = top
            for row in order[place + 1..<end] where points[2 * row + 1] < height {
                area -= (right - points[2 * row]) * (height - points[2 * row + 1])
                height = points[2 * row + 1]
            }
            contributions[order[place]] = max(area, 0)
        }
        return contributions
    }

    /// The rows in the order in which a greedy choice of the largest additions takes them, for two objectives; those that add nothing are
    /// left out. Cost: rows · chosen.
    func greedyStairs(_ wanted: Int) -> [Int] {
        let (xs, ys) = (positions.indices.map { points[2 * $0] }, positions.indices.map { points[2 * $0 + 1] })
        // What dominates a row adds more than it, and leaves it nothing.
        let order = positions.indices.sorted { (xs[$0], ys[$0], $0) < (xs[$1], ys[$1], $1) }
        var front: [Int] = []
        for row in order {
            if let last = front.last, ys[row] >= ys[last] { continue }
            front.append(row)
        }
        var gains = front.map { (reference[0] - xs[$0]) * (reference[1] - ys[$0]) }
        var isChosen = [Bool](repeating: false, count: front.count)
        var chosen: [Int] = []
        while chosen.count < wanted {
            var best = -1
            for place in gains.indices where gains[place] > 0 {
                if best < 0 || (gains[place], front[best]) > (gains[best], front[place]) { best = place }
            }
            guard best >= 0 else { break }
            chosen.append(front[best])
            isChosen[best] = true
            gains[best] = 0
            // What the new step takes from those between it and the next ones.
            var right = best + 1
            while right < front.count, !isChosen[right] { right += 1 }
            for place in best + 1..<right {
                let end = right < front.count ? xs[front[right]] : reference[0]
                gains[place] = (end - xs[front[place]]) * (ys[front[best]] - ys[front[place]])
            }
            var left = best - 1
            while left >= 0, !isChosen[left] { left -= 1 }
            for place in left + 1..<best {
                let top = left >= 0 ? ys[front[left]] : reference[1]
                gains[place] = (xs[front[best]] - xs[front[place]]) * (top - ys[front[place]])
            }
        }
        return chosen
    }
}
