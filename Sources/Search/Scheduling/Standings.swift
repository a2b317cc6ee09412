extension SchedulingContext {
    /// Values as losses, one per objective: lower is better.
    func losses(_ values: [Double]) -> [Double] { zip(directions, values).map { $0.loss($1) } }

    /// Whether a trial waits at a fidelity and may be trained further.
    func canGoOn(_ trial: Trial, from fidelity: Int) -> Bool {
        trial.state == .pruned && trial.progress.results.last?.fidelity == fidelity && !trial.progress.promotionFailed
    }

    /// The trial whose latest result is the best of all that wait below the highest of `rungs`, whatever its rung: what to go on
    /// with when little time is left.
    func bestPromotion(_ rungs: [Int]) -> SchedulingDecision? {
        var waiting: [(number: Int, fidelity: Int)] = []
        var losses: [[Double]] = []
        for (number, trial) in trials.enumerated() {
            guard let last = trial.progress.results.last, canGoOn(trial, from: last.fidelity),
                let next = rungs.first(where: { $0 > last.fidelity })
            else { continue }
            waiting.append((number, next))
            losses.append(self.losses(last.values))
        }
        return Front.order(losses).first.map { .promote(trial: waiting[$0].number, fidelity: waiting[$0].fidelity) }
    }
}
