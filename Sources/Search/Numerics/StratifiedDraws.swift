import SearchSpaces

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
        uniform(count, dimensions: dimensions, using: &generator).map { $0.map { NormalDistribution.quantile(max($0, 1e-300)) } }
    }
}
