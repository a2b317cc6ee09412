import SearchSpaces

/// A finished trial as evolution sees it.
struct Outcome: Sendable, Equatable {
    var number: Int
    /// How far the trial came: what came further ranks first. `complete` for the final result, else the highest fidelity, `failed` for none.
    var reach: Int
    /// One per objective, infinite for a failed trial.
    var losses: [Double]
    /// By how much constraints are violated in all.
    var violation: Double

    static let complete = Int.max
    static let failed = -1

    /// Nil while the trial runs or waits. A promoted trial counts with the result it has.
    init?(_ trial: Trial, _ directions: [Direction], _ notes: TrialNotes? = nil) {
        let state = trial.state
        guard state != .waiting else { return nil }
        number = trial.number
        var values: [Double] = []
        reach = Self.failed
        if state == .complete {
            values = trial.values
            reach = Self.complete
        } else if state != .failed {
            if let last = trial.progress.results.last {
                (values, reach) = (last.values, last.fidelity)
            } else if state == .running {
                return nil
            } else if directions.count == 1, let stopped = trial.stopped {
                (values, reach) = ([stopped.value], stopped.step)
            }
        }
        if values.count == directions.count, !values.contains(where: \.isNaN) {
            losses = values
            for objective in losses.indices where directions[objective] == .maximize { losses[objective].negate() }
            violation = (notes ?? TrialNotes(trial)).hasMore ? trial.violation : 0
        } else {
            reach = Self.failed
            losses = [Double](repeating: .infinity, count: directions.count)
            violation = 0
        }
    }

    init(number: Int, losses: [Double], violation: Double = 0) {
        self.number = number
        self.losses = losses
        self.violation = violation
        reach = Self.complete
    }

    /// By the order of ``Ranking``: whether it came further, violates less, or dominates.
    func isBetter(than other: Outcome) -> Bool {
        if reach != other.reach { return reach > other.reach }
        if violation > 0 || other.violation > 0 { return violation < other.violation }
        return Front.dominates(losses, other.losses)
    }
}

/// The order of outcomes: what came further first, then feasible before infeasible, then by Pareto front, or by the violation
/// (Deb et al. 2002, section VI.A).
enum Ranking {
    /// Positions by front, best first.
    static func fronts(_ outcomes: [Outcome]) -> [[Int]] {
        var fronts: [[Int]] = []
        let tiers = Set(outcomes.map(\.reach)).sorted(by: >)
        for reach in tiers {
            let tier = tiers.count == 1 ? Array(outcomes.indices) : outcomes.indices.filter { outcomes[$0].reach == reach }
            let feasible = tier.filter { outcomes[$0].violation <= 0 }
            for front in Front.fronts(feasible.map { outcomes[$0].losses }) { fronts.append(front.map { feasible[$0] }) }
            let infeasible = tier.filter { outcomes[$0].violation > 0 }.sorted { (outcomes[$0].violation, $0) < (outcomes[$1].violation, $1) }
            for position in infeasible {
                if let last = fronts.last?.last, outcomes[last].reach == reach, outcomes[last].violation == outcomes[position].violation {
                    fronts[fronts.count - 1].append(position)
                } else {
                    fronts.append([position])
                }
            }
        }
        return fronts
    }

    /// Positions from best to worst; within a front the less crowded first.
    static func order(_ outcomes: [Outcome]) -> [Int] {
        fronts(outcomes).flatMap { front -> [Int] in
            guard front.count > 2, outcomes[front[0]].losses.count > 1 else { return front }
            let crowding = Front.crowdingDistances(front.map { outcomes[$0].losses })
            return front.indices.sorted { (-crowding[$0], $0) < (-crowding[$1], $1) }.map { front[$0] }
        }
    }
}
