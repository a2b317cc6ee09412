/// Brackets that are worked through one after the other: a rung ends when all its trials are back, and only then its best go on.
///
/// A free worker asks every bracket under way in order and opens the next when all of them wait; that is the only parallelism.
/// `progress.bracket` counts the brackets from 0; all else is read from the trials. Shared by Hyperband, successive halving and DEHB.
///
/// Source: automl/HpBandSter, core/base_iteration.py and core/master.py. Ours differs where a study may start nothing more: a rung that
/// was not filled passes on one in η of what it has, at least one, so that the study still ends with a complete trial.
struct SynchronousBrackets: Sendable {
    /// They take turns.
    let brackets: [Bracket]
    let eta: Int

    /// Where a new trial is wanted.
    struct Place {
        /// The number of the bracket, counted on through all rounds.
        var iteration: Int
        var rung: Int
        var fidelity: Int
        /// How many trials the rung is to have.
        var size: Int
    }

    /// - Parameters:
    ///   - promotes: Whether the rungs of a bracket receive the best of the rung below; else all their trials are new ones.
    ///   - start: The decision that fills a place with a new trial.
    func decide(
        _ context: SchedulingContext, promotes: (_ iteration: Int) -> Bool = { _ in true }, start: (Place) -> SchedulingDecision
    ) -> SchedulingDecision {
        let members = members(context.trials)
        for (iteration, members) in members.enumerated() where !members.isEmpty {
            if let decision = decide(iteration, members, context, promotes: promotes(iteration), start: start) { return decision }
        }
        guard context.mayStart else { return context.idle }
        let next = members.count
        let bracket = brackets[next % brackets.count]
        return start(Place(iteration: next, rung: 0, fidelity: bracket.fidelities[0], size: bracket.sizes[0]))
    }

    /// A trial as its bracket sees it.
    private struct Member {
        var number: Int
        /// The fidelity it started at.
        var first: Int
        /// The fidelity of its last job, unless that may be repeated.
        var reach: Int
        var isRunning: Bool
    }

    /// The started trials of each bracket, by number.
    private func members(_ trials: [Trial]) -> [[Member]] {
        var members: [[Member]] = []
        for (number, trial) in trials.enumerated() {
            let progress = trial.progress
            guard progress.attempts > 0, progress.bracket >= 0, progress.bracket <= trials.count, let fidelity = progress.fidelity
            else { continue }
            let mayRepeat = trial.state == .pruned && !progress.promotionFailed
            while members.count <= progress.bracket { members.append([]) }
            members[progress.bracket].append(
                Member(
                    number: number, first: progress.results.first?.fidelity ?? fidelity,
                    reach: mayRepeat ? progress.results.last?.fidelity ?? fidelity : fidelity, isRunning: trial.state == .running))
        }
        return members
    }

    /// What a bracket has to do; nil when it waits or is done.
    private func decide(
        _ iteration: Int, _ members: [Member], _ context: SchedulingContext, promotes: Bool, start: (Place) -> SchedulingDecision
    ) -> SchedulingDecision? {
        let bracket = brackets[iteration % brackets.count]
        let highest = members.map(\.reach).max() ?? 0
        var (below, sizeBelow) = (0, 0)
        // Whether all rungs below were filled; else there are fewer places above, too.
        var isFull = true
        for (rung, fidelity) in bracket.fidelities.enumerated() {
            let assigned = members.filter { $0.first <= fidelity && $0.reach >= fidelity }
            isFull = isFull && (!promotes || below >= sizeBelow)
            let size = isFull ? bracket.sizes[rung] : max(min(bracket.sizes[rung], below / eta), 1)
            defer { (below, sizeBelow) = (assigned.count, size) }
            // Once a trial has gone on, the rung is closed.
            if highest > fidelity { continue }
            if assigned.count < size {
                if rung > 0, promotes, let best = promotable(members, from: bracket.fidelities[rung - 1], size, context) {
                    return .promote(trial: best, fidelity: fidelity)
                }
                if context.mayStart, isFull {
                    return start(Place(iteration: iteration, rung: rung, fidelity: fidelity, size: size))
                }
            }
            if assigned.isEmpty || assigned.contains(where: \.isRunning) { return nil }
        }
        return nil
    }

    /// The best of the `size` best trials of a rung that has not gone on. Results that are not finite never go on.
    private func promotable(_ members: [Member], from fidelity: Int, _ size: Int, _ context: SchedulingContext) -> Int? {
        var numbers: [Int] = []
        var losses: [[Double]] = []
        for member in members {
            guard let values = context.trials[member.number].progress.values(at: fidelity), values.allSatisfy(\.isFinite) else { continue }
            numbers.append(member.number)
            losses.append(context.losses(values))
        }
        return Front.order(losses).prefix(size).map { numbers[$0] }.first { context.canGoOn(context.trials[$0], from: fidelity) }
    }
}
