import SearchSpaces
import Synchronization

/// What TPE remembers of a history from one suggestion to the next, so that each costs what has changed instead of what there is.
///
/// A memory, not a state: everything in it follows from the trials, and a trial that is no longer the same object is looked at again.
final class TPEMemory: Sendable {
    private let state = Mutex<State?>(nil)

    private let isMultivariate: Bool

    init(multivariate: Bool) { isMultivariate = multivariate }

    func withState<Result>(for context: SamplingContext, _ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLock { state in
            var present = state ?? State(context.space, multivariate: isMultivariate)
            state = nil
            if present.space != context.space || present.trials.count > context.trials.count { present = State(context.space, multivariate: isMultivariate) }
            present.update(context.trials)
            defer { state = present }
            return try body(&present)
        }
    }

    struct State {
        let space: SearchSpace
        /// As last seen.
        private(set) var trials: [Trial] = []
        /// Of the parameters that vary, by position in `space.parameters`.
        var columns: [Int: ParzenColumn]
        /// What is modelled together.
        let groups: [TPEGroup]
        /// Each parameter alone.
        let single: [TPEGroup]
        /// The final value of a complete trial of one objective, by trial; NaN for all others.
        private(set) var finalValues: [Double] = []
        /// Trials that need a closer look than a final value: with results at fidelities, pruned, or infeasible.
        private(set) var intricate = 0
        private var isIntricate: [Bool] = []
        /// Configurations that have been started, where the space has finitely many.
        private var tried: Set<Configuration> = []
        private let isFinite: Bool

        init(_ space: SearchSpace, multivariate: Bool) {
            self.space = space
            isFinite = space.parameters.allSatisfy { $0.domain.count != nil }
            groups = TPEGroup.groups(of: space, multivariate: multivariate)
            single = TPEGroup.groups(of: space, multivariate: false)
            columns = [:]
            for (position, parameter) in space.parameters.enumerated() where parameter.domain.count != 1 {
                columns[position] = ParzenColumn(parameter)
            }
        }

        mutating func update(_ latest: [Trial]) {
            var moved: [Int] = []
            for number in latest.indices {
                if number < trials.count {
                    if trials[number].isIdentical(to: latest[number]) { continue }
                    if trials[number].state == .waiting || trials[number].configuration != latest[number].configuration { moved.append(number) }
                    trials[number] = latest[number]
                } else {
                    trials.append(latest[number])
                    finalValues.append(.nan)
                    isIntricate.append(false)
                    moved.append(number)
                }
                note(number)
            }
            guard !moved.isEmpty else { return }
            if isFinite { for number in moved where trials[number].state != .waiting { tried.insert(trials[number].configuration) } }
            for position in columns.keys { columns[position]?.update(moved, of: trials) }
        }

        func isTried(_ configuration: Configuration) -> Bool { tried.contains(configuration) }

        private mutating func note(_ number: Int) {
            let trial = trials[number]
            let (state, values) = (trial.state, trial.values)
            finalValues[number] = state == .complete && values.count == 1 ? values[0] : .nan
            let needsLook = state == .pruned || !trial.progress.results.isEmpty || trial.violation > 0
            if needsLook != isIntricate[number] { intricate += needsLook ? 1 : -1 }
            isIntricate[number] = needsLook
        }
    }
}

/// Parameters that are modelled together: those that are active under the same condition, or, one-dimensionally, each alone.
struct TPEGroup {
    var condition: Condition?
    /// Positions in the space's parameters.
    var positions: [Int]

    /// The groups of a space, parents before children.
    static func groups(of space: SearchSpace, multivariate: Bool) -> [TPEGroup] {
        var groups: [TPEGroup] = []
        for position in space.topologicalPositions {
            let condition = space.parameters[position].condition
            if multivariate, let index = groups.firstIndex(where: { $0.condition == condition }) {
                groups[index].positions.append(position)
            } else {
                groups.append(TPEGroup(condition: condition, positions: [position]))
            }
        }
        return groups
    }
}
