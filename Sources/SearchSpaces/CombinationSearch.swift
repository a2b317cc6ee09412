/// A systematic search for values that no forbidden clause holds for: backtracking over the parameters that the clauses mention and the
/// parents that decide on their activity, parents first.
///
/// Every parameter gets a list of candidates in random order: all values of a small domain; of a large or continuous one, the
/// bounds that clauses and conditions compare it with and a random value between each two of them, which covers everything such tests can
/// tell apart. A clause prunes as soon as the values so far make it hold. A dead end jumps back to the latest parameter that had a part in
/// it (conflict-directed backjumping, Prosser 1993), so parameters without a say are not tried in all combinations.
struct CombinationSearch {
    /// Values tried before giving up.
    static let tryLimit = 200_000
    /// Domains up to this size are tried completely.
    static let completeLimit = 256
    /// Random values between two bounds where a parameter is compared with another one.
    static let relationDraws = 8

    private let space: SearchSpace
    /// Parents first.
    private let variables: [Parameter]
    private let candidates: [[ParameterValue]]
    private let clauses: [Expression]
    private let activity: [Expression?]
    /// For every clause and every condition, the variables it mentions.
    private let clauseVariables: [Set<Int>]
    private let activityVariables: [Set<Int>]
    /// For every variable, the clauses that mention it. Those with the fewest variables come first, so that failures are blamed on few.
    private let watchers: [[Int]]
    /// Whether the candidates stand for all values.
    private let isComplete: Bool

    init(_ space: SearchSpace, using generator: inout some RandomNumberGenerator) {
        self.space = space
        var names = space.forbidden.reduce(into: Set<String>()) { $0.formUnion($1.parents) }
        for parameter in space.parametersInTopologicalOrder.reversed() where names.contains(parameter.name) {
            names.formUnion(parameter.condition?.parents ?? [])
        }
        let variables = space.parametersInTopologicalOrder.filter { names.contains($0.name) }
        let conditions = space.forbidden + variables.compactMap(\.condition)
        let points = ComparisonPoints(conditions, variables)
        let candidates = variables.map { points.candidates(for: $0, using: &generator) }
        let places = Dictionary(uniqueKeysWithValues: variables.enumerated().map { ($1.name, $0) })
        func compiled(_ condition: Condition) -> Expression { Expression(condition, variables, candidates, places) }
        let clauses = space.forbidden.map(compiled)
        self.variables = variables
        self.candidates = candidates
        self.clauses = clauses
        activity = variables.map { $0.condition.map(compiled) }
        activityVariables = activity.map { $0?.variables ?? [] }
        let mentioned = clauses.map(\.variables)
        clauseVariables = mentioned
        let byWidth = clauses.indices.sorted { (mentioned[$0].count, $0) < (mentioned[$1].count, $1) }
        watchers = variables.indices.map { variable in byWidth.filter { mentioned[$0].contains(variable) } }
        isComplete = variables.allSatisfy { !points.isRelated($0.name) || ($0.domain.count ?? .max) <= Self.completeLimit }
    }

    /// Allowed values of the variables that are active.
    ///
    /// - Throws: `SearchSpaceError` (`forbidden`), which names the clauses that stood in the way.
    func allowedValues() throws -> [(String, ParameterValue)] {
        var state = State(choice: Array(repeating: Expression.open, count: variables.count))
        for (index, clause) in clauses.enumerated() where clause.holds(state.choice) { state.guilty.insert(index) }
        let isHopeless = !state.guilty.isEmpty
        if !isHopeless, try advance(0, &state) == nil {
            return zip(variables, state.choice).enumerated().compactMap { index, entry in
                entry.1 >= 0 ? (entry.0.name, candidates[index][entry.1]) : nil
            }
        }
        throw isComplete || isHopeless
            ? failure("The space forbids every configuration", state) : failure("No allowed configuration was found", state)
    }

    /// What was found out, and the clauses that stood in the way.
    ///
    /// A clause that forbids all values but one (`a != 0.7`) fixes a parameter; it is how callers ask for a value, not what is in the way.
    private func failure(_ what: String, _ state: State) -> SearchSpaceError {
        var (fixed, guilty): (Configuration, [Condition]) = ([:], [])
        for (index, clause) in space.forbidden.enumerated() {
            if case .parameter(let name, .differs(let value)) = clause, let value = space[name]?.domain.canonical(value), fixed[name] == nil {
                fixed[name] = value
            } else if state.guilty.contains(index) {
                guilty.append(clause)
            }
        }
        guard !fixed.isEmpty, !guilty.isEmpty else {
            let clauses = state.guilty.sorted().map { space.forbidden[$0] }
            return SearchSpaceError(.forbidden, "\(what); in the way are the forbidden \(SearchSpace.listed(clauses)). Forbid less.")
        }
        // Where nothing was left to choose, it is known which clauses hold.
        let wanted = space.resolve { fixed[$0.name] }
        if wanted.allSatisfy({ fixed[$0.name] != nil }), let error = space.refusal(of: wanted) { return error }
        return SearchSpaceError(
            .forbidden, "\(what) with \(space.ordered(fixed)); in the way are the forbidden \(SearchSpace.listed(guilty)). Choose other values, or forbid less."
        )
    }

    private struct State {
        /// The chosen candidate of every variable, or one of `Expression.open` and `.inactive`.
        var choice: [Int]
        var tries = 0
        /// Clauses that pruned.
        var guilty: Set<Int> = []
    }

    /// Gives values to the variables from `index` on.
    ///
    /// - Returns: Nil when it worked, else the earlier variables that had a part in the failure.
    private func advance(_ index: Int, _ state: inout State) throws -> Set<Int>? {
        guard index < variables.count else { return nil }
        let parents = activityVariables[index]
        if let condition = activity[index], parents.contains(where: { state.choice[$0] < 0 }) || !condition.holds(state.choice) {
            state.choice[index] = Expression.inactive
            guard let conflict = try advance(index + 1, &state) else { return nil }
            state.choice[index] = Expression.open
            // Had it been active, no clause would hold any less.
            return conflict.subtracting([index])
        }
        var blamed = parents
        for candidate in candidates[index].indices {
            state.tries += 1
            guard state.tries <= Self.tryLimit else {
                throw failure("No allowed configuration was found in \(Self.tryLimit) systematic tries", state)
            }
            state.choice[index] = candidate
            if let clause = watchers[index].first(where: { clauses[$0].holds(state.choice) }) {
                state.guilty.insert(clause)
                for variable in clauseVariables[clause] where variable < index { blamed.insert(variable) }
                continue
            }
            guard let conflict = try advance(index + 1, &state) else { return nil }
            guard conflict.contains(index) else {
                state.choice[index] = Expression.open
                return conflict
            }
            blamed.formUnion(conflict)
        }
        state.choice[index] = Expression.open
        return blamed.subtracting([index])
    }
}

extension CombinationSearch {
    /// A condition over candidates by their numbers, so that a test is a look-up.
    indirect enum Expression {
        static let open = -1
        static let inactive = -2

        case test(variable: Int, passes: [Bool])
        case relation(left: Int, right: Int, passes: [[Bool]])
        case all([Expression])
        case any([Expression])

        /// Every parameter of the condition is among the variables.
        init(_ condition: Condition, _ variables: [Parameter], _ candidates: [[ParameterValue]], _ places: [String: Int]) {
            switch condition {
            case .all(let parts): self = .all(parts.map { Expression($0, variables, candidates, places) })
            case .any(let parts): self = .any(parts.map { Expression($0, variables, candidates, places) })
            case .parameter(let name, let test):
                let place = places[name, default: 0]
                self = .test(variable: place, passes: candidates[place].map { test.passes($0, in: variables[place].domain) })
            case .relation(let left, let comparison, let right):
                let (first, second) = (places[left, default: 0], places[right, default: 0])
                self = .relation(
                    left: first, right: second,
                    passes: candidates[first].map { value in
                        candidates[second].map { comparison.holds(value, of: variables[first].domain, $0, of: variables[second].domain) }
                    })
            }
        }

        /// Whether it holds already: what is open or inactive passes no test, and nothing that holds can stop to hold.
        func holds(_ choice: [Int]) -> Bool {
            switch self {
            case .test(let variable, let passes): choice[variable] >= 0 && passes[choice[variable]]
            case .relation(let left, let right, let passes): choice[left] >= 0 && choice[right] >= 0 && passes[choice[left]][choice[right]]
            case .all(let parts): parts.allSatisfy { $0.holds(choice) }
            case .any(let parts): parts.contains { $0.holds(choice) }
            }
        }

        var variables: Set<Int> {
            switch self {
            case .test(let variable, _): [variable]
            case .relation(let left, let right, _): [left, right]
            case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.variables) }
            }
        }
    }
}
