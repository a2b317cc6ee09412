import Foundation

/// Finds where an acquisition is largest: many candidates, then climbs from the best of them.
///
/// As in Optuna 5, a climb alternates quasi-Newton steps over what is continuous and a pass over the values of what is discrete, until
/// neither helps. Ours adds candidates around the best points known.
struct AcquisitionMaximizer {
    let inputs: ModelInputs
    let acquisition: Acquisition
    /// Coordinates of the best points known, best first.
    let incumbents: [[Double]]

    /// Points of the process times candidates are kept below this: the cost of scoring grows with their product.
    private static let scoringWork = 400_000_000
    /// Few trials make a simple landscape: the fewer they are, the fewer candidates find its hills.
    private static let mostCandidates = 2048
    /// How many climbs there are.
    private static let starts = 7
    private static let mostRounds = 4
    private static let mostIterations = 60

    struct Found {
        /// One coordinate per dimension.
        var units: [Double]
        var features: [Double]
        var value: Double
    }

    /// Local maxima and then the candidates, each best first.
    func run(using generator: inout TrialGenerator) -> [Found] {
        let candidates = score(candidates(using: &generator)).sorted { $0.value > $1.value }
        guard let best = candidates.first else { return [] }
        var chosen = [best] + score(Array(incumbents.prefix(3)))
        // The rest by roulette: good ones are likelier, but not all from the same hill.
        var pool = Array(candidates.dropFirst())
        while chosen.count < Self.starts, !pool.isEmpty {
            let weights = pool.map { exp(max($0.value - best.value, -50)) }
            var target = generator.uniform() * weights.reduce(0, +)
            var index = 0
            while index + 1 < pool.count, target >= weights[index] {
                target -= weights[index]
                index += 1
            }
            chosen.append(pool.remove(at: index))
        }
        let maxima = chosen.map(climb).sorted { $0.value > $1.value }
        return maxima + candidates
    }

    private func candidates(using generator: inout TrialGenerator) -> [[Double]] {
        let dimensions = inputs.dimensions.count
        let size = max(acquisition.largestCount, 1)
        let count = min(Self.mostCandidates, 128 * (dimensions + 2), 32 + 12 * size, max(Self.scoringWork / (size * size), 64))
        var candidates = StratifiedDraws.uniform(count, dimensions: dimensions, using: &generator)
        // The likely and the unlikely by halves: the longer the search, the less a belief counts.
        if acquisition.belief != nil { for index in 0..<count / 2 { candidates[index] = inputs.believed(candidates[index]) } }
        candidates = candidates.map(inputs.snapped)
        guard !incumbents.isEmpty else { return candidates }
        let share = min(1, 8 / Double(max(dimensions, 1)))
        for index in 0..<count / 4 {
            var units = incumbents[index % incumbents.count]
            let width = [0.2, 0.05, 0.01][index % 3]
            for (k, dimension) in inputs.dimensions.enumerated() where generator.uniform() < share {
                if let levels = dimension.levels {
                    if generator.uniform() < 0.3 { units[k] = levels[Int(generator.uniform() * Double(levels.count))] }
                } else {
                    units[k] += width * generator.normal()
                }
            }
            candidates.append(inputs.snapped(units))
        }
        return candidates
    }

    /// Values of snapped coordinates; forbidden ones are left out.
    private func score(_ points: [[Double]]) -> [Found] {
        let allowed = points.compactMap { units in inputs.features(units).map { (units, $0) } }
        let values = acquisition.values(at: allowed.map(\.1))
        return zip(allowed, values).map { Found(units: $0.0, features: $0.1, value: $1.isNaN ? -.infinity : $1) }
    }

    private func climb(_ start: Found) -> Found {
        var best = start
        for _ in 0..<Self.mostRounds {
            let before = best.value
            if let moved = climbNumbers(best), moved.value > best.value { best = moved }
            let hasLevels = passLevels(&best)
            guard hasLevels, best.value > before + 1e-4 else { break }
        }
        return best
    }

    /// Quasi-Newton steps over the numbers that are active and have many values, in units of their length-scales.
    private func climbNumbers(_ start: Found) -> Found? {
        let movable = inputs.dimensions.indices.filter { index in
            let dimension = inputs.dimensions[index]
            return dimension.levels == nil && dimension.indicator.map { start.features[$0] == 1 } ?? true
        }
        guard !movable.isEmpty else { return nil }
        let scales = movable.map { index in
            let largest = acquisition.processes.map { $0.kernel.scales[inputs.layout.features[index].scale] }.max() ?? 1
            return min(max(largest.squareRoot(), 0.1), 30)
        }
        var search = LBFGS(lower: movable.map { _ in 0 }, upper: scales)
        search.maximumIterations = Self.mostIterations
        search.gradientTolerance = 1e-4
        search.valueTolerance = 1e-7
        search.firstStep = 0.1
        var features = start.features
        let found = search.minimize(from: zip(movable, scales).map { start.units[$0] * $1 }) { point, gradient in
            for (k, index) in movable.enumerated() { features[index] = point[k] / scales[k] }
            let (value, slopes) = acquisition.value(at: features)
            for (k, index) in movable.enumerated() { gradient[k] = -slopes[index] / scales[k] }
            return value.isNaN ? .infinity : -value
        }
        var units = start.units
        for (k, index) in movable.enumerated() { units[index] = found.point[k] / scales[k] }
        let isRounded = movable.contains { inputs.dimensions[$0].isDiscrete }
        return score([isRounded ? inputs.snapped(units) : units.map { min(max($0, 0), 1) }]).first
    }

    /// Tries the other values of every discrete dimension, and keeps the best.
    ///
    /// - Returns: Whether there is such a dimension.
    private func passLevels(_ best: inout Found) -> Bool {
        var hasLevels = false
        for (index, dimension) in inputs.dimensions.enumerated() where dimension.isDiscrete {
            hasLevels = true
            if let indicator = dimension.indicator, best.features[indicator] != 1 { continue }
            let current = best.units[index]
            let others = (dimension.levels ?? dimension.neighbours(of: current)).filter { $0 != current }
            let tried = score(
                others.map { level in
                    var units = best.units
                    units[index] = level
                    return units
                })
            for found in tried where found.value > best.value { best = found }
        }
        return hasLevels
    }
}

extension Acquisition {
    var processes: [GaussianProcess] { objectives + constraints.map(\.process) }

    /// The points of the largest process.
    var largestCount: Int { processes.map(\.count).max() ?? 0 }
}
