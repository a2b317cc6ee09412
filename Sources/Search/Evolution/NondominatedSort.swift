/// Pareto fronts of a population.
///
/// Points are sorted by their objectives first, so that none is dominated by a later one; each then joins the first front in which nothing
/// dominates it (Zhang et al. 2015, An Efficient Approach to Nondominated Sorting). With two objectives the last member of a front decides,
/// and the search for the front is binary.
enum NondominatedSort {
    /// Positions of the points, `[points, objectives]`, by front, the best first; rising within a front.
    static func fronts(_ losses: [[Double]]) -> [[Int]] {
        guard let objectives = losses.first?.count else { return [] }
        let order = losses.indices.sorted { left, right in
            let (a, b) = (losses[left], losses[right])
            for objective in 0..<objectives where a[objective] != b[objective] { return a[objective] < b[objective] }
            return left < right
        }
        var flat: [Double] = []
        flat.reserveCapacity(losses.count * objectives)
        for position in order { flat += losses[position] }
        // Places in the sorted order.
        var fronts: [[Int]] = []
        for place in order.indices {
            let front = objectives <= 2 ? binarySearch(fronts, place, flat, objectives) : firstFree(fronts, place, flat, objectives)
            if front == fronts.count { fronts.append([]) }
            fronts[front].append(place)
        }
        return fronts.map { front in front.map { order[$0] }.sorted() }
    }

    private static func binarySearch(_ fronts: [[Int]], _ place: Int, _ flat: [Double], _ objectives: Int) -> Int {
        var (low, high) = (0, fronts.count)
        while low < high {
            let middle = (low + high) / 2
            if dominates(flat, fronts[middle][fronts[middle].count - 1], place, objectives) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func firstFree(_ fronts: [[Int]], _ place: Int, _ flat: [Double], _ objectives: Int) -> Int {
        for front in fronts.indices {
            var isDominated = false
            // The latest members are the most likely to dominate.
            var index = fronts[front].count - 1
            while index >= 0, !isDominated {
                isDominated = dominates(flat, fronts[front][index], place, objectives)
                index -= 1
            }
            if !isDominated { return front }
        }
        return fronts.count
    }

    /// Whether a point that comes first in the sorted order dominates a later one.
    private static func dominates(_ flat: [Double], _ earlier: Int, _ later: Int, _ objectives: Int) -> Bool {
        let (a, b) = (earlier * objectives, later * objectives)
        var isBetter = false
        for objective in 0..<objectives {
            if flat[a + objective] > flat[b + objective] { return false }
            if flat[a + objective] < flat[b + objective] { isBetter = true }
        }
        return isBetter
    }
}
