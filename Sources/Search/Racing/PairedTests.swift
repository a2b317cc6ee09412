import Foundation

/// What a test may find.
public enum Alternative: String, Sendable, Hashable, CaseIterable {
    case twoSided = "two-sided"
    /// The differences lie above 0.
    case greater
    /// The differences lie below 0.
    case less
}

/// Wilcoxon's signed-rank test: whether paired differences lie symmetrically around 0.
///
/// Source: Wilcoxon 1945, Individual Comparisons by Ranking Methods; ties and zeros as in SciPy's `wilcoxon`.
public enum SignedRankTest {
    /// What becomes of differences that are 0.
    public enum Zeros: String, Sendable, Hashable, CaseIterable {
        /// They are left out (SciPy's "wilcox").
        case drop
        /// Their ranks count half for either side (SciPy's "zsplit").
        case split
    }

    /// The probability of differences at least as one-sided under the hypothesis; 1 where there is nothing to compare.
    ///
    /// - Parameters:
    ///   - differences: One per pair; not NaN.
    ///   - exact: Whether to count all assignments of signs instead of approximating by the normal distribution. Where nil: up to 50 pairs without
    ///     ties and zeros. With ties or zeros the approximation is used in any case.
    public static func probability(
        _ differences: [Double], _ alternative: Alternative = .twoSided, zeros: Zeros = .drop, exact: Bool? = nil
    ) -> Double {
        let differences = zeros == .drop ? differences.filter { $0 != 0 } : differences
        let count = differences.count
        guard count > 0 else { return 1 }
        let (ranks, ties) = Ranks.of(differences.map(abs))
        var plus = 0.0
        var zeroRanks = 0.0
        for (difference, rank) in zip(differences, ranks) {
            if difference > 0 { plus += rank }
            if difference == 0 { zeroRanks += rank }
        }
        plus += zeroRanks / 2
        let n = Double(count)
        let isPlain = ties.isEmpty && zeroRanks == 0
        if isPlain, exact ?? (count <= 50) { return exactProbability(Int(plus), count, alternative) }
        let mean = n * (n + 1) / 4
        let variance = (n * (n + 1) * (2 * n + 1) - 0.5 * ties.reduce(0) { $0 + Double($1 * ($1 * $1 - 1)) }) / 24
        guard variance > 0 else { return 1 }
        let z = (plus - mean) / variance.squareRoot()
        switch alternative {
        case .greater: return TestDistributions.normalTail(z)
        case .less: return TestDistributions.normalTail(-z)
        case .twoSided: return min(1, 2 * TestDistributions.normalTail(abs(z)))
        }
    }

    /// By the number of sets of ranks with each sum.
    private static func exactProbability(_ plus: Int, _ count: Int, _ alternative: Alternative) -> Double {
        let largest = count * (count + 1) / 2
        var shares = [Double](repeating: 0, count: largest + 1)
        shares[0] = 1
        for rank in 1...count {
            for sum in stride(from: largest, through: 0, by: -1) {
                shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2
            }
        }
        let atLeast = shares[plus...].reduce(0, +)
        let atMost = shares[...plus].reduce(0, +)
        switch alternative {
        case .greater: return min(1, atLeast)
        case .less: return min(1, atMost)
        case .twoSided: return min(1, 2 * min(atLeast, atMost))
        }
    }
}

/// Student's t-test of paired differences.
public enum PairedTTest {
    /// The probability of a mean difference at least as far from 0; 1 with fewer than two pairs or where all differences are 0.
    public static func probability(_ differences: [Double], _ alternative: Alternative = .twoSided) -> Double {
        let count = Double(differences.count)
        guard count >= 2 else { return 1 }
        let mean = differences.reduce(0, +) / count
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        guard mean != 0 || variance > 0 else { return 1 }
        let t = mean / (variance / count).squareRoot()
        switch alternative {
        case .greater: return TestDistributions.studentTail(t, degrees: count - 1)
        case .less: return TestDistributions.studentTail(-t, degrees: count - 1)
        case .twoSided: return min(1, 2 * TestDistributions.studentTail(abs(t), degrees: count - 1))
        }
    }
}

enum Ranks {
    /// Ranks from 1, ties sharing the mean of theirs, and the size of each group of ties.
    static func of(_ values: [Double]) -> (ranks: [Double], ties: [Int]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var ties: [Int] = []
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for position in start...end { ranks[order[position]] = Double(start + end) / 2 + 1 }
            if end > start { ties.append(end - start + 1) }
            start = end + 1
        }
        return (ranks, ties)
    }
}
