import Foundation

/// A prior as a density over the unit interval that a domain is mapped to, with its constants computed once.
///
/// ```swift
/// let prior = parameter.unitPrior
/// let value = parameter.domain.value(atUnit: prior.quantile(generator.uniform()))
/// ```
public struct UnitPrior: Sendable, Hashable {
    private enum Shape: Sendable, Hashable {
        case flat
        /// Of the unit coordinate, with the probabilities of the tails that are cut off.
        case normal(mean: Double, deviation: Double, below: Double, above: Double, mass: Double)
        case beta(alpha: Double, beta: Double, logNorm: Double)
        /// Weights that sum to 1, and their running sums.
        case steps([Double], sums: [Double])
    }

    private let shape: Shape

    /// A prior that does not fit the domain counts as flat; `SearchSpace` lets none through.
    public init(_ prior: Prior?, over domain: Domain) {
        switch prior {
        case .normal(let mean, let deviation)?: shape = Self.normal(mean: mean, deviation: deviation, domain)
        case .beta(let alpha, let beta)? where domain.scaledBounds != nil && alpha > 0 && beta > 0:
            shape = .beta(alpha: alpha, beta: beta, logNorm: IncompleteBeta.logNorm(alpha, beta))
        case .weights(let weights)? where weights.count == domain.choices?.count && weights.reduce(0, +) > 0:
            let total = weights.reduce(0, +)
            var sum = 0.0
            let sums = weights.map { weight in
                sum += weight / total
                return sum
            }
            shape = .steps(weights.map { $0 / total }, sums: sums)
        default: shape = .flat
        }
    }

    public var isFlat: Bool { shape == .flat }

    /// The density at a coordinate in [0, 1]; its integral over [0, 1] is 1. Coordinates outside are moved to the nearest end.
    public func density(at unit: Double) -> Double { exp(logDensity(at: unit)) }

    /// The natural logarithm of the density, -∞ for a choice of weight 0.
    public func logDensity(at unit: Double) -> Double {
        let unit = unit.isNaN ? 0.5 : min(max(unit, 0), 1)
        switch shape {
        case .flat: return 0
        case .normal(let mean, let deviation, _, _, let mass):
            let z = (unit - mean) / deviation
            return -0.5 * z * z - log(deviation * mass) - NormalDistribution.logRootTwoPi
        case .beta(let alpha, let beta, let logNorm):
            // Inside the ends, where the density of alpha or beta below 1 is infinite.
            let unit = min(max(unit, 1e-12), 1 - 1e-12)
            return (alpha - 1) * log(unit) + (beta - 1) * log1p(-unit) - logNorm
        case .steps(let weights, _):
            return log(weights[min(Int(unit * Double(weights.count)), weights.count - 1)] * Double(weights.count))
        }
    }

    /// The coordinate below which lies the probability `probability`: uniform numbers become draws from the prior.
    public func quantile(_ probability: Double) -> Double {
        let probability = probability.isNaN ? 0.5 : min(max(probability, 0), 1)
        switch shape {
        case .flat: return probability
        case .normal(let mean, let deviation, let below, let above, let mass):
            let lower = below + probability * mass
            // From the nearer tail, where the probability keeps its digits.
            let z =
                lower < 0.5 ? NormalDistribution.quantile(lower) : -NormalDistribution.quantile(above + (1 - probability) * mass)
            return min(max(mean + deviation * z, 0), 1)
        case .beta(let alpha, let beta, _): return IncompleteBeta.quantile(probability, alpha, beta)
        case .steps(let weights, let sums):
            // The last choice with a weight takes what rounding leaves.
            let index = sums.firstIndex { probability < $0 } ?? weights.lastIndex { $0 > 0 } ?? 0
            let start = index == 0 ? 0 : sums[index - 1]
            let within = min(max((probability - start) / max(weights[index], 1e-300), 0), 1 - 1e-9)
            return (Double(index) + within) / Double(weights.count)
        }
    }

    /// The ends of the unit interval in deviations from the mean.
    static func ends(mean: Double, deviation: Double, of domain: Domain) -> (low: Double, high: Double)? {
        guard let unit = unitMoments(mean: mean, deviation: deviation, domain) else { return nil }
        return (-unit.mean / unit.deviation, (1 - unit.mean) / unit.deviation)
    }

    /// Mean and deviation in the unit coordinate.
    private static func unitMoments(mean: Double, deviation: Double, _ domain: Domain) -> (mean: Double, deviation: Double)? {
        guard let bounds = domain.scaledBounds, !domain.isLogarithmic || mean > 0 else { return nil }
        let width = bounds.high - bounds.low
        // A range of one value: every prior is the same.
        guard width > 0 else { return (0.5, 1) }
        return (((domain.isLogarithmic ? log(mean) : mean) - bounds.low) / width, max(deviation / width, 1e-300))
    }

    private static func normal(mean: Double, deviation: Double, _ domain: Domain) -> Shape {
        // A deviation of a million ranges is flat to twelve digits, and its mass would have lost them.
        guard deviation > 0, let unit = unitMoments(mean: mean, deviation: deviation, domain), unit.deviation < 1e6 else { return .flat }
        let (low, high) = (-unit.mean / unit.deviation, (1 - unit.mean) / unit.deviation)
        let mass = NormalDistribution.mass(from: low, to: high)
        guard mass > 0 else { return .flat }
        return .normal(
            mean: unit.mean, deviation: unit.deviation, below: NormalDistribution.below(low), above: NormalDistribution.below(-high), mass: mass)
    }
}
