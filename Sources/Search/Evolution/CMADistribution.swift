import Foundation
import SearchSpaces

/// What CMA-ES draws from, and how a generation changes it.
///
/// Numbers are normal; choices have probabilities of their own. Source: Hansen 2016; Hamano et al. 2022, CMA-ES with Margin, for whole numbers
/// and ranks: no value next to the mean becomes too rare to be tried. The probabilities of choices follow the weighted good half, with a floor,
/// in the spirit of CatCMA (Hamano et al. 2024).
struct CMADistribution: Sendable {
    let constants: CMAConstants
    private(set) var mean: [Double]
    private(set) var step: Double
    private(set) var covariance: CMACovariance
    /// What the margin adds to the scale of each dimension.
    private(set) var margins: [Double]
    private(set) var probabilities: [[Double]]
    private let startStep: Double
    private var stepPath: [Double]
    private var shapePath: [Double]
    private var generation = 0
    /// The best and the worst loss of each of the latest generations.
    private var bests: [Double] = []
    private var worsts: [Double] = []

    init(_ genes: CMAGenes, mean: [Double], step: Double, population: Int) {
        let count = genes.numeric.count
        constants = CMAConstants(dimensions: count, population: population, isDiagonal: genes.isDiagonal)
        self.mean = mean
        self.step = step
        startStep = step
        covariance = CMACovariance(dimensions: count, isDiagonal: genes.isDiagonal)
        margins = [Double](repeating: 1, count: count)
        probabilities = genes.choices.map { [Double](repeating: 1 / Double($0.count), count: $0.count) }
        stepPath = [Double](repeating: 0, count: count)
        shapePath = stepPath
    }

    /// A point of the space, NaN where there is nothing to draw. Continuous numbers are redrawn until all lie in [0, 1], then clipped.
    func draw(_ genes: CMAGenes, _ generator: inout TrialGenerator) -> [Double] {
        var point = [Double](repeating: .nan, count: genes.length)
        let count = constants.dimensions
        var x = mean
        var z = [Double](repeating: 0, count: count)
        for _ in 0..<10 * count {
            for i in 0..<count { z[i] = generator.normal() }
            let y = covariance.shaped(z)
            var isInside = true
            for i in 0..<count {
                x[i] = mean[i] + step * margins[i] * y[i]
                if genes.numeric[i].scale == nil, x[i] < 0 || x[i] > 1 { isInside = false }
            }
            if isInside { break }
        }
        for i in 0..<count { point[genes.numeric[i].position] = genes.numeric[i].scale == nil ? min(max(x[i], 0), 1) : x[i] }
        for (choice, levels) in zip(genes.choices, probabilities) {
            var rest = generator.uniform()
            let level = levels.firstIndex {
                rest -= $0
                return rest < 0
            }
            point[choice.position] = (Double(level ?? choice.count - 1) + 0.5) / Double(choice.count)
        }
        return point
    }

    /// Learns from a generation.
    ///
    /// - Parameters:
    ///   - points: Best first, as many as the population, without NaN where there is something to learn of.
    ///   - active: Whether a point has a gene: choices that do not matter teach nothing.
    mutating func learn(_ points: [[Double]], _ genes: CMAGenes, active: (Int, Int) -> Bool) {
        generation += 1
        learnChoices(points, genes, active)
        let count = constants.dimensions
        guard count > 0 else { return }
        let weights = constants.weights
        let steps = points.map { point in (0..<count).map { (point[genes.numeric[$0].position] - mean[$0]) / (step * margins[$0]) } }
        var drift = [Double](repeating: 0, count: count)
        for (weight, y) in zip(weights.prefix(constants.parents), steps) { for i in 0..<count { drift[i] += weight * y[i] } }
        for i in 0..<count { mean[i] += step * margins[i] * drift[i] }

        let stepGain = (constants.stepRate * (2 - constants.stepRate) * constants.effectiveParents).squareRoot()
        let white = covariance.whitened(drift)
        for i in 0..<count { stepPath[i] = (1 - constants.stepRate) * stepPath[i] + stepGain * white[i] }
        let length = stepPath.reduce(0) { $0 + $1 * $1 }.squareRoot()
        step *= exp(min(constants.stepRate / constants.stepDamping * (length / constants.normalLength - 1), 1))

        let warmUp = (1 - pow(1 - constants.stepRate, Double(2 * (generation + 1)))).squareRoot()
        let isSteady = length / warmUp < (1.4 + 2 / Double(count + 1)) * constants.normalLength
        let shapeGain = (constants.pathRate * (2 - constants.pathRate) * constants.effectiveParents).squareRoot()
        for i in 0..<count { shapePath[i] = (1 - constants.pathRate) * shapePath[i] + (isSteady ? shapeGain * drift[i] : 0) }

        let stalled = isSteady ? 0 : constants.pathRate * (2 - constants.pathRate)
        var updates = [constants.rankOneRate]
        for (weight, y) in zip(weights, steps) {
            let square = weight < 0 ? covariance.whitened(y).reduce(0) { $0 + $1 * $1 } : 1
            updates.append(constants.rankMuRate * (weight < 0 ? weight * Double(count) / (square + 1e-8) : weight))
        }
        let keep = 1 + constants.rankOneRate * stalled - constants.rankOneRate - constants.rankMuRate * weights.reduce(0, +)
        covariance.update(keep: keep, updates, [shapePath] + steps)
        applyMargin(genes)
    }

    private mutating func learnChoices(_ points: [[Double]], _ genes: CMAGenes, _ active: (Int, Int) -> Bool) {
        let freedom = genes.choices.reduce(Double(constants.dimensions)) { $0 + Double($1.count - 1) }
        let rate = constants.effectiveParents / (constants.effectiveParents + freedom)
        let explored = 1 - pow(0.9, 1 / Double(max(genes.choices.count, 1)))
        for (index, choice) in genes.choices.enumerated() {
            var shares = [Double](repeating: 0, count: choice.count)
            var total = 0.0
            for rank in 0..<constants.parents where active(rank, choice.position) {
                shares[min(Int(points[rank][choice.position] * Double(choice.count)), choice.count - 1)] += constants.weights[rank]
                total += constants.weights[rank]
            }
            guard total > 0 else { continue }
            let floor = explored / Double(choice.count - 1)
            var levels = probabilities[index]
            for level in 0..<choice.count { levels[level] = max(levels[level] + rate * (shares[level] - levels[level] * total), floor) }
            // What the floors took is taken back from what lies above them.
            let (sum, above) = (levels.reduce(0, +), levels.reduce(0) { $0 + $1 - floor })
            if above > 0 { for level in 0..<choice.count { levels[level] -= (sum - 1) * (levels[level] - floor) / above } }
            probabilities[index] = levels
        }
    }

    private mutating func applyMargin(_ genes: CMAGenes) {
        let margin = 1 / Double(constants.dimensions * constants.population)
        for (i, gene) in genes.numeric.enumerated() {
            guard let scale = gene.scale else { continue }
            let root = step * covariance.variance(i).squareRoot()
            guard root > 0 else { continue }
            let cell = scale.cell(of: mean[i])
            if cell == 0 || cell == scale.count - 1 {
                let edge = scale.upperEdge(of: cell == 0 ? 0 : cell - 1)
                let reach = root * margins[i] * -NormalDistribution.quantile(margin)
                mean[i] = edge + min(max(mean[i] - edge, -reach), reach)
            } else {
                let (low, high) = (scale.upperEdge(of: cell - 1), scale.upperEdge(of: cell))
                let spread = root * margins[i]
                let below = NormalDistribution.below((low - mean[i]) / spread)
                let above = NormalDistribution.below((mean[i] - high) / spread)
                let half = margin / 2
                guard below < half || above < half else { continue }
                let (a, b, inside) = (max(below, half), max(above, half), 1 - below - above)
                let excess = (1 - a - b - inside) / (a + b + inside - 3 * half)
                let left = -NormalDistribution.quantile(a + excess * (a - half))
                let right = -NormalDistribution.quantile(b + excess * (b - half))
                guard left + right > 0 else { continue }
                mean[i] = (low * right + high * left) / (left + right)
                margins[i] = (high - low) / (root * (left + right))
            }
        }
    }

    /// Notes the losses of a generation, for ``hasConverged(_:)``.
    mutating func note(best: Double, worst: Double) {
        bests.append(best)
        worsts.append(worst)
        let window = 10 + Int((30 * Double(max(constants.dimensions, 1)) / Double(constants.population)).rounded(.up))
        bests.removeFirst(max(bests.count - window, 0))
        worsts.removeFirst(max(worsts.count - window, 0))
    }

    /// Whether nothing more can come of it: too narrow, too flat, too oblong, or run away.
    func hasConverged(_ genes: CMAGenes) -> Bool {
        let count = constants.dimensions
        let window = 10 + Int((30 * Double(max(count, 1)) / Double(constants.population)).rounded(.up))
        if bests.count == window, let high = (bests + worsts).max(), let low = (bests + worsts).min(), high == low || high - low < 1e-12 {
            return true
        }
        guard count > 0 else { return false }
        let (longest, shortest) = (covariance.lengths.max() ?? 1, covariance.lengths.min() ?? 1)
        if !(step * longest < 1e4) || longest > 1e7 * shortest { return true }
        let continuous = genes.numeric.indices.filter { genes.numeric[$0].scale == nil }
        guard !continuous.isEmpty else { return false }
        let tiny = 1e-12 * startStep
        if continuous.allSatisfy({ step * covariance.variance($0).squareRoot() < tiny && step * abs(shapePath[$0]) < tiny }) { return true }
        if continuous.contains(where: { mean[$0] == mean[$0] + 0.2 * step * covariance.variance($0).squareRoot() }) { return true }
        let axis = covariance.axis(generation % count)
        return (0..<count).allSatisfy { mean[$0] == mean[$0] + 0.1 * step * margins[$0] * axis[$0] }
    }
}
