import Foundation

/// The results that a forest learns from.
struct ForestHistory {
    /// A result of a trial.
    struct Observation {
        /// The position of the trial.
        var trial: Int
        /// At which fidelity; nil where there are none.
        var fidelity: Int?
        /// One per objective, finite.
        var losses: [Double]
    }

    private(set) var observations: [Observation] = []
    /// How many trials have a result.
    private(set) var resultCount = 0
    /// Trials that other workers try now and that have no result yet.
    private(set) var running: [Int] = []
    private(set) var failed: [Int] = []
    /// The fidelity to predict for: the highest that enough trials have finished, else the highest there is.
    private(set) var reference: Int?

    /// - Parameter enough: How many results make a fidelity the one to predict for.
    init(_ context: SamplingContext, enough: Int) {
        var counts: [Int: Int] = [:]
        for trial in context.trials { for result in trial.progress.results { counts[result.fidelity, default: 0] += 1 } }
        reference = counts.filter { $0.value >= enough }.keys.max() ?? counts.keys.max()
        for (position, trial) in context.trials.enumerated() where trial.number != context.number && trial.state != .waiting {
            let results = Self.results(of: trial, context.directions)
            if trial.state == .failed {
                failed.append(position)
            } else if results.isEmpty {
                if trial.state == .running { running.append(position) }
            } else {
                resultCount += 1
                observations += results.map { Observation(trial: position, fidelity: $0.fidelity, losses: $0.losses) }
            }
        }
        bound(objectives: context.directions.count)
    }

    /// The same with one observation per trial, at the reference fidelity or the highest beyond it. Trials that have not come so far are left out.
    var atReference: ForestHistory {
        guard let reference else { return self }
        var copy = self
        var latest: [Int: Observation] = [:]
        for observation in observations where (observation.fidelity ?? reference) >= reference {
            if let other = latest[observation.trial], other.fidelity == reference { continue }
            latest[observation.trial] = observation
        }
        copy.observations = latest.values.sorted { $0.trial < $1.trial }
        return copy
    }

    /// The place of a fidelity on a log scale from 0 through 1, the highest; nil where there are no two different ones.
    var fidelityScale: ((Int?) -> Double)? {
        let fidelities = Set(observations.compactMap(\.fidelity))
        guard let low = fidelities.min(), let high = fidelities.max(), low >= 1, low < high else { return nil }
        let range = log(Double(high) / Double(low))
        return { fidelity in fidelity.map { log(Double($0) / Double(low)) / range } ?? 1 }
    }

    private static func results(of trial: Trial, _ directions: [Direction]) -> [(fidelity: Int?, losses: [Double])] {
        func losses(_ values: [Double]) -> [Double]? {
            guard values.count == directions.count, !values.contains(where: \.isNaN) else { return nil }
            return zip(directions, values).map { $0.loss($1) }
        }
        let results = trial.progress.results
        if !results.isEmpty { return results.compactMap { result in losses(result.values).map { (result.fidelity, $0) } } }
        if trial.state == .complete { return losses(trial.values).map { [(nil, $0)] } ?? [] }
        return trial.stopped.flatMap { losses([$0.value]) }.map { [(nil, $0)] } ?? []
    }

    /// Infinities become the finite extremes; of no finite one, 0 and 1.
    private mutating func bound(objectives: Int) {
        for objective in 0..<objectives {
            let finite = observations.lazy.map { $0.losses[objective] }.filter(\.isFinite)
            let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
            for index in observations.indices {
                observations[index].losses[objective] = min(max(observations[index].losses[objective], low), high)
            }
        }
    }

    /// One loss per observation: the only one, or the augmented Chebyshev sum of all on [0, 1] with random weights (Knowles 2006, ParEGO).
    func scalars(objectives: Int, _ generator: inout TrialGenerator) -> [Double] {
        guard objectives > 1 else { return observations.map { $0.losses.first ?? 0 } }
        // Uniform on the simplex.
        let draws = (0..<objectives).map { _ in -log(1 - generator.uniform()) }
        let total = max(draws.reduce(0, +), .leastNormalMagnitude)
        let ranges = (0..<objectives).map { objective in
            let column = observations.lazy.map { $0.losses[objective] }
            return (low: column.min() ?? 0, high: column.max() ?? 1)
        }
        return observations.map { observation in
            var (largest, sum) = (0.0, 0.0)
            for objective in 0..<objectives {
                let (low, high) = ranges[objective]
                // Halves first: the range of finite numbers may be infinite.
                let share = high > low ? (observation.losses[objective] / 2 - low / 2) / (high / 2 - low / 2) : 0
                let term = draws[objective] / total * share
                largest = max(largest, term)
                sum += term
            }
            return largest + 0.05 * sum
        }
    }
}
