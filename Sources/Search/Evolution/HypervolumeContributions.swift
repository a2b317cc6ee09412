/// What each point of a front adds to the dominated volume, fast enough to be asked after every trial: where ``Hypervolume`` measures a
/// volume for each point of three objectives, one pass over a grid gives all.
enum HypervolumeContributions {
    /// The volume that only this point dominates, per point; exact for two and three objectives, estimated for more.
    ///
    /// - Parameters:
    ///   - losses: `[points, objectives]`, none dominated by another, all finite.
    ///   - reference: The worst corner of the volume.
    static func of(_ losses: [[Double]], reference: [Double], _ generator: inout TrialGenerator) -> [Double] {
        switch reference.count {
        case ...2: Hypervolume.contributions(losses, reference: reference)
        case 3: space(losses, reference)
        default: sampled(losses, reference, &generator)
        }
    }

    /// Columns over the grid of all first and second coordinates: in each only the lowest point adds anything, down from the second lowest.
    ///
    /// The two lowest of a cell are those of its neighbours to the left and below, and the points at its own corner. Cost: points².
    private static func space(_ losses: [[Double]], _ reference: [Double]) -> [Double] {
        let count = losses.count
        let byX = losses.indices.sorted { (losses[$0][0], $0) < (losses[$1][0], $1) }
        let byY = losses.indices.sorted { (losses[$0][1], $0) < (losses[$1][1], $1) }
        var columnOfPoint = [Int](repeating: 0, count: count)
        for (column, point) in byX.enumerated() { columnOfPoint[point] = column }
        let x = byX.map { losses[$0][0] } + [reference[0]]
        let y = byY.map { losses[$0][1] } + [reference[1]]
        let z = losses.map { $0[2] } + [reference[2]]
        // Each point has a column and a row of its own; cells between equal coordinates have no area. `count` stands for no point.
        var volumes = [Double](repeating: 0, count: count)
        var lowest = [Int](repeating: count, count: count)
        var second = [Int](repeating: count, count: count)
        for row in 0..<count {
            let height = min(y[row + 1], reference[1]) - y[row]
            let owner = byY[row]
            var (left, leftSecond) = (count, count)
            for column in 0..<count {
                var (first, next) = (lowest[column], second[column])
                func add(_ point: Int) {
                    guard point != count, point != first, point != next else { return }
                    if first == count || z[point] < z[first] {
                        (first, next) = (point, first)
                    } else if next == count || z[point] < z[next] {
                        next = point
                    }
                }
                add(left)
                add(leftSecond)
                if columnOfPoint[owner] == column { add(owner) }
                (lowest[column], second[column]) = (first, next)
                (left, leftSecond) = (first, next)
                guard first != count else { continue }
                let area = (min(x[column + 1], reference[0]) - x[column]) * height
                if area > 0 { volumes[first] += area * max(min(z[next], reference[2]) - z[first], 0) }
            }
        }
        return volumes
    }

    /// The share of random points of the box that exactly one point dominates, times the box (Bader and Zitzler 2011).
    private static func sampled(_ losses: [[Double]], _ reference: [Double], _ generator: inout TrialGenerator) -> [Double] {
        let objectives = reference.count
        let low = (0..<objectives).map { objective in losses.map { $0[objective] }.min() ?? 0 }
        var counts = [Double](repeating: 0, count: losses.count)
        let flat = losses.flatMap { $0 }
        var probe = [Double](repeating: 0, count: objectives)
        for _ in 0..<samples {
            for objective in 0..<objectives {
                probe[objective] = low[objective] + generator.uniform() * (reference[objective] - low[objective])
            }
            var owner: Int?
            var isShared = false
            for point in losses.indices where !isShared {
                var dominates = true
                for objective in 0..<objectives where flat[point * objectives + objective] > probe[objective] {
                    dominates = false
                    break
                }
                guard dominates else { continue }
                isShared = owner != nil
                owner = point
            }
            if let owner, !isShared { counts[owner] += 1 }
        }
        let box = zip(low, reference).reduce(1) { $0 * max($1.1 - $1.0, 0) }
        return counts.map { $0 / Double(samples) * box }
    }

    private static var samples: Int { 4000 }
}
