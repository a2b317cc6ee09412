/// Exact dominated volumes by sweeping along one objective.
enum HypervolumeSweep {
    /// The volume that the rows dominate. All of them must be below the reference; their order changes.
    ///
    /// - Parameter points: `[count][objectives]`.
    static func volume(
        of points: UnsafeMutableBufferPointer<Double>, count: Int, objectives: Int, below reference: UnsafeBufferPointer<Double>
    ) -> Double {
        switch objectives {
        case 1: return reference[0] - (points.prefix(count).min() ?? reference[0])
        case 2: return sweepPlane(points, count, reference)
        case 3: return sweepSpace(points, count, reference)
        default: return slice(points, count, objectives, reference)
        }
    }

    /// Along the first objective: every point that is lower than all before it opens a strip.
    private static func sweepPlane(_ points: UnsafeMutableBufferPointer<Double>, _ count: Int, _ reference: UnsafeBufferPointer<Double>) -> Double {
        withOrder(of: points, count, objectives: 2, by: 0) { order in
            var area = 0.0
            var height = reference[1]
            for row in order where points[2 * row + 1] < height {
                area += (reference[0] - points[2 * row]) * (height - points[2 * row + 1])
                height = points[2 * row + 1]
            }
            return area
        }
    }

    /// Along the third objective, with the front of the other two as a staircase whose area grows.
    private static func sweepSpace(_ points: UnsafeMutableBufferPointer<Double>, _ count: Int, _ reference: UnsafeBufferPointer<Double>) -> Double {
        withOrder(of: points, count, objectives: 3, by: 2) { order in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { buffer in
                var stairs = Staircase(buffer, capacity: count, right: reference[0], top: reference[1])
                var volume = 0.0
                var depth = points[3 * order[0] + 2]
                for row in order {
                    volume += stairs.area * (points[3 * row + 2] - depth)
                    depth = points[3 * row + 2]
                    stairs.insert(points[3 * row], points[3 * row + 1])
                }
                return volume + stairs.area * (reference[2] - depth)
            }
        }
    }

    /// Along the last objective: what each row adds in the others, over those before it, reaches from its value to the reference.
    private static func slice(
        _ points: UnsafeMutableBufferPointer<Double>, _ count: Int, _ objectives: Int, _ reference: UnsafeBufferPointer<Double>
    ) -> Double {
        let width = objectives - 1
        return withOrder(of: points, count, objectives: objectives, by: width) { order in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count * width) { limited in
                var volume = 0.0
                for (place, row) in order.enumerated() {
                    let own = UnsafeBufferPointer(rebasing: points[row * objectives..<row * objectives + width])
                    var inclusive = 1.0
                    for objective in 0..<width { inclusive *= reference[objective] - own[objective] }
                    var kept = 0
                    var isCovered = false
                    for earlier in order[..<place] {
                        let other = UnsafeBufferPointer(rebasing: points[earlier * objectives..<earlier * objectives + width])
                        if limit(other, by: own, into: limited, &kept, width) {
                            isCovered = true
                            break
                        }
                    }
                    if isCovered { continue }
                    let shared = kept == 0 ? 0 : Self.volume(of: limited, count: kept, objectives: width, below: reference)
                    volume += (inclusive - shared) * (reference[width] - points[row * objectives + width])
                }
                return volume
            }
        }
    }

    /// Adds the part of a row that lies within another's box, and drops what it dominates there. True where it fills the box.
    private static func limit(
        _ row: UnsafeBufferPointer<Double>, by own: UnsafeBufferPointer<Double>, into limited: UnsafeMutableBufferPointer<Double>,
        _ kept: inout Int, _ width: Int
    ) -> Bool {
        let start = kept * width
        var isFilling = true
        for objective in 0..<width {
            if row[objective] > own[objective] { isFilling = false }
            limited[start + objective] = max(row[objective], own[objective])
        }
        if isFilling { return true }
        // The sweeps pass over dominated points at less cost than finding them here.
        guard width > 3 else {
            kept += 1
            return false
        }
        var end = 0
        for other in 0..<kept {
            var isWorse = false
            var isBetter = false
            for objective in 0..<width {
                let (new, old) = (limited[start + objective], limited[other * width + objective])
                if new > old { isWorse = true }
                if new < old { isBetter = true }
            }
            // An earlier one dominates it, so it dominates none of the others.
            if !isBetter { return false }
            if !isWorse { continue }
            if end != other { for objective in 0..<width { limited[end * width + objective] = limited[other * width + objective] } }
            end += 1
        }
        if end != kept { for objective in 0..<width { limited[end * width + objective] = limited[start + objective] } }
        kept = end + 1
        return false
    }

    /// The rows by one objective, lowest first.
    private static func withOrder(
        of points: UnsafeMutableBufferPointer<Double>, _ count: Int, objectives: Int, by objective: Int,
        _ body: (UnsafeMutableBufferPointer<Int>) -> Double
    ) -> Double {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { order in
            for row in 0..<count { order.initializeElement(at: row, to: row) }
            // Deep in the slices nearly all sets are small, and the library's sort would allocate for each.
            if count < 12 {
                for place in 1..<max(count, 1) {
                    let row = order[place]
                    var hole = place
                    while hole > 0, points[order[hole - 1] * objectives + objective] > points[row * objectives + objective] {
                        order[hole] = order[hole - 1]
                        hole -= 1
                    }
                    order[hole] = row
                }
            } else {
                var order = order
                order.sort { points[$0 * objectives + objective] < points[$1 * objectives + objective] }
            }
            return body(order)
        }
    }
}

/// The front of points in the plane, by the first coordinate, and the area that they dominate.
private struct Staircase {
    private let xs: UnsafeMutablePointer<Double>
    private let ys: UnsafeMutablePointer<Double>
    private let right: Double
    private let top: Double
    private var count = 0
    private(set) var area = 0.0

    init(_ buffer: UnsafeMutableBufferPointer<Double>, capacity: Int, right: Double, top: Double) {
        guard let base = buffer.baseAddress else { preconditionFailure("a staircase of nothing") }
        xs = base
        ys = base + capacity
        self.right = right
        self.top = top
    }

    mutating func insert(_ x: Double, _ y: Double) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if xs[middle] < x { low = middle + 1 } else { high = middle }
        }
        if low > 0, ys[low - 1] <= y { return }
        if low < count, xs[low] == x, ys[low] <= y { return }
        var height = low > 0 ? ys[low - 1] : top
        var left = x
        var end = low
        while end < count, ys[end] >= y {
            area += (xs[end] - left) * (height - y)
            left = xs[end]
            height = ys[end]
            end += 1
        }
        area += ((end < count ? xs[end] : right) - left) * (height - y)
        if end == low {
            var place = count
            while place > low {
                xs[place] = xs[place - 1]
                ys[place] = ys[place - 1]
                place -= 1
            }
            count += 1
        } else if end > low + 1 {
            let gap = end - low - 1
            for place in end..<count {
                xs[place - gap] = xs[place]
                ys[place - gap] = ys[place]
            }
            count -= gap
        }
        xs[low] = x
        ys[low] = y
    }
}
