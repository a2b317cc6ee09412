import Foundation

/// The learning rate over one segment of training, from one rung to the next: a short linear warm-up, then half a cosine down to nearly
/// zero (Loshchilov and Hutter, SGDR, 2017). Each segment starts anew, so the model at every rung is an annealed one that can be
/// judged, kept and served, and a promoted trial goes on from it.
struct RestartingCosine: Sendable {
    /// Rate at the top of the first segment.
    var peak: Double
    /// Factor on the peak of every later segment: a restart must not undo what was learned.
    var restartFactor: Double
    /// Share of a segment spent warming up.
    var warmup: Double

    /// - Parameters:
    ///   - progress: share of the segment that is done, 0...1.
    ///   - segment: 0 for the first one.
    func rate(progress: Double, segment: Int) -> Double {
        let top = peak * (segment == 0 ? 1 : restartFactor)
        if progress < warmup { return top * (0.1 + 0.9 * progress / warmup) }
        let rest = min(1, (progress - warmup) / (1 - warmup))
        return top * (0.005 + 0.995 * (1 + cos(.pi * rest)) / 2)
    }
}
