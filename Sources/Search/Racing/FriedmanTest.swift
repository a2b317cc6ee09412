/// Friedman's test: whether some of several treatments rank differently over blocks, with Conover's comparison of pairs.
///
/// Source: Friedman 1937; Conover 1999, Practical Nonparametric Statistics, section 5.8. With the correction for ties.
public struct FriedmanTest: Sendable, Hashable {
    /// The sum of each treatment's ranks; lower is better.
    public let rankSums: [Double]
    public let statistic: Double
    /// The probability of a statistic at least as large if all treatments were alike; 1 where there is nothing to compare.
    public let probability: Double
    private let blocks: Int
    /// Σ of all squared ranks.
    private let squares: Double

    /// - Parameter losses: `[treatments][blocks]`, all of one length; lower is better.
    public init(_ losses: [[Double]]) {
        let treatments = losses.count
        let blocks = losses.map(\.count).min() ?? 0
        var sums = [Double](repeating: 0, count: treatments)
        var squares = 0.0
        for block in 0..<blocks {
            let ranks = Ranks.of(losses.map { $0[block] }).ranks
            for (treatment, rank) in ranks.enumerated() {
                sums[treatment] += rank
                squares += rank * rank
            }
        }
        rankSums = sums
        self.blocks = blocks
        self.squares = squares
        let (n, k) = (Double(blocks), Double(treatments))
        let spread = sums.reduce(0) { $0 + ($1 - n * (k + 1) / 2) * ($1 - n * (k + 1) / 2) }
        let within = squares - n * k * (k + 1) * (k + 1) / 4
        guard treatments >= 2, within > 0 else {
            (statistic, probability) = (0, 1)
            return
        }
        statistic = (k - 1) * spread / within
        probability = TestDistributions.chiSquaredTail(statistic, degrees: k - 1)
    }

    /// The difference of two rank sums beyond which the treatments differ.
    ///
    /// - Parameter level: The probability of an error, such as 0.05.
    public func criticalDifference(level: Double) -> Double {
        let (n, k) = (Double(blocks), Double(rankSums.count))
        let degrees = (n - 1) * (k - 1)
        guard degrees > 0 else { return .infinity }
        let sumOfSquares = rankSums.reduce(0) { $0 + $1 * $1 }
        let variance = max(2 * (n * squares - sumOfSquares) / degrees, 0)
        return TestDistributions.studentQuantile(tail: level / 2, degrees: degrees) * variance.squareRoot()
    }
}
