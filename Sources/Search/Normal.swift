import Foundation

/// The standard normal distribution.
enum Normal {
    /// log √(2π)
    static let logRootTwoPi = 0.918_938_533_204_672_7

    /// The logarithm of the probability of an interval, exact also far out in the tails.
    static func logMass(from low: Double, to high: Double) -> Double {
        guard low < high else { return -.infinity }
        // By symmetry onto the side where erfc keeps its digits.
        let (low, high) = low + high < 0 ? (-high, -low) : (low, high)
        let mass =
            low > 0
            ? 0.5 * (erfc(low / 2.0.squareRoot()) - erfc(high / 2.0.squareRoot()))
            : 0.5 * (erf(high / 2.0.squareRoot()) - erf(low / 2.0.squareRoot()))
        if mass > 1e-290 { return log(mass) }
        // φ(a)/a, the leading term of the tail (Abramowitz and Stegun 26.2.12).
        return -0.5 * low * low - logRootTwoPi - log(max(low, 1))
    }
}
