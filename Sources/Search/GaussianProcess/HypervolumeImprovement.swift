import Foundation

/// By how much a new point is expected to enlarge the volume that a front dominates, exactly, for independent normal objectives.
///
/// What the front leaves undominated below the reference point is cut into boxes; within a box the expected growth is a product over the
/// objectives of E(u − y)⁺ − E(l − y)⁺. The logarithm is taken term by term, so that it does not vanish far from the front.
///
/// Source: Yang et al. 2019, Efficient Computation of Expected Hypervolume Improvement; logarithm as in Ament et al. 2023. Exact for
/// any number of objectives; ours cuts slab by slab, which makes fronts^(objectives − 1) boxes at worst, so only
/// ``largestFront(objectives:)`` points of the front are used.
struct HypervolumeImprovement: Sendable {
    /// Per objective: rising coordinates that boxes begin and end at; the first is −∞.
    private let coordinates: [[Double]]
    /// Positions in `coordinates`, `[boxes, objectives]` each.
    private let lower: [Int]
    private let upper: [Int]
    private let objectives: Int
    /// What variances are multiplied with.
    private let varianceShare: Double

    static func largestFront(objectives: Int) -> Int { objectives == 2 ? 500 : objectives == 3 ? 60 : objectives == 4 ? 20 : 10 }

    /// - Parameters:
    ///   - front: `[points][objectives]`, lower is better; dominated points and points beyond the reference do no harm.
    ///   - reference: Where volume ends.
    ///   - varianceShare: What variances are multiplied with: below 1, the means count for more.
    init(front: [[Double]], reference: [Double], varianceShare: Double = 1) {
        self.varianceShare = varianceShare
        objectives = reference.count
        let inside = front.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
        var points = zip(inside, Front.ranks(inside)).filter { $0.1 == 0 }.map(\.0)
        let limit = Self.largestFront(objectives: objectives)
        if points.count > limit {
            let crowding = Front.crowdingDistances(points)
            points = points.indices.sorted { (-crowding[$0], $0) < (-crowding[$1], $1) }.prefix(limit).map { points[$0] }
        }
        coordinates = reference.indices.map { objective in
            [-.infinity] + Array(Set(points.map { $0[objective] } + [reference[objective]])).sorted()
        }
        let coordinates = coordinates
        let placed = points.map { point in
            point.indices.map { objective in coordinates[objective].firstIndex(of: point[objective]) ?? 0 }
        }
        var boxes: [(lower: [Int], upper: [Int])] = []
        Self.cut(placed, ends: coordinates.map { $0.count - 1 }, objective: objectives - 1, suffix: ([], []), &boxes)
        lower = boxes.flatMap(\.lower)
        upper = boxes.flatMap(\.upper)
    }

    /// Cuts the space of the objectives up to one into slabs along that one; a slab is undominated where the points that begin
    /// below it do not dominate in the others.
    private static func cut(
        _ points: [[Int]], ends: [Int], objective: Int, suffix: (lower: [Int], upper: [Int]), _ boxes: inout [(lower: [Int], upper: [Int])]
    ) {
        if objective == 0 {
            let end = points.map { $0[0] }.min() ?? ends[0]
            if end > 0 { boxes.append(([0] + suffix.lower, [end] + suffix.upper)) }
            return
        }
        let cuts = Array(Set(points.map { $0[objective] } + [ends[objective]])).sorted()
        var low = 0
        for high in cuts where high > low {
            let below = points.filter { $0[objective] <= low }
            cut(below, ends: ends, objective: objective - 1, suffix: ([low] + suffix.lower, [high] + suffix.upper), &boxes)
            low = high
        }
    }

    /// The logarithm with its derivatives by the means and the variances, one of each per objective.
    func logExpected(_ moments: [(mean: Double, variance: Double)]) -> (value: Double, byMeans: [Double], byVariances: [Double]) {
        let deviations = moments.map { ($0.variance * varianceShare).squareRoot() }
        // Per objective and coordinate t: log E(t − y)⁺ and its derivatives by mean and deviation.
        var logs: [[Double]] = []
        var meanSlopes: [[Double]] = []
        var deviationSlopes: [[Double]] = []
        for objective in 0..<objectives {
            let deviation = deviations[objective]
            var (log, byMean, byDeviation) = ([-Double.infinity], [0.0], [0.0])
            for coordinate in coordinates[objective].dropFirst() {
                let z = (coordinate - moments[objective].mean) / deviation
                let (value, slope) = NormalTails.logExcess(z)
                log.append(value + Foundation.log(deviation))
                byMean.append(-slope / deviation)
                byDeviation.append((1 - slope * z) / deviation)
            }
            logs.append(log)
            meanSlopes.append(byMean)
            deviationSlopes.append(byDeviation)
        }
        let boxCount = lower.count / max(objectives, 1)
        var terms = [Double](repeating: 0, count: boxCount)
        var factors = [Double](repeating: 0, count: lower.count)
        var largest = -Double.infinity
        for box in 0..<boxCount {
            var sum = 0.0
            for objective in 0..<objectives {
                let k = box * objectives + objective
                factors[k] = NormalTails.logDifference(logs[objective][upper[k]], logs[objective][lower[k]])
                sum += factors[k]
            }
            terms[box] = sum
            largest = max(largest, sum)
        }
        var byMeans = [Double](repeating: 0, count: objectives)
        var byDeviations = byMeans
        guard largest > -.infinity else { return (-1e300, byMeans, byDeviations) }
        var total = 0.0
        for box in 0..<boxCount { total += exp(terms[box] - largest) }
        for box in 0..<boxCount {
            let share = exp(terms[box] - largest) / total
            guard share > 1e-12 else { continue }
            for objective in 0..<objectives {
                let k = box * objectives + objective
                let (u, l) = (upper[k], lower[k])
                let above = exp(min(logs[objective][u] - factors[k], 50))
                let below = logs[objective][l] > -.infinity ? exp(min(logs[objective][l] - factors[k], 50)) : 0
                byMeans[objective] += share * (above * meanSlopes[objective][u] - below * meanSlopes[objective][l])
                byDeviations[objective] += share * (above * deviationSlopes[objective][u] - below * deviationSlopes[objective][l])
            }
        }
        return (largest + log(total), byMeans, (0..<objectives).map { varianceShare * byDeviations[$0] / (2 * deviations[$0]) })
    }
}
