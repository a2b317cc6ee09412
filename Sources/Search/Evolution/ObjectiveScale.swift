/// The scale of the objectives that NSGA-III measures by, and its choice among the members of a front.
///
/// Source: Deb and Jain 2014, An Evolutionary Many-Objective Optimization Algorithm Using Reference-Point-Based Nondominated Sorting, sections
/// IV.C to IV.E.
struct ObjectiveScale: Sendable {
    /// The best value of each objective so far.
    private var ideal: [Double] = []
    /// The points that are extreme in each objective, `[objectives][objectives]`.
    private var extremes: [[Double]] = []

    /// Notes the losses of feasible outcomes.
    mutating func include(_ outcomes: [Outcome]) {
        for outcome in outcomes where outcome.violation <= 0 && outcome.losses.allSatisfy(\.isFinite) {
            if ideal.isEmpty { ideal = outcome.losses }
            for objective in ideal.indices { ideal[objective] = min(ideal[objective], outcome.losses[objective]) }
        }
    }

    /// The `room` positions of the last front that fill the emptiest niches.
    mutating func niches(
        _ union: [Outcome], taken: [Int], last: [Int], _ room: Int, _ directions: [[Double]], _ generator: inout TrialGenerator
    ) -> Set<Int> {
        include(last.map { union[$0] })
        guard !ideal.isEmpty, !directions.isEmpty else { return Set(last.prefix(room)) }
        let considered = (taken + last).filter { union[$0].violation <= 0 && union[$0].losses.allSatisfy(\.isFinite) }
        let losses = considered.map { union[$0].losses }
        let widths = widths(losses)
        var niche: [Int: Int] = [:]
        var distance: [Int: Double] = [:]
        for (position, point) in zip(considered, losses) {
            let scaled = point.indices.map { (point[$0] - ideal[$0]) / widths[$0] }
            (niche[position], distance[position]) = Self.nearest(scaled, directions)
        }
        var counts = [Int](repeating: 0, count: directions.count)
        for position in taken { if let place = niche[position] { counts[place] += 1 } }
        var candidates = Dictionary(grouping: last.filter { niche[$0] != nil }) { niche[$0] ?? 0 }
        var chosen = Set<Int>()
        while chosen.count < room, !candidates.isEmpty {
            let fewest = candidates.keys.map { counts[$0] }.min() ?? 0
            let niches = candidates.keys.filter { counts[$0] == fewest }.sorted()
            let place = niches[Int(generator.next() % UInt64(niches.count))]
            var members = candidates[place] ?? []
            // The nearest to the line of an empty niche, any of another.
            let index =
                fewest == 0
                ? members.indices.min { (distance[members[$0]] ?? 0, $0) < (distance[members[$1]] ?? 0, $1) } ?? 0
                : Int(generator.next() % UInt64(members.count))
            chosen.insert(members.remove(at: index))
            counts[place] += 1
            candidates[place] = members.isEmpty ? nil : members
        }
        // Points with infinite losses have no niche.
        for position in last where chosen.count < room { chosen.insert(position) }
        return chosen
    }

    /// From the ideal point to where the hyperplane through the extreme points meets each axis, or to the worst values where it does not.
    private mutating func widths(_ losses: [[Double]]) -> [Double] {
        let objectives = ideal.count
        let shifted = (losses + extremes).map { point in point.indices.map { point[$0] - ideal[$0] } }
        let sources = losses + extremes
        extremes = (0..<objectives).map { axis in
            func achievement(_ point: [Double]) -> Double {
                var worst = 0.0
                for objective in 0..<objectives { worst = max(worst, point[objective] / (objective == axis ? 1 : 1e-6)) }
                return worst
            }
            let best = shifted.indices.min { (achievement(shifted[$0]), $0) < (achievement(shifted[$1]), $1) } ?? 0
            return sources[best]
        }
        let worst = (0..<objectives).map { objective in losses.map { $0[objective] - ideal[objective] }.max() ?? 1 }
        let matrix = extremes.map { point in point.indices.map { point[$0] - ideal[$0] } }
        let plane = Self.solved(matrix, [Double](repeating: 1, count: objectives))
        return (0..<objectives).map { objective in
            let fallback = max(worst[objective], 1e-12)
            guard let plane, plane[objective] > 0 else { return fallback }
            let intercept = 1 / plane[objective]
            return intercept > 1e-6 && intercept <= worst[objective] * 1.000_001 ? intercept : fallback
        }
    }

    /// The direction whose line is nearest, and how far it is.
    private static func nearest(_ point: [Double], _ directions: [[Double]]) -> (place: Int, distance: Double) {
        var (best, bestDistance) = (0, Double.infinity)
        for (place, direction) in directions.enumerated() {
            var (product, norm, square) = (0.0, 0.0, 0.0)
            for objective in point.indices {
                product += point[objective] * direction[objective]
                norm += direction[objective] * direction[objective]
                square += point[objective] * point[objective]
            }
            let distance = square - product * product / norm
            if distance < bestDistance { (best, bestDistance) = (place, distance) }
        }
        return (best, bestDistance)
    }

    /// The solution of a small linear system; nil when it is singular.
    private static func solved(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        let count = right.count
        var rows = zip(matrix, right).map { $0 + [$1] }
        for column in 0..<count {
            guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }), abs(rows[pivot][column]) > 1e-12
            else { return nil }
            rows.swapAt(column, pivot)
            for row in 0..<count where row != column {
                let factor = rows[row][column] / rows[column][column]
                for place in column...count { rows[row][place] -= factor * rows[column][place] }
            }
        }
        return (0..<count).map { rows[$0][count] / rows[$0][$0] }
    }
}

/// Reference points on the unit simplex.
enum ReferencePoints {
    /// All points whose coordinates are multiples of 1/`partitions` (Das and Dennis 1998), `[points, objectives]`.
    static func lattice(_ objectives: Int, partitions: Int) -> [[Double]] {
        func parts(_ objectives: Int, _ rest: Int) -> [[Int]] {
            if objectives == 1 { return [[rest]] }
            return (0...rest).flatMap { first in parts(objectives - 1, rest - first).map { [first] + $0 } }
        }
        return parts(objectives, partitions).map { $0.map { Double($0) / Double(partitions) } }
    }

    /// About as many points as `count`: the finest lattice that has no more, with a coarser one inside where it has none but the borders
    /// (Deb and Jain 2014, section IV.B).
    static func about(_ count: Int, objectives: Int) -> [[Double]] {
        guard objectives > 1 else { return [[1]] }
        func size(_ partitions: Int) -> Int {
            var size = 1.0
            for step in 1..<objectives { size = size * Double(partitions + step) / Double(step) }
            return Int(min(size.rounded(), 1e9))
        }
        var partitions = 1
        while size(partitions + 1) <= max(count, objectives) { partitions += 1 }
        let outer = lattice(objectives, partitions: partitions)
        guard partitions < objectives else { return outer }
        let inner = lattice(objectives, partitions: max(partitions - 1, 1)).map { point in
            point.map { $0 / 2 + 0.5 / Double(objectives) }
        }
        return outer + inner
    }
}
