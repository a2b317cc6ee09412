import Foundation
import SearchSpaces

/// The distributions that the statistical tests need.
enum TestDistributions {
    /// P(Z > z) of the standard normal distribution.
    static func normalTail(_ z: Double) -> Double { NormalDistribution.below(-z) }

    /// P(X > x) of the chi-squared distribution.
    static func chiSquaredTail(_ x: Double, degrees: Double) -> Double {
        guard x > 0 else { return 1 }
        return x.isFinite ? upperGamma(degrees / 2, x / 2) : 0
    }

    /// P(T > t) of Student's distribution.
    static func studentTail(_ t: Double, degrees: Double) -> Double {
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        let half = 0.5 * IncompleteBeta.value(degrees / (degrees + t * t), degrees / 2, 0.5)
        return t > 0 ? half : 1 - half
    }

    /// The t that Student's variable exceeds with the probability `tail`, between 0 and ½.
    static func studentQuantile(tail: Double, degrees: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while studentTail(high, degrees: degrees) > tail, high < 1e12 { high *= 2 }
        for _ in 0..<200 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if studentTail(middle, degrees: degrees) > tail { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The regularised upper incomplete gamma function Q(a, x): its series below a + 1, its continued fraction above (Abramowitz and Stegun
    /// 6.5.29 and 6.5.31).
    private static func upperGamma(_ a: Double, _ x: Double) -> Double {
        let front = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var n = a
            while term > sum * 1e-17 {
                n += 1
                term *= x / n
                sum += term
            }
            return 1 - front * sum
        }
        return front
            * continuedFraction { step in
                let i = Double(step)
                return step == 0 ? (1, x + 1 - a) : (-i * (i - a), x + 1 - a + 2 * i)
            }
    }

    /// a₀/(b₀ + a₁/(b₁ + …)), by the modified method of Lentz.
    private static func continuedFraction(_ term: (Int) -> (a: Double, b: Double)) -> Double {
        let tiny = 1e-300
        var (value, c, d) = (tiny, tiny, 0.0)
        for step in 0..<10_000 {
            let (a, b) = term(step)
            d = b + a * d
            if abs(d) < tiny { d = tiny }
            c = b + a / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            value *= c * d
            if abs(c * d - 1) < 1e-15 { break }
        }
        return value
    }
}
