import Foundation
import SearchSpaces

/// Functions of the standard normal distribution whose logarithms are needed far out in the tail, with their derivatives.
enum NormalTails {
    /// log h(z) with h(z) = φ(z) + z Φ(z), the expected excess of a standard normal variable over −z, and h′/h = Φ/h.
    ///
    /// Source: Ament et al. 2023, Unexpected Improvements to Expected Improvement; ours takes the asymptotic series in the tail.
    static func logExcess(_ z: Double) -> (value: Double, slope: Double) {
        if z > -tail {
            let density = exp(-0.5 * z * z - NormalDistribution.logRootTwoPi)
            let cumulative = NormalDistribution.below(z)
            let excess = density + z * cumulative
            return (log(excess), cumulative / excess)
        }
        // φ(z)/z² · (1 − 3/z² + 15/z⁴ − …) and Φ(z) = φ(z)/|z| · (1 − 1/z² + 3/z⁴ − …).
        let w = 1 / (z * z)
        let excess = 1 - w * (3 - w * (15 - w * (105 - w * 945)))
        let cumulative = 1 - w * (1 - w * (3 - w * (15 - w * 105)))
        return (-0.5 * z * z - NormalDistribution.logRootTwoPi + log(w * excess), -z * cumulative / excess)
    }

    /// log Φ(z) and its derivative φ/Φ.
    static func logCumulative(_ z: Double) -> (value: Double, slope: Double) {
        if z > -tail {
            let cumulative = NormalDistribution.below(z)
            return (log(cumulative), exp(-0.5 * z * z - NormalDistribution.logRootTwoPi) / cumulative)
        }
        let w = 1 / (z * z)
        let series = 1 - w * (1 - w * (3 - w * (15 - w * 105)))
        return (-0.5 * z * z - NormalDistribution.logRootTwoPi - log(-z) + log(series), -z / series)
    }

    /// log(eᵃ − eᵇ) for a ≥ b.
    static func logDifference(_ a: Double, _ b: Double) -> Double {
        guard b > -.infinity else { return a }
        let gap = b - a
        guard gap < 0 else { return -.infinity }
        return a + (gap > -0.693 ? log(-expm1(gap)) : log1p(-exp(gap)))
    }

    /// Below this the direct formulas lose their digits.
    private static let tail = 20.0
}
