/// Figures that say how good a front is, or how much better than another.
///
/// Fronts are `[points][objectives]` of losses, lower is better; scale them by one ``FrontScale`` first. Distances from an empty front
/// are infinite, to an empty one 0. Of these only the two epsilons and IGD+ never prefer a front that another one covers.
public enum QualityIndicators {
    /// The mean distance of the reference front's points to the nearest one of `front` (inverted generational distance).
    public static func igd(_ front: [[Double]], to reference: [[Double]]) -> Double {
        mean(reference) { z in nearest(front, z) { ($0 - $1) * ($0 - $1) } }
    }

    /// As ``igd(_:to:)``, but what is better than the reference in an objective has no distance there (Ishibuchi et al. 2015, Modified
    /// Distance Calculation in Generational Distance and Inverted Generational Distance).
    public static func igdPlus(_ front: [[Double]], to reference: [[Double]]) -> Double {
        mean(reference) { z in nearest(front, z) { max($0 - $1, 0) * max($0 - $1, 0) } }
    }

    /// The mean distance of the front's own points to the nearest one of the reference front (generational distance).
    public static func generationalDistance(_ front: [[Double]], to reference: [[Double]]) -> Double {
        mean(front) { a in nearest(reference, a) { ($0 - $1) * ($0 - $1) } }
    }

    /// The smallest shift of all losses after which `front` covers the reference front (Zitzler et al. 2003); negative where there is
    /// room.
    public static func additiveEpsilon(_ front: [[Double]], to reference: [[Double]]) -> Double {
        epsilon(front, reference) { $0 - $1 }
    }

    /// The smallest factor on all losses after which `front` covers the reference front; losses must be above 0, otherwise NaN.
    public static func multiplicativeEpsilon(_ front: [[Double]], to reference: [[Double]]) -> Double {
        guard front.joined().allSatisfy({ $0 > 0 }), reference.joined().allSatisfy({ $0 > 0 }) else { return .nan }
        return epsilon(front, reference) { $0 / $1 }
    }

    /// The mean over weights of the smallest weighted Chebyshev distance to the ideal point (Hansen and Jaszkiewicz 1998); needs no
    /// reference front.
    ///
    /// - Parameters:
    ///   - ideal: The point to come near to; 0 in every objective of a scaled front.
    ///   - weights: `[weights][objectives]`; ``weights(objectives:divisions:)`` spreads some evenly.
    public static func r2(_ front: [[Double]], ideal: [Double], weights: [[Double]]) -> Double {
        mean(weights) { weight in
            front.reduce(Double.infinity) { best, point in
                var largest = 0.0
                for objective in weight.indices { largest = max(largest, weight[objective] * abs(point[objective] - ideal[objective])) }
                return min(best, largest)
            }
        }
    }

    /// All weights whose parts are multiples of 1 / divisions and sum to 1 (Das and Dennis 1998), in lexicographic order.
    public static func weights(objectives: Int, divisions: Int) -> [[Double]] {
        guard objectives > 0, divisions > 0 else { return [] }
        func extended(_ parts: [Int], rest: Int) -> [[Int]] {
            if parts.count == objectives - 1 { return [parts + [rest]] }
            return (0...rest).flatMap { extended(parts + [$0], rest: rest - $0) }
        }
        return extended([], rest: divisions).map { $0.map { Double($0) / Double(divisions) } }
    }

    /// How unevenly a front of two objectives is spread: 0 where its points are equally far apart and reach the ends (Deb et al. 2002,
    /// section V.A). It says nothing about how good they are. NaN for other numbers of objectives and for fewer than two points.
    ///
    /// - Parameter ends: The two ends of the reference front; the front's own when nil.
    public static func spread(_ front: [[Double]], ends: [[Double]]? = nil) -> Double {
        guard front.count > 1, front.allSatisfy({ $0.count == 2 }) else { return .nan }
        let sorted = front.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        let gaps = zip(sorted, sorted.dropFirst()).map(distance)
        let average = gaps.reduce(0, +) / Double(gaps.count)
        var outside = 0.0
        if let ends, let first = ends.min(by: { $0[0] < $1[0] }), let last = ends.max(by: { $0[0] < $1[0] }) {
            outside = distance(sorted[0], first) + distance(sorted[sorted.count - 1], last)
        }
        let whole = outside + Double(gaps.count) * average
        return whole > 0 ? (outside + gaps.reduce(0) { $0 + abs($1 - average) }) / whole : 0
    }

    /// The share of `other` that `front` weakly dominates (Zitzler and Thiele 1999). Not symmetric: look at both ways round.
    public static func coverage(_ front: [[Double]], of other: [[Double]]) -> Double {
        guard !other.isEmpty else { return 0 }
        let covered = other.count { point in
            front.contains { member in point.indices.allSatisfy { member[$0] <= point[$0] } }
        }
        return Double(covered) / Double(other.count)
    }

    private static func mean<Element>(_ items: [Element], _ value: (Element) -> Double) -> Double {
        items.isEmpty ? 0 : items.reduce(0) { $0 + value($1) } / Double(items.count)
    }

    private static func nearest(_ front: [[Double]], _ point: [Double], _ square: (Double, Double) -> Double) -> Double {
        var smallest = Double.infinity
        for member in front {
            var sum = 0.0
            for objective in point.indices { sum += square(member[objective], point[objective]) }
            smallest = min(smallest, sum)
        }
        return smallest.squareRoot()
    }

    private static func epsilon(_ front: [[Double]], _ reference: [[Double]], _ excess: (Double, Double) -> Double) -> Double {
        guard !reference.isEmpty else { return 0 }
        var largest = -Double.infinity
        for z in reference {
            var smallest = Double.infinity
            for member in front {
                var worst = -Double.infinity
                for objective in z.indices { worst = max(worst, excess(member[objective], z[objective])) }
                smallest = min(smallest, worst)
            }
            largest = max(largest, smallest)
        }
        return largest
    }

    private static func distance(_ one: [Double], _ other: [Double]) -> Double {
        zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}
