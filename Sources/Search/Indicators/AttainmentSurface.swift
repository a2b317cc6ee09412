/// What several runs of a search attain of two objectives: the picture of how good a method is and how far that is chance.
///
/// A run attains a goal where one of its points is as good in both objectives. The surface of a level is the border of the goals that at
/// least so many runs attain (Fonseca and Fleming 1996, On the Performance Assessment and Comparison of Stochastic Multiobjective
/// Optimizers).
public struct AttainmentSurface: Sendable {
    private let runs: [[[Double]]]

    /// - Parameter runs: `[runs][points][2]` of losses; points with a NaN are left out, as are those with another number of objectives.
    public init(runs: [[[Double]]]) {
        self.runs = runs.map { run in
            let points = run.filter { $0.count == 2 && !$0.contains(where: \.isNaN) }
            return Front.members(points).map { points[$0] }.sorted { $0[0] < $1[0] }
        }
    }

    /// What any run attains.
    public var best: [[Double]] { corners(attainedBy: 1) }
    /// What half of the runs attain.
    public var median: [[Double]] { corners(attainedBy: (runs.count + 1) / 2) }
    /// What every run attains.
    public var worst: [[Double]] { corners(attainedBy: runs.count) }

    /// The share of runs that attain a goal.
    public func share(attaining goal: [Double]) -> Double {
        guard !runs.isEmpty, goal.count == 2 else { return 0 }
        return Double(runs.count { run in run.contains { $0[0] <= goal[0] && $0[1] <= goal[1] } }) / Double(runs.count)
    }

    /// The corners of the staircase that at least `level` runs attain, by rising first objective; empty where fewer have points.
    ///
    /// Cost: all points · log points + all points · runs.
    public func corners(attainedBy level: Int) -> [[Double]] {
        guard level >= 1, level <= runs.count else { return [] }
        var events = runs.indices.flatMap { run in runs[run].map { (x: $0[0], y: $0[1], run: run) } }
        events.sort { ($0.x, $0.y, $0.run) < ($1.x, $1.y, $1.run) }
        // Each run's lowest second objective so far; none is +∞, and so is a point there.
        var lowest = [Double](repeating: .infinity, count: runs.count)
        var corners: [[Double]] = []
        var next = 0
        while next < events.count {
            let x = events[next].x
            while next < events.count, events[next].x == x {
                lowest[events[next].run] = min(lowest[events[next].run], events[next].y)
                next += 1
            }
            let height = lowest.sorted()[level - 1]
            if height < corners.last?[1] ?? .infinity { corners.append([x, height]) }
        }
        return corners
    }
}
