/// The trials as TPE sees them.
struct TPEHistory {
    /// The trials with a result, best first.
    let ranked: [Int]
    /// Running and failed trials without one: never good.
    let unranked: [Int]

    /// - Parameter enough: How many results make a fidelity the one to compare at.
    init(_ context: SamplingContext, enough: Int) {
        let reference = Self.referenceFidelity(context.trials, enough: enough)
        var entries: [Entry] = []
        var unranked: [Int] = []
        for trial in context.trials where trial.number != context.number {
            if let entry = Entry(trial, context.directions, reference) {
                entries.append(entry)
            } else if trial.state == .running || trial.state == .failed {
                unranked.append(trial.number)
            }
        }
        let feasible = entries.filter { $0.violation <= 0 }
        let infeasible = entries.filter { $0.violation > 0 }.sorted { ($0.violation, $0.trial) < ($1.violation, $1.trial) }
        if context.directions.count == 1 {
            let keys = feasible.map { (-$0.reach, $0.losses.first ?? .infinity, $0.trial) }
            ranked = keys.indices.sorted { keys[$0] < keys[$1] }.map { feasible[$0].trial } + infeasible.map(\.trial)
        } else {
            let tiers = Dictionary(grouping: feasible, by: \.reach).sorted { $0.key > $1.key }.map(\.value)
            let good = TPE.goodCount(entries.count, objectives: context.directions.count)
            var ranked: [Int] = []
            for tier in tiers { ranked += TPESplit.order(tier.map(\.losses), upTo: good - ranked.count).map { tier[$0].trial } }
            self.ranked = ranked + infeasible.map(\.trial)
        }
        self.unranked = unranked
    }

    /// The highest fidelity that enough trials have finished; nil when there is none.
    private static func referenceFidelity(_ trials: [Trial], enough: Int) -> Int? {
        var counts: [Int: Int] = [:]
        for trial in trials {
            for result in trial.progress.results { counts[result.fidelity, default: 0] += 1 }
        }
        return counts.filter { $0.value >= enough }.keys.max()
    }

    private struct Entry {
        var trial: Int
        /// How far the trial has come; what came further ranks first.
        var reach: Int
        var losses: [Double]
        var violation: Double

        /// Nil when the trial has no result of any kind.
        init?(_ trial: Trial, _ directions: [Direction], _ reference: Int?) {
            guard trial.state != .failed, trial.state != .waiting else { return nil }
            let values: [Double]
            if let reference, let atReference = trial.progress.values(at: reference) {
                (values, reach) = (atReference, .max)
            } else if let last = trial.progress.results.last {
                // Beyond the reference only where a bracket skips it: then at least as far.
                (values, reach) = (last.values, reference.map { last.fidelity > $0 } ?? false ? .max : last.fidelity)
            } else if trial.state == .complete {
                (values, reach) = (trial.values, .max)
            } else if directions.count == 1, let stopped = trial.stopped {
                (values, reach) = ([stopped.value], stopped.step)
            } else {
                return nil
            }
            guard values.count == directions.count else { return nil }
            self.trial = trial.number
            violation = trial.violation
            losses = zip(directions, values).map { $0.loss($1) }
        }
    }
}
