import Foundation
import SearchSpaces

/// A forest fitted to a history, with what it takes to propose from it.
struct ForestModel {
    private let space: FeatureSpace
    private let sampler: ForestSampler
    private let acquisition: ForestAcquisition
    /// The power of the priors' density (Hvarfner et al. 2022, πBO); nil where there are none.
    private let belief: Double?
    /// What follows the features of the space in a row: the fidelity to predict for, where there are several.
    private let fidelity: [Double]
    /// Rows to start local searches from, best first.
    private let known: [[Double]]
    private let seen: Set<UInt64>

    init(
        _ space: FeatureSpace, _ history: ForestHistory, _ context: SamplingContext, _ sampler: ForestSampler,
        _ generator: inout TrialGenerator
    ) {
        let rows = context.points.map(space.row)
        let scale = sampler.pooling ? history.fidelityScale : nil
        let history = scale == nil ? history.atReference : history
        let fidelity: [Double] = scale == nil ? [] : [1]
        var samples = history.observations.map { observation in
            rows[observation.trial] + (scale.map { [$0(observation.fidelity)] } ?? [])
        }
        var targets = sampler.scale.targets(history.scalars(objectives: context.directions.count, &generator))
        let constraints = Constraints(history, context.trials)
        let feasible = targets.indices.filter { constraints.isFeasible(history.observations[$0].trial) }
        let comparable = feasible.filter { fidelity.isEmpty || samples[$0].last == 1 }
        var best = comparable.map { targets[$0] }.min()
        known = Self.starts(sampler.starts, of: feasible.isEmpty ? Array(targets.indices) : feasible, targets) {
            rows[history.observations[$0].trial]
        }
        // A crash counts as the worst result; what others try now counts as average, so that nobody follows them.
        let (worst, average) = (targets.max() ?? 0, targets.reduce(0, +) / Double(max(targets.count, 1)))
        samples += (history.failed + history.running).map { rows[$0] + fidelity }
        targets += history.failed.map { _ in worst } + history.running.map { _ in average }
        let levels = space.levels + fidelity.map { _ in 0 }
        let forest = RegressionForest(sampler.forest, rows: samples, targets: targets, levels: levels, using: &generator)
        // Where nothing has come to the highest fidelity: improve on what is predicted for it.
        if best == nil, constraints.names.isEmpty { best = known.map { forest.mean($0 + fidelity) }.min() }
        // What is multiplied by probabilities must not be negative.
        // Every fourth trial goes by results alone: a belief that is wrong must not hide where it is.
        let isBelieving = space.hasPriors && context.number % 4 != 3
        let isWeighted = !constraints.names.isEmpty || isBelieving
        acquisition = ForestAcquisition(
            forest: forest, form: sampler.acquisition == .bound && isWeighted ? .improvement : sampler.acquisition, best: best,
            constraints: constraints.names.map { name in
                let (trials, values) = constraints.targets(of: name)
                return RegressionForest(
                    sampler.forest, rows: trials.map { rows[$0] + fidelity }, targets: values, levels: levels, using: &generator)
            },
            deviations: history.running.isEmpty ? sampler.deviations : -log(1 - generator.uniform()) * sampler.deviations)
        var seen = Set<UInt64>()
        for (position, trial) in context.trials.enumerated() where trial.state != .waiting {
            rows[position].withUnsafeBufferPointer { if let base = $0.baseAddress { seen.insert(space.hash(base)) } }
        }
        belief = isBelieving ? Belief.exponent(after: history.resultCount - sampler.startupTrials + 1) : nil
        self.space = space
        self.sampler = sampler
        self.seen = seen
        self.fidelity = fidelity
    }

    /// The different rows with the lowest targets, best first.
    private static func starts(_ count: Int, of positions: [Int], _ targets: [Double], row: (Int) -> [Double]) -> [[Double]] {
        var starts: [[Double]] = []
        for position in positions.sorted(by: { (targets[$0], $0) < (targets[$1], $1) }) where starts.count < count {
            let row = row(position)
            if !starts.contains(row) { starts.append(row) }
        }
        return starts
    }

    /// The configuration that promises most; nil when no new one was found.
    func propose(_ context: SamplingContext, _ generator: inout TrialGenerator) -> Configuration? {
        var search = ForestSearch(space, context: fidelity, seen: seen) { rows, count, scores in
            acquisition.score(rows, count: count, scores: scores)
            guard let belief else { return }
            let stride = space.width + fidelity.count
            for index in 0..<count { scores[index] = log(scores[index] + 1e-12) + belief * space.logPrior(rows + index * stride) }
        }
        let row = search.run(candidates: sampler.candidates, known: known, starts: sampler.starts, &generator)
        return row?.withUnsafeBufferPointer { $0.baseAddress.map(space.configuration) }
    }

    /// The constraints of a study's trials.
    private struct Constraints {
        private(set) var names: [String] = []
        /// Of the trials with a result, by position.
        private var values: [Int: [String: Double]] = [:]

        init(_ history: ForestHistory, _ trials: [Trial]) {
            for position in Set(history.observations.map(\.trial)).sorted() {
                let constraints = trials[position].constraints
                if !constraints.isEmpty { values[position] = constraints }
            }
            names = Set(values.values.flatMap(\.keys)).sorted()
        }

        func isFeasible(_ trial: Int) -> Bool { values[trial]?.values.allSatisfy { $0 <= 0 } ?? true }

        /// The trials that have a constraint, with its values drawn together far from 0.
        func targets(of name: String) -> (trials: [Int], values: [Double]) {
            let known = values.keys.sorted().compactMap { trial -> (Int, Double)? in
                guard let value = values[trial]?[name], !value.isNaN else { return nil }
                return (trial, min(max(value, -1e100), 1e100))
            }
            let sizes = known.map { abs($0.1) }.filter { $0 > 0 }.sorted()
            let unit = sizes.isEmpty ? 1 : sizes[sizes.count / 2]
            return (known.map(\.0), known.map { $0.1 < 0 ? -log1p(-$0.1 / unit) : log1p($0.1 / unit) })
        }
    }
}
