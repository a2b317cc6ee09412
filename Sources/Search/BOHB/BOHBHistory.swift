/// The results that `BOHB` learns from.
struct BOHBHistory {
    /// Results by trial: fidelity and losses, rising; fidelity 0 in studies without.
    private let results: [(trial: Int, fidelity: Int, losses: [Double])]
    /// Trials under way that have no result yet.
    let running: [Int]
    private let context: SamplingContext
    private let infeasible: Set<Int>

    init(_ context: SamplingContext) {
        self.context = context
        let worst = [Double](repeating: .infinity, count: context.directions.count)
        var infeasible = Set<Int>()
        var results: [(trial: Int, fidelity: Int, losses: [Double])] = []
        var running: [Int] = []
        for trial in context.trials where trial.number != context.number {
            func add(_ fidelity: Int, _ values: [Double]) {
                let losses = zip(context.directions, values).map { $0.loss($1) }
                results.append((trial.number, fidelity, losses.allSatisfy(\.isFinite) ? losses : worst))
            }
            if !trial.systemAttributes.isEmpty, trial.violation > 0 { infeasible.insert(trial.number) }
            for result in trial.progress.results where result.values.count == context.directions.count {
                add(result.fidelity, result.values)
            }
            if trial.state == .failed || trial.progress.promotionFailed {
                results.append((trial.number, trial.progress.fidelity ?? 0, worst))
            } else if trial.progress.results.isEmpty {
                if trial.state == .running { running.append(trial.number) }
                if trial.state == .complete, trial.values.count == context.directions.count { add(0, trial.values) }
            }
        }
        self.results = results
        self.running = running
        self.infeasible = infeasible
    }

    /// The trials with a result at the largest fidelity that has enough for a model, best first.
    func rankedAtLargestFidelity(enough minimum: Int, of settings: BOHB.Settings) -> [Int] {
        let byFidelity = Dictionary(grouping: results, by: \.fidelity)
        let largest = byFidelity.filter { settings.sizes($0.value.count, minimum: minimum) != nil }.keys.max()
        guard let largest, let entries = byFidelity[largest] else { return [] }
        return ordered(entries.map { ($0.trial, $0.losses) })
    }

    /// All trials with a result, best first: by the result at the highest fidelity each has reached, carried up to the highest of all.
    func rankedTogether() -> [Int] {
        guard context.directions.count == 1 else {
            // Several objectives: what came further first, then by fronts.
            let last = Dictionary(results.map { ($0.trial, $0) }) { $0.fidelity > $1.fidelity ? $0 : $1 }.values
            let tiers = Dictionary(grouping: last, by: \.fidelity).sorted { $0.key > $1.key }
            return tiers.flatMap { ordered($0.value.sorted { $0.trial < $1.trial }.map { ($0.trial, $0.losses) }) }
        }
        let pooled = PooledRanks(results.map { ($0.trial, $0.fidelity, $0.losses[0]) })
        return ordered(pooled.trials.indices.map { (pooled.trials[$0], [pooled.scores[$0]]) })
    }

    /// Feasible trials first, then by losses.
    private func ordered(_ entries: [(trial: Int, losses: [Double])]) -> [Int] {
        let order = Front.order(entries.map(\.losses)).map { entries[$0].trial }
        guard !infeasible.isEmpty else { return order }
        return order.filter { !infeasible.contains($0) } + order.filter { infeasible.contains($0) }
    }
}
