import Foundation

/// Results of several fidelities on one scale.
///
/// At each fidelity the losses become normal scores of their ranks. From the trials that have results at two neighbouring fidelities a line is
/// fitted that carries scores of the lower one up. That only the better trials go on does no harm: a regression on the lower score is not
/// biased by a selection by that score. A fidelity that says little about the next gives a flat line, so its trials meet in the middle
/// instead of passing for the best.
struct PooledRanks {
    /// In the order of their numbers.
    let trials: [Int]
    /// The score that each trial is expected to have at the highest fidelity; lower is better.
    let scores: [Double]

    /// - Parameter results: One per trial and fidelity; losses may be infinite.
    init(_ results: [(trial: Int, fidelity: Int, loss: Double)]) {
        var levels: [(fidelity: Int, scores: [Int: Double])] = []
        for (fidelity, entries) in Dictionary(grouping: results, by: \.fidelity).sorted(by: { $0.key < $1.key }) {
            let scores = Self.normalScores(entries.map(\.loss))
            levels.append((fidelity, Dictionary(zip(entries.map(\.trial), scores)) { max($0, $1) }))
        }
        // From the top down, so that a trial keeps the score of its highest fidelity.
        var expected: [Int: Double] = [:]
        var (slope, offset) = (1.0, 0.0)
        for level in levels.indices.reversed() {
            if level + 1 < levels.count {
                let line = Self.line(from: levels[level].scores, to: levels[level + 1].scores)
                (slope, offset) = (slope * line.slope, offset + slope * line.offset)
            }
            for (trial, score) in levels[level].scores where expected[trial] == nil { expected[trial] = offset + slope * score }
        }
        trials = expected.keys.sorted()
        scores = trials.map { expected[$0] ?? 0 }
    }

    /// Ranks, ties sharing theirs, as quantiles of the logistic distribution scaled to the normal's width: close to normal scores and cheap.
    private static func normalScores(_ losses: [Double]) -> [Double] {
        let order = losses.indices.sorted { losses[$0] < losses[$1] }
        var scores = [Double](repeating: 0, count: losses.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, losses[order[end + 1]] == losses[order[start]] { end += 1 }
            let quantile = (Double(start + end) / 2 + 0.5) / Double(order.count)
            for position in start...end { scores[order[position]] = log(quantile / (1 - quantile)) * 0.6 }
            start = end + 1
        }
        return scores
    }

    /// The line through the trials of two fidelities, drawn towards the slope 1 as by one trial more while there are few.
    private static func line(from lower: [Int: Double], to upper: [Int: Double]) -> (slope: Double, offset: Double) {
        let pairs = lower.keys.sorted().compactMap { trial in upper[trial].map { (x: lower[trial] ?? 0, y: $0) } }
        guard !pairs.isEmpty else { return (1, 0) }
        let count = Double(pairs.count)
        let (meanX, meanY) = (pairs.reduce(0) { $0 + $1.x } / count, pairs.reduce(0) { $0 + $1.y } / count)
        var (xx, xy) = (0.0, 0.0)
        for pair in pairs {
            xx += (pair.x - meanX) * (pair.x - meanX)
            xy += (pair.x - meanX) * (pair.y - meanY)
        }
        let prior = 1.0
        let slope = max((xy + prior) / (xx + prior), 0)
        return (slope, meanY - slope * meanX)
    }
}
