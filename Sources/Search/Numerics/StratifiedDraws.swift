import Foundation

/// Points that fill a space more evenly than independent draws: in every dimension one point in each of equally likely strata, in an
/// order of its own (a Latin hypercube; McKay, Beckman and Conover 1979).
enum StratifiedDraws {
    /// `[count][dimensions]`, in [0, 1).
    static func uniform(_ count: Int, dimensions: Int, using generator: inout TrialGenerator) -> [[Double]] {
        var points = [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: count)
        for dimension in 0..<dimensions {
            let order = Array(0..<count).shuffled(using: &generator)
            for (index, stratum) in order.enumerated() {
                points[index][dimension] = (Double(stratum) + generator.uniform()) / Double(count)
            }
        }
        return points
    }

    /// `[count][dimensions]`, standard normal.
    static func normal(_ count: Int, dimensions: Int, using generator: inout TrialGenerator) -> [[Double]] {
        uniform(count, dimensions: dimensions, using: &generator).map { $0.map(normalQuantile) }
    }

    /// The value that a standard normal variable stays below with a probability.
    ///
    /// Newton's steps (third order, Halley) on erfc from a rough start; exact to rounding.
    static func normalQuantile(_ probability: Double) -> Double {
        let p = min(max(probability, 1e-300), 1 - 0x1p-53)
        guard p <= 0.5 else { return -normalQuantile(1 - p) }
        // Abramowitz and Stegun 26.2.23, error below 4.5e-4.
        let t = (-2 * log(p)).squareRoot()
        var z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
        for _ in 0..<3 {
            let error = 0.5 * erfc(-z / 2.0.squareRoot()) - p
            let step = error * exp(z * z / 2 + Normal.logRootTwoPi)
            z -= step / (1 + z * step / 2)
        }
        return z
    }
}
