/// The trials that a search is for.
public enum BestTrials {
    /// With one objective the best trial, with several the Pareto front, by number; empty while there is no result.
    ///
    /// Complete trials count; while there is none, those of the highest fidelity that any has reached. Trials that violate a constraint
    /// count only while there is no other, and then the one that violates least.
    public static func of(_ trials: [Trial], directions: [Direction]) -> [Trial] {
        let judged = judged(trials, directions)
        let feasible = judged.filter { $0.violation <= 0 }
        guard !feasible.isEmpty else { return judged.min { ($0.violation, $0.number) < ($1.violation, $1.number) }.map { [$0] } ?? [] }
        let losses = losses(feasible, directions)
        if directions.count == 1 { return Front.order(losses).prefix(1).map { feasible[$0] } }
        return Front.members(losses).map { feasible[$0] }
    }

    /// The same trials and those after them, best first.
    public static func ranked(_ trials: [Trial], directions: [Direction]) -> [Trial] {
        let judged = judged(trials, directions)
        return Front.order(losses(judged, directions), violations: judged.map(\.violation)).map { judged[$0] }
    }

    private static func judged(_ trials: [Trial], _ directions: [Direction]) -> [Trial] {
        let finished = trials.filter { $0.state != .failed && $0.state != .waiting && $0.lastResult?.values.count == directions.count }
        let complete = finished.filter { $0.state == .complete }
        if !complete.isEmpty { return complete }
        let highest = finished.compactMap { $0.progress.results.last?.fidelity }.max()
        return finished.filter { $0.progress.results.last?.fidelity == highest }
    }

    private static func losses(_ trials: [Trial], _ directions: [Direction]) -> [[Double]] {
        trials.map { trial in zip(directions, trial.lastResult?.values ?? []).map { $0.loss($1) } }
    }
}
