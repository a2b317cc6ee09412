/// Pareto fronts. Losses are `[points, objectives]`, lower is better.
public enum Front {
    /// Whether a point is no worse in every objective and better in one.
    public static func dominates(_ left: [Double], _ right: [Double]) -> Bool {
        var better = false
        for objective in left.indices {
            if left[objective] > right[objective] { return false }
            if left[objective] < right[objective] { better = true }
        }
        return better
    }

    /// The front of each point: 0 for those that none dominates, 1 for those left when these are gone, and so on. A NaN counts as +∞.
    ///
    /// Cost: points · log points for two objectives, points · log² points for three, at worst points² · objectives for more.
    public static func ranks(_ losses: [[Double]]) -> [Int] { NondominatedSort.ranks(losses) }

    /// The positions of the points that none dominates, in their order. Cost: as ``ranks(_:)``.
    public static func members(_ losses: [[Double]]) -> [Int] { zip(losses.indices, ranks(losses)).filter { $0.1 == 0 }.map(\.0) }

    /// The positions of the points front by front, in their order within each. Cost: as ``ranks(_:)``.
    public static func fronts(_ losses: [[Double]]) -> [[Int]] {
        let ranks = ranks(losses)
        var fronts = [[Int]](repeating: [], count: (ranks.max() ?? -1) + 1)
        for position in losses.indices { fronts[ranks[position]].append(position) }
        return fronts
    }

    /// Positions from best to worst: by value for one objective; for several by front, then the less crowded first. Ties keep
    /// their order.
    public static func order(_ losses: [[Double]]) -> [Int] {
        guard let objectives = losses.first?.count else { return [] }
        if objectives == 1 {
            let keys = losses.map { $0[0] }
            return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        }
        let fronts = fronts(losses)
        // Front by front, each sorted by itself.
        return fronts.flatMap { members -> [Int] in
            let distances = crowdingDistances(members.map { losses[$0] })
            return members.indices.sorted { (-distances[$0], $0) < (-distances[$1], $1) }.map { members[$0] }
        }
    }

    /// Positions from best to worst where points may violate constraints: feasible ones first, by ``order(_:)``, then the others by how
    /// much they violate in all (Deb et al. 2002, section VI.A).
    public static func order(_ losses: [[Double]], violations: [Double]) -> [Int] {
        let feasible = losses.indices.filter { violations[$0] <= 0 }
        let others = losses.indices.filter { violations[$0] > 0 }
        return order(feasible.map { losses[$0] }).map { feasible[$0] } + others.sorted { (violations[$0], $0) < (violations[$1], $1) }
    }

    /// The size of the gap that each point fills in its front, infinite at the ends (Deb et al. 2002, section III.B).
    public static func crowdingDistances(_ losses: [[Double]]) -> [Double] {
        var distances = [Double](repeating: 0, count: losses.count)
        guard let objectives = losses.first?.count else { return [] }
        for objective in 0..<objectives {
            let order = losses.indices.sorted { (losses[$0][objective], $0) < (losses[$1][objective], $1) }
            guard let first = order.first, let last = order.last else { continue }
            distances[first] = .infinity
            distances[last] = .infinity
            let range = losses[last][objective] - losses[first][objective]
            guard range > 0, range.isFinite, order.count > 2 else { continue }
            for position in 1..<order.count - 1 {
                let gap = losses[order[position + 1]][objective] - losses[order[position - 1]][objective]
                distances[order[position]] += gap / range
            }
        }
        return distances
    }
}
