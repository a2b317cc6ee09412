import Charts
import Foundation
import Search
import SearchSpaces

/// A study as its pictures see it: the trials that have a result, what may be compared with what, and what counts for how much.
struct StudyHistory: Sendable {
    struct Objective: Sendable {
        let position: Int
        let name: String
        let direction: Direction

        var axisTitle: String { name.shortened(to: 28) + (direction == .maximize ? " (higher is better)" : " (lower is better)") }
        var isMaximized: Bool { direction == .maximize }
    }

    /// A trial with its latest result.
    struct Entry: Sendable {
        let trial: Trial
        /// One per objective, raw.
        let values: [Double]
        /// The same, lower is better.
        let losses: [Double]
        let isFeasible: Bool
        /// Whether it came as far as the best did, so that its values may be compared with theirs.
        let isComparable: Bool
        /// `[parameters]` in the unit cube, NaN where inactive.
        let point: [Double]
    }

    let definition: StudyDefinition
    let trials: [Trial]
    let objectives: [Objective]
    /// By number.
    let entries: [Entry]
    /// The entries that may be compared, by number.
    let comparable: [Entry]
    /// 0 (best) … 1 of each comparable entry, infeasible ones last.
    let ranks: [Double]
    /// Comparable entries, best first.
    let bestFirst: [Entry]
    /// The one best trial; nil where objectives compete.
    var best: Entry? { objectives.count == 1 ? bestFirst.first : nil }
    /// The positions among the comparable entries of those that none dominates; feasible ones only.
    let front: [Int]
    /// Positions of the parameters that vary and are active in a comparable entry, those that matter most first.
    let parameters: [Int]
    /// Those of them that the comparable entries differ in: what a picture has something to show for.
    let spread: [Int]

    /// - Parameter weights: By parameter: how much it matters; guessed where there are none.
    init(_ definition: StudyDefinition, _ trials: [Trial], weights: [String: Double] = [:]) {
        self.definition = definition
        self.trials = trials
        objectives = definition.directions.enumerated().map { position, direction in
            let name = position < definition.metricNames.count ? definition.metricNames[position] : ""
            let plain = definition.directions.count == 1 ? "value" : "value \(position)"
            return Objective(position: position, name: name.isEmpty ? plain : name, direction: direction)
        }
        let entries = Self.entries(definition, trials)
        let comparable = entries.filter(\.isComparable)
        self.entries = entries
        self.comparable = comparable
        let order = Front.order(comparable.map(\.losses), violations: comparable.map(\.trial.violation))
        var ranks = [Double](repeating: 0, count: order.count)
        for (place, position) in order.enumerated() { ranks[position] = order.count > 1 ? Double(place) / Double(order.count - 1) : 0 }
        self.ranks = ranks
        bestFirst = order.map { comparable[$0] }
        let feasible = comparable.indices.filter { comparable[$0].isFeasible }
        front = Front.members(feasible.map { comparable[$0].losses }).map { feasible[$0] }
        let parameters = Self.parameters(definition.space, comparable, ranks, weights)
        self.parameters = parameters
        spread = parameters.filter { position in
            let active = comparable.lazy.map { $0.point[position] }.filter(\.isFinite)
            guard let first = active.first else { return false }
            return active.contains { $0 != first }
        }
    }

    /// What an axis shows of some values of an objective; never without the best trial or a member of the front.
    func range(_ objective: Objective, _ values: [Double]) -> ClosedRange<Double>? {
        guard let bulk = StudyFigures.range(values, higherIsBetter: objective.isMaximized) else { return nil }
        let kept = (front.map { comparable[$0] } + bestFirst.prefix(1)).map { $0.values[objective.position] }.filter(Axis.isDrawable)
        return kept.reduce(bulk) { min($0.lowerBound, $1)...max($0.upperBound, $1) }
    }

    /// 0 (best) … 7 of a comparable entry.
    static func shade(_ rank: Double) -> Int { min(Int(rank * Double(StudyStyle.shades)), StudyStyle.shades - 1) }

    static func entries(_ definition: StudyDefinition, _ trials: [Trial]) -> [Entry] {
        let count = definition.directions.count
        let hasComplete = trials.contains { $0.state == .complete && $0.values.count == count }
        let highest = trials.compactMap { $0.state == .failed ? nil : $0.progress.results.last?.fidelity }.max()
        return trials.compactMap { trial in
            guard trial.state != .failed, trial.state != .waiting else { return nil }
            var values = trial.values.isEmpty ? trial.progress.results.last?.values ?? [] : trial.values
            // Other programs' pruned trials have nothing but the values on the way.
            if values.isEmpty, count == 1, trial.state == .pruned, let last = trial.intermediateValues.max(by: { $0.key < $1.key }) {
                values = [last.value]
            }
            guard values.count == count, !values.contains(where: \.isNaN) else { return nil }
            let isComparable = hasComplete ? trial.state == .complete : highest != nil && trial.progress.results.last?.fidelity == highest
            return Entry(
                trial: trial, values: values, losses: zip(definition.directions, values).map { $0.loss($1) },
                isFeasible: trial.violation <= 0, isComparable: isComparable, point: definition.space.encode(trial.configuration))
        }
    }

    private static func parameters(
        _ space: SearchSpace, _ entries: [Entry], _ ranks: [Double], _ given: [String: Double]
    ) -> [Int] {
        let varying = space.parameters.indices.filter { position in
            guard space.parameters[position].domain.count != 1 else { return false }
            return entries.isEmpty || entries.contains { $0.point[position].isFinite }
        }
        let weights = varying.map { position in
            given[space.parameters[position].name] ?? (given.isEmpty ? explained(entries.map { $0.point[position] }, ranks) : -1)
        }
        // Of parameters that matter alike, those come first that more trials have.
        let counts = varying.map { position in entries.count { $0.point[position].isFinite } }
        return varying.indices.sorted { (-weights[$0], -counts[$0], $0) < (-weights[$1], -counts[$1], $1) }.map { varying[$0] }
    }

    /// The share of the ranks' variance that lies between eighths of a parameter's range (the correlation ratio): a first guess at what
    /// matters, good enough for what to show first.
    private static func explained(_ coordinates: [Double], _ ranks: [Double]) -> Double {
        let active = coordinates.indices.filter { coordinates[$0].isFinite }
        guard active.count > 8 else { return 0 }
        var sums = [Double](repeating: 0, count: 8)
        var counts = [Double](repeating: 0, count: 8)
        for index in active {
            let cell = min(max(Int(coordinates[index] * 8), 0), 7)
            sums[cell] += ranks[index]
            counts[cell] += 1
        }
        let mean = sums.reduce(0, +) / Double(active.count)
        let total = active.reduce(0) { $0 + (ranks[$1] - mean) * (ranks[$1] - mean) }
        let between = zip(sums, counts).reduce(0) { $0 + ($1.1 > 0 ? $1.1 * ($1.0 / $1.1 - mean) * ($1.0 / $1.1 - mean) : 0) }
        return total > 0 ? between / total * Double(active.count) / Double(coordinates.count) : 0
    }
}

extension StudyHistory.Entry {
    /// What a pointer over the trial shows.
    func tip(_ objectives: [StudyHistory.Objective]) -> String {
        var lines = ["Trial \(trial.number)\(isFeasible ? "" : " · violates its constraints")"]
        for (objective, value) in zip(objectives, values) { lines.append("\(objective.name.shortened(to: 30)) \(StudyFigures.value(value))") }
        for (name, value) in trial.configuration.prefix(8) {
            lines.append("\(name.shortened(to: 30)) = \(StudyFigures.text(value).shortened(to: 40))")
        }
        if trial.configuration.count > 8 { lines.append("…") }
        return lines.joined(separator: "\n")
    }
}
