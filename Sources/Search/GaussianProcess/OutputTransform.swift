import Foundation

/// How losses become what a Gaussian process can model.
enum OutputWarping: String, Sendable, CaseIterable {
    /// Shifted and scaled to mean 0 and variance 1.
    case none
    /// High losses are cut off before that, where they lie far above the median.
    case winsorize
    /// The logarithm of the distance from the lowest loss, softened near it.
    case log
    /// Whichever of none and log makes the losses likelier.
    case auto
}

/// Losses on the scale of the model.
struct WarpedLosses: Sendable {
    /// Mean 0, variance 1; failures and infinities lie with the highest.
    var values: [Double]
    /// The logarithm of what the warp stretches all finite losses by: makes evidences of different warps comparable.
    var logStretch: Double
    /// What became of a loss of 0: the threshold of a constraint.
    var zero: Double

    /// - Parameter losses: Infinities are moved to the finite extremes.
    init(_ losses: [Double], warping: OutputWarping) {
        let finite = losses.filter(\.isFinite)
        var low = finite.min() ?? 0
        var high = finite.max() ?? 0
        if warping == .winsorize, finite.count > 4 {
            let sorted = finite.sorted()
            let median = sorted[sorted.count / 2]
            high = min(high, median + 3 * (median - low))
        }
        if !(high - low).isFinite { (low, high) = (low / 4, high / 4) }
        let clipped = losses.map { min(max($0, low), high) }
        var warped = clipped
        var stretch = 0.0
        if warping == .log, high > low {
            let softening = Self.softening(finite.map { $0 - low })
            warped = clipped.map { log1p(($0 - low) / softening) }
            for loss in finite { stretch -= log(softening + loss - low) }
        }
        let mean = warped.reduce(0, +) / Double(max(warped.count, 1))
        let variance = warped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(warped.count, 1))
        let deviation = variance.squareRoot()
        let scale = deviation > 1e-300 && deviation.isFinite ? 1 / deviation : 1
        values = warped.map { ($0 - mean) * scale }
        logStretch = stretch + Double(finite.count) * log(scale)
        zero = -mean * scale
    }

    /// Where the logarithm begins to bend: of a few quantiles the one under which the losses look most normal.
    private static func softening(_ distances: [Double]) -> Double {
        let sorted = distances.sorted()
        var best = (score: -Double.infinity, softening: 1.0)
        for quantile in [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1] {
            let softening = sorted[min(Int(quantile * Double(sorted.count)), sorted.count - 1)]
            guard softening > 1e-300 else { continue }
            let warped = distances.map { log1p($0 / softening) }
            let mean = warped.reduce(0, +) / Double(warped.count)
            let variance = warped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(warped.count)
            let stretch = distances.reduce(0) { $0 - log(softening + $1) }
            let score = stretch - 0.5 * Double(warped.count) * log(max(variance, 1e-300))
            if score > best.score { best = (score, softening) }
        }
        return best.softening
    }
}
