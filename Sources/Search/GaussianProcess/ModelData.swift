import Foundation
import SearchSpaces

/// The trials as a Gaussian process sees them.
struct ModelData {
    /// Positions of the trials that count as observed, by number.
    private(set) var trials: [Int] = []
    /// Lower is better, `[objectives][observed]`; infinite where the trial failed or the value was.
    private(set) var losses: [[Double]]
    /// From 0 for the lowest to 1 for the highest, `[observed]`.
    private(set) var fidelities: [Double] = []
    /// By name, `[observed]`; NaN where a trial was told none.
    private(set) var constraints: [String: [Double]] = [:]
    private(set) var violations: [Double] = []
    /// Positions of the trials that run now.
    private(set) var running: [Int] = []
    /// How many trials have a result.
    private(set) var resultCount = 0

    var hasFidelities: Bool { fidelities.contains { $0 < 1 } }

    init(_ context: SamplingContext) {
        losses = context.directions.map { _ in [] }
        var reaches: [Double] = []
        var observed: [(position: Int, losses: [Double], reach: Double)] = []
        for (position, trial) in context.trials.enumerated() where trial.number != context.number {
            if trial.state == .running { running.append(position) }
            if let (values, reach) = Self.result(trial, objectives: context.directions.count) {
                observed.append((position, zip(context.directions, values).map { $0.loss($1) }, reach))
                if reach.isFinite { reaches.append(reach) }
            } else if trial.state == .failed, !trial.progress.lost, !trial.configuration.isEmpty {
                observed.append((position, context.directions.map { _ in .infinity }, .infinity))
            }
        }
        resultCount = observed.count { !$0.losses.contains(.infinity) }
        // On a logarithmic scale: rungs are powers.
        let (lowest, highest) = (reaches.min() ?? 1, reaches.max() ?? 1)
        let range = lowest > 0 && highest > lowest ? log(highest / lowest) : 0
        for (position, values, reach) in observed {
            trials.append(position)
            for objective in losses.indices { losses[objective].append(values[objective]) }
            fidelities.append(reach.isFinite && range > 0 ? log(max(reach, lowest) / lowest) / range : 1)
            let hasFailed = values.contains(.infinity) && context.trials[position].state == .failed
            violations.append(hasFailed ? .infinity : context.trials[position].violation)
            for name in context.trials[position].constraints.keys where constraints[name] == nil { constraints[name] = [] }
        }
        for name in constraints.keys {
            constraints[name] = trials.map { context.trials[$0].constraints[name] ?? .nan }
        }
    }

    /// Values, and how far the trial had come: infinite for a complete trial without fidelities.
    private static func result(_ trial: Trial, objectives: Int) -> (values: [Double], reach: Double)? {
        guard trial.state != .waiting else { return nil }
        if let last = trial.progress.results.last, last.values.count == objectives { return (last.values, Double(last.fidelity)) }
        if trial.state == .complete, trial.values.count == objectives { return (trial.values, .infinity) }
        if objectives == 1, let stopped = trial.stopped { return ([stopped.value], Double(max(stopped.step, 1))) }
        return nil
    }

    /// Keeps at most `limit` observations: the best half, a quarter of the newest, and others evenly over the rest.
    mutating func reduce(to limit: Int) {
        guard trials.count > limit, limit > 0 else { return }
        let all = Array(trials.indices)
        let order = Front.order(all.map { index in losses.map { $0[index] } }, violations: violations)
        var kept = Set(order.prefix(limit / 2))
        for index in all.reversed() where kept.count < limit * 3 / 4 { kept.insert(index) }
        let rest = order.filter { !kept.contains($0) }
        let free = limit - kept.count
        for k in 0..<min(free, rest.count) { kept.insert(rest[k * rest.count / free]) }
        let positions = kept.sorted()
        trials = positions.map { trials[$0] }
        losses = losses.map { column in positions.map { column[$0] } }
        fidelities = positions.map { fidelities[$0] }
        violations = positions.map { violations[$0] }
        constraints = constraints.mapValues { column in positions.map { column[$0] } }
    }
}
