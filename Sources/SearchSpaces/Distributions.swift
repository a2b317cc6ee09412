import Foundation

/// The standard normal distribution, exact in the tails.
package enum NormalDistribution {
    /// log √(2π)
    package static let logRootTwoPi = 0.918_938_533_204_672_7

    /// The probability below z.
    package static func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The probability of an interval.
    package static func mass(from low: Double, to high: Double) -> Double {
        if low > 0 { return below(-low) - below(-high) }
        if high < 0 { return below(high) - below(low) }
        return 1 - below(low) - below(-high)
    }

    /// The logarithm of the probability of an interval, exact also far out in the tails.
    package static func logMass(from low: Double, to high: Double) -> Double {
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

    /// The inverse of `below`.
    ///
    /// A start of three digits (Abramowitz and Stegun 26.2.23) and Halley steps on erfc, so the last digits are those of erfc.
    package static func quantile(_ probability: Double) -> Double {
        guard probability > 0 else { return -.infinity }
        guard probability < 1 else { return .infinity }
        if probability > 0.5 { return -quantile(1 - probability) }
        let t = (-2 * log(probability)).squareRoot()
        let above = 2.515517 + t * (0.802853 + t * 0.010328)
        let under = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var z = above / under - t
        for _ in 0..<3 {
            // The error relative to the density: a Newton step, in logarithms so that it holds in the far tail.
            let step = (below(z) - probability) * exp(0.5 * z * z + logRootTwoPi)
            guard step.isFinite else { break }
            z -= step / (1 + 0.5 * z * step)
        }
        return z
    }
}

/// The regularised incomplete beta function, which is the distribution function of a beta distribution.
package enum IncompleteBeta {
    /// The logarithm of B(a, b).
    static func logNorm(_ a: Double, _ b: Double) -> Double { logGamma(a) + logGamma(b) - logGamma(a + b) }

    /// I_x(a, b), by the continued fraction of Abramowitz and Stegun 26.5.8 from its far end: the terms that matter grow with the
    /// square root of the parameters.
    package static func value(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - value(1 - x, b, a) }
        var rest = 1.0
        for m in stride(from: 30 + 4 * max(a, b).squareRoot().rounded(), through: 0, by: -1) {
            let even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            rest = 1 + odd / (1 + even / rest)
        }
        return min(max(exp(a * log(x) + b * log1p(-x) - logNorm(a, b)) / (a * rest), 0), 1)
    }

    /// The inverse of `value` in x: Newton's steps, and halving where one would leave the bracket.
    static func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        guard probability > 0 else { return 0 }
        guard probability < 1 else { return 1 }
        let logNorm = logNorm(a, b)
        var (low, high) = (0.0, 1.0)
        var x = a / (a + b)
        for _ in 0..<100 {
            let error = value(x, a, b) - probability
            if error < 0 { low = x } else { high = x }
            let density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - logNorm)
            var next = x - error / density
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - x) <= 1e-15 * x || next == low || next == high { return next }
            x = next
        }
        return x
    }

    /// log Γ(x) for x > 0: Stirling's series after moving x up to where it converges.
    static func logGamma(_ x: Double) -> Double {
        var (x, shift) = (x, 0.0)
        while x < 12 {
            shift += log(x)
            x += 1
        }
        let square = 1 / (x * x)
        let series = (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square / 1188)))) / x
        return (x - 0.5) * log(x) - x + NormalDistribution.logRootTwoPi + series - shift
    }
}
