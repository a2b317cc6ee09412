import SearchSpaces

/// The two densities of `BOHB`, fitted to a history.
struct BOHBModel {
    private let space: SearchSpace
    private let axes: [KernelAxis]
    private let settings: BOHB.Settings
    private let isFaithful: Bool
    private let good: KernelDensity
    private let bad: KernelDensity

    /// Nil while there are too few results.
    init?(_ sampler: BOHB, _ context: SamplingContext, _ generator: inout TrialGenerator) {
        let axes = context.space.parameters.enumerated().compactMap { KernelAxis($0.element.domain, position: $0.offset) }
        guard !axes.isEmpty else { return nil }
        let minimum = max(axes.count + 1, sampler.settings.minimumPoints ?? 0)
        let isFaithful = sampler.mode == .faithful
        let history = BOHBHistory(context)
        let ranked = isFaithful ? history.rankedAtLargestFidelity(enough: minimum, of: sampler.settings) : history.rankedTogether()
        guard let (goodTrials, badTrials) = sampler.settings.split(ranked, minimum: minimum) else { return nil }
        let points = context.points
        func rows(_ trials: [Int]) -> [[Double]] {
            KernelAxis.imputed(trials.map { trial in axes.map { $0.coordinate(points[trial]) } }, axes, &generator)
        }
        func widths(_ rows: [[Double]]) -> [Double] {
            KernelDensity.referenceWidths(axes, rows, minimum: sampler.settings.minimumBandwidth, isFaithful: isFaithful)
        }
        let goodRows = rows(goodTrials)
        let badRows = rows(badTrials + (isFaithful ? [] : history.running))
        good = KernelDensity(axes, goodRows, widths: widths(goodRows), isFaithful: isFaithful)
        // A bad density as wide as all that was tried would be flat where the good ones lie, and the best ratio always in their midst.
        bad = KernelDensity(axes, badRows, widths: widths(isFaithful ? badRows : goodRows), isFaithful: isFaithful)
        space = context.space
        settings = sampler.settings
        self.axes = axes
        self.isFaithful = isFaithful
    }

    /// The best of some candidates, as a point of the unit cube; NaN for parameters that do not vary.
    func propose(_ generator: inout TrialGenerator) -> [Double] {
        // Faithful ratios may be infinite or no number (∞/∞, where neither density knows a level): the first candidate stands in for none.
        var first: [Double] = []
        var best: [Double] = []
        var bestRatio = Double.infinity
        for _ in 0..<settings.candidates {
            let candidate = good.draw(spread: settings.bandwidthFactor, &generator)
            let ratio = isFaithful ? faithfulRatio(candidate) : bad.logDensity(candidate) - good.logDensity(candidate)
            if first.isEmpty { first = candidate }
            if ratio < bestRatio { (best, bestRatio) = (candidate, ratio) }
            if !ratio.isFinite, isFaithful, good.density(candidate).isFinite {
                best = candidate
                break
            }
        }
        var point = [Double](repeating: .nan, count: space.parameters.count)
        for (axis, coordinate) in zip(axes, best.isEmpty ? first : best) { point[axis.position] = axis.unit(coordinate) }
        return point
    }

    private func faithfulRatio(_ candidate: [Double]) -> Double {
        max(bad.density(candidate), 1e-32) / max(good.density(candidate), 1e-32)
    }
}

extension BOHB.Settings {
    /// How many of `count` trials are good and how many bad; nil when a group would be too small to give every dimension a width.
    func sizes(_ count: Int, minimum: Int) -> (good: Int, bad: Int)? {
        // One above the number of parameters, as `minimum` is, makes HpBandSter's test of the shapes the same.
        let good = max(minimum, min(Int(topPercent * Double(count) / 100), largestGoodCount))
        let bad = min(max(minimum, Int((100 - topPercent) * Double(count) / 100)), count - good)
        return bad >= minimum ? (good, bad) : nil
    }

    /// - Parameter ranked: Best first.
    func split(_ ranked: [Int], minimum: Int) -> (good: [Int], bad: [Int])? {
        guard let sizes = sizes(ranked.count, minimum: minimum) else { return nil }
        let rest = ranked.dropFirst(sizes.good)
        // A limit on the good trials leaves the others with the bad ones.
        return (Array(ranked.prefix(sizes.good)), Array(largestGoodCount == .max ? rest.prefix(sizes.bad) : rest))
    }
}
