import Foundation
import SearchSpaces

/// What a learning curve will come to, as a mixture of normal distributions.
///
/// Curves are c + a · ψ(t), with ψ falling from 1 at the first step to 0 at the last, so that c is the final value. ψ is one of several powers and
/// exponentials; each, with each of several noise levels, is a linear model whose evidence and prediction are exact. The models are averaged by
/// their evidence.
///
/// Source: after Domhan, Springenberg and Hutter 2015, Speeding up Automatic Hyperparameter Optimization of Deep Neural Networks by
/// Extrapolation of Learning Curves. Ours has fewer families and sums over a grid where theirs samples by Markov chains.
struct LearningCurve {
    private struct Outcome {
        var weight: Double
        var mean: Double
        var deviation: Double
    }

    private let outcomes: [Outcome]

    /// - Parameters:
    ///   - reports: By rising step; at least two, with finite losses.
    ///   - last: The step to look at.
    init?(_ reports: [Report], at last: Int) {
        guard let first = reports.first, let latest = reports.last, reports.count >= 2, latest.step < last,
            reports.allSatisfy({ $0.loss.isFinite })
        else { return nil }
        let losses = reports.map(\.loss)
        let range = (losses.max() ?? 0) - (losses.min() ?? 0)
        // In units of the range, from the latest value: the priors are of order one then.
        let scale = range > 0 ? range : max(abs(latest.loss), 1e-12) * 1e-3
        let y = losses.map { ($0 - latest.loss) / scale }
        let shift = 1 - Double(first.step)
        let times = reports.map { Double($0.step) + shift }
        let end = Double(last) + shift
        var fits: [(logEvidence: Double, mean: Double, variance: Double)] = []
        for shape in Self.shapes(end) {
            let (atFirst, atEnd) = (shape(times[0]), shape(end))
            let basis = times.map { (shape($0) - atEnd) / (atFirst - atEnd) }
            for noise in Self.noises { fits.append(Self.fit(y, basis, noise: noise)) }
        }
        let largest = fits.map(\.logEvidence).max() ?? 0
        outcomes = fits.map {
            Outcome(
                weight: exp($0.logEvidence - largest), mean: latest.loss + scale * $0.mean, deviation: scale * $0.variance.squareRoot())
        }
    }

    /// The probability that the final loss is below a limit.
    func probability(below limit: Double) -> Double {
        let total = outcomes.reduce(0) { $0 + $1.weight }
        let below = outcomes.reduce(0) { $0 + $1.weight * NormalDistribution.below((limit - $1.mean) / $1.deviation) }
        return below / total
    }

    /// The expected final loss.
    var mean: Double { outcomes.reduce(0) { $0 + $1.weight * $1.mean } / outcomes.reduce(0) { $0 + $1.weight } }

    /// In units of the range of the curve so far.
    private static let noises = [0.01, 0.03, 0.1, 0.3]

    private static func shapes(_ end: Double) -> [(Double) -> Double] {
        let powers = [0.1, 0.25, 0.5, 1, 2].map { power in { (t: Double) in pow(t, -power) } }
        let exponentials = [0.03, 0.1, 0.2, 0.4, 0.8].map { share in { (t: Double) in exp(-t / (share * end)) } }
        return powers + exponentials
    }

    /// Bayesian linear regression on (1, basis): the prior of the final value is normal around the latest, that of the drop around 1, both of
    /// deviation 1. The mean and variance are of a new observation at the end, where the basis is 0.
    private static func fit(_ y: [Double], _ basis: [Double], noise: Double) -> (logEvidence: Double, mean: Double, variance: Double) {
        let precision = 1 / (noise * noise)
        var (b, bb, r, rb, rr) = (0.0, 0.0, 0.0, 0.0, 0.0)
        // Against the prior's mean, which is the basis itself.
        for (value, basis) in zip(y, basis) {
            let residual = value - basis
            b += basis
            bb += basis * basis
            r += residual
            rb += residual * basis
            rr += residual * residual
        }
        let count = Double(y.count)
        let (p00, p01, p11) = (1 + precision * count, precision * b, 1 + precision * bb)
        let determinant = p00 * p11 - p01 * p01
        let (v0, v1) = (precision * r, precision * rb)
        let mean0 = (p11 * v0 - p01 * v1) / determinant
        let mean1 = (p00 * v1 - p01 * v0) / determinant
        let logEvidence = 0.5 * (count * log(precision) - log(determinant) - precision * rr + v0 * mean0 + v1 * mean1)
        return (logEvidence, mean0, p11 / determinant + noise * noise)
    }
}
