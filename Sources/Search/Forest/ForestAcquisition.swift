import Foundation
import SearchSpaces

/// How promising a row is: the expected improvement by the forest, times the probability that all constraints hold.
struct ForestAcquisition {
    enum Form: String, Sendable, CaseIterable {
        /// The expected improvement of the targets as they are.
        case improvement = "ei"
        /// That of the exponentials of the targets (Hutter et al. 2009, section 5.2).
        case logImprovement = "log-ei"
        /// Below the mean by so many deviations.
        case bound = "lcb"
    }

    var forest: RegressionForest
    var form: Form
    /// The target to improve on; nil where nothing allowed is known yet, and only that counts.
    var best: Double?
    /// One forest per constraint, each predicting by how much it is exceeded.
    var constraints: [RegressionForest] = []
    var deviations = 1.0

    /// - Parameters:
    ///   - rows: `[count, features]`.
    ///   - scores: `[count]`, overwritten; higher is better.
    func score(_ rows: UnsafePointer<Double>, count: Int, scores: UnsafeMutablePointer<Double>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { buffer in
            guard let means = buffer.baseAddress, count > 0 else { return }
            let variances = means + count
            forest.predict(rows, count: count, means: means, variances: variances)
            for index in 0..<count { scores[index] = best.map { value(means[index], variances[index], below: $0) } ?? 1 }
            for constraint in constraints {
                constraint.predict(rows, count: count, means: means, variances: variances)
                for index in 0..<count {
                    scores[index] *= NormalDistribution.below(-means[index] / max(variances[index], 1e-12).squareRoot())
                }
            }
        }
    }

    private func value(_ mean: Double, _ variance: Double, below best: Double) -> Double {
        let deviation = variance.squareRoot()
        switch form {
        case .bound: return deviations * deviation - mean
        case .improvement:
            guard deviation > 0 else { return max(best - mean, 0) }
            let v = (best - mean) / deviation
            return deviation * (v * NormalDistribution.below(v) + exp(-0.5 * v * v - NormalDistribution.logRootTwoPi))
        case .logImprovement:
            guard deviation > 0 else { return max(exp(best) - exp(mean), 0) }
            let v = (best - mean) / deviation
            return max(exp(best) * NormalDistribution.below(v) - exp(variance / 2 + mean) * NormalDistribution.below(v - deviation), 0)
        }
    }
}
