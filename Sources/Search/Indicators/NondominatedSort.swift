/// Fronts of points without comparing each with each.
///
/// Points come in lexicographic order, so that none dominates an earlier one, and each is put into the first front of which no member
/// dominates it. The fronts are searched by halving: who is dominated by one front is dominated by all before it. A NaN counts as +∞.
enum NondominatedSort {
    /// The front of each point.
    ///
    /// Cost: points · log points for two objectives (Jensen 2003, Reducing the Run-Time Complexity of Multiobjective EAs), points · log²
    /// points for three, where a front is kept as a staircase of the last two; for more that of an efficient non-dominated sort (Zhang et
    /// al. 2015, An Efficient Approach to Nondominated Sorting for Evolutionary Multiobjective Optimization), at worst points² · objectives.
    static func ranks(_ losses: [[Double]]) -> [Int] {
        guard let objectives = losses.first?.count, objectives > 0 else { return losses.map { _ in 0 } }
        var points: [Double] = []
        points.reserveCapacity(losses.count * objectives)
        for row in losses { for objective in 0..<objectives { points.append(row[objective].isNaN ? .infinity : row[objective]) } }
        let order = lexicographicOrder(points, count: losses.count, objectives)
        var fronts = Fronts(objectives)
        var ranks = [Int](repeating: 0, count: losses.count)
        points.withUnsafeBufferPointer { points in
            var last: (row: Int, rank: Int)?
            for row in order {
                let point = UnsafeBufferPointer(rebasing: points[row * objectives..<(row + 1) * objectives])
                if let last, (0..<objectives).allSatisfy({ point[$0] == points[last.row * objectives + $0] }) {
                    ranks[row] = last.rank
                    continue
                }
                ranks[row] = fronts.insert(point)
                last = (row, ranks[row])
            }
        }
        return ranks
    }

    /// Rows by the first objective, equal ones by the second, and so on; the same rows by position.
    static func lexicographicOrder(_ points: [Double], count: Int, _ objectives: Int) -> [Int] {
        points.withUnsafeBufferPointer { points in
            (0..<count).sorted { left, right in
                for objective in 0..<objectives {
                    let (one, other) = (points[left * objectives + objective], points[right * objectives + objective])
                    if one != other { return one < other }
                }
                return left < right
            }
        }
    }

    /// What has been sorted so far; no two points are equal.
    private struct Fronts {
        private let objectives: Int
        /// By front: its lowest last objective (two objectives), its staircase (three), or all but the first objective of its members.
        private var lowest: [Double] = []
        private var stairs: [(xs: [Double], ys: [Double])] = []
        private var members: [[Double]] = []
        private var count = 0

        init(_ objectives: Int) { self.objectives = objectives }

        /// - Returns: The front in which the point now is.
        mutating func insert(_ point: UnsafeBufferPointer<Double>) -> Int {
            var (low, high) = (0, count)
            while low < high {
                let middle = (low + high) / 2
                if isDominated(point, by: middle) { low = middle + 1 } else { high = middle }
            }
            if low == count { open() }
            switch objectives {
            case 1: break
            case 2: lowest[low] = point[1]
            case 3: Self.add(point[1], point[2], to: &stairs[low])
            default: members[low].append(contentsOf: point.dropFirst())
            }
            return low
        }

        private mutating func open() {
            count += 1
            switch objectives {
            case 1: break
            case 2: lowest.append(.infinity)
            case 3: stairs.append(([], []))
            default: members.append([])
            }
        }

        private func isDominated(_ point: UnsafeBufferPointer<Double>, by front: Int) -> Bool {
            switch objectives {
            case 1: return true
            case 2: return lowest[front] <= point[1]
            case 3:
                let end = Self.upperBound(stairs[front].xs, point[1])
                return end > 0 && stairs[front].ys[end - 1] <= point[2]
            default:
                let width = objectives - 1
                return members[front].withUnsafeBufferPointer { members in
                    // Late members are the closest in the first objective and the likeliest to dominate.
                    var start = members.count - width
                    while start >= 0 {
                        var objective = 0
                        while objective < width, members[start + objective] <= point[objective + 1] { objective += 1 }
                        if objective == width { return true }
                        start -= width
                    }
                    return false
                }
            }
        }

        private static func upperBound(_ xs: [Double], _ x: Double) -> Int {
            var (low, high) = (0, xs.count)
            while low < high {
                let middle = (low + high) / 2
                if xs[middle] <= x { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// The point is not dominated by the staircase.
        private static func add(_ x: Double, _ y: Double, to stairs: inout (xs: [Double], ys: [Double])) {
            var start = upperBound(stairs.xs, x)
            if start > 0, stairs.xs[start - 1] == x { start -= 1 }
            var end = start
            while end < stairs.xs.count, stairs.ys[end] >= y { end += 1 }
            stairs.xs.replaceSubrange(start..<end, with: CollectionOfOne(x))
            stairs.ys.replaceSubrange(start..<end, with: CollectionOfOne(y))
        }
    }
}
