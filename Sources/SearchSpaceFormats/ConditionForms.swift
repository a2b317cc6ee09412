import SearchSpaces

extension Condition {
    /// What holds where this does not; neither holds for a parameter that is inactive.
    var negated: Condition {
        switch self {
        case .parameter(let name, .isIn(let values)):
            values.count == 1 ? .parameter(name, .differs(values[0])) : .all(values.map { .parameter(name, .differs($0)) })
        case .parameter(let name, let test):
            switch test.operands.first {
            case let operand?: .parameter(name, Test(test.comparison.opposite, operand))
            case nil: .all([])
            }
        case .relation(let left, let comparison, let right): .relation(left, comparison.opposite, right)
        case .all(let parts): .any(parts.map(\.negated))
        case .any(let parts): .all(parts.map(\.negated))
        }
    }

    /// Without conjunctions and disjunctions of one.
    var withoutSingletons: Condition {
        switch self {
        case .all(let parts) where parts.count == 1, .any(let parts) where parts.count == 1: parts[0].withoutSingletons
        case .all(let parts): .all(parts.map(\.withoutSingletons))
        case .any(let parts): .any(parts.map(\.withoutSingletons))
        case .parameter, .relation: self
        }
    }

    /// The parents that a disjunction of several refers to.
    fileprivate var parentsInAlternatives: Set<String> {
        switch self {
        case .parameter, .relation: []
        case .any(let parts): parts.count > 1 ? parents : parts.reduce(into: []) { $0.formUnion($1.parentsInAlternatives) }
        case .all(let parts): parts.reduce(into: []) { $0.formUnion($1.parentsInAlternatives) }
        }
    }

    /// With sets as alternatives of equalities.
    var withoutSets: Condition {
        switch self {
        case .parameter(let name, .isIn(let values)): .any(values.map { .parameter(name, .equals($0)) })
        case .all(let parts): .all(parts.map(\.withoutSets))
        case .any(let parts): .any(parts.map(\.withoutSets))
        case .parameter, .relation: self
        }
    }

    /// Without parts that hold never, where something else decides.
    var simplified: Condition {
        switch self {
        case .all(let parts):
            let rest = parts.map(\.simplified)
            return rest.contains(where: \.isNever) ? .any([]) : rest.count == 1 ? rest[0] : .all(rest)
        case .any(let parts):
            let rest = parts.map(\.simplified).filter { !$0.isNever }
            return rest.count == 1 ? rest[0] : .any(rest)
        case .parameter, .relation: return self
        }
    }

    /// Whether it holds never: an empty disjunction or set.
    var isNever: Bool {
        switch self {
        case .any(let parts): parts.isEmpty
        case .parameter(_, .isIn(let values)): values.isEmpty
        case .all, .relation, .parameter: false
        }
    }

    /// The disjunctive normal form: the condition holds when all tests of at least one list do. Nil where there would be more than `limit`.
    func disjuncts(limit: Int) -> [[Condition]]? {
        switch self {
        case .parameter, .relation: return [[self]]
        case .any(let parts):
            var lists: [[Condition]] = []
            for part in parts {
                guard let more = part.disjuncts(limit: limit), lists.count + more.count <= limit else { return nil }
                lists += more
            }
            return lists
        case .all(let parts):
            var lists: [[Condition]] = [[]]
            for part in parts {
                guard let more = part.disjuncts(limit: limit), lists.count * more.count <= limit else { return nil }
                lists = lists.flatMap { list in more.map { list + $0 } }
            }
            return lists
        }
    }
}

extension Condition.Comparison {
    /// With the sides exchanged.
    var flipped: Condition.Comparison {
        switch self {
        case .equals, .differs: self
        case .greater: .less
        case .less: .greater
        case .atLeast: .atMost
        case .atMost: .atLeast
        }
    }

    var opposite: Condition.Comparison {
        switch self {
        case .equals: .differs
        case .differs: .equals
        case .greater: .atMost
        case .less: .atLeast
        case .atLeast: .less
        case .atMost: .greater
        }
    }
}

extension SearchSpace {
    /// The condition for programs that let an alternative decide alone, although the parent of another one is inactive, and to which an
    /// inactive parent differs from every value.
    ///
    /// Here a child is inactive with any of its parents. ConfigSpace 1.2 and irace see to that outside of alternatives only, so there every
    /// parent that may be inactive gets a test that it passes whenever it is active.
    func requiringParents(_ condition: Condition) -> Condition {
        let guarded = names.filter(condition.parentsInAlternatives.contains).compactMap { self[$0] }.filter { $0.condition != nil }
        let plain = withoutDiffers(condition)
        if guarded.isEmpty { return plain }
        let tests = guarded.map { parent in
            let tests: [Condition.Test] =
                parent.domain.choices.map { [.isIn($0)] }
                ?? [.less(parent.startValue), .equals(parent.startValue), .greater(parent.startValue)]
            return Condition.any(tests.map { .parameter(parent.name, $0) }).withoutSingletons
        }
        if case .all(let parts) = plain { return .all(parts + tests) }
        return .all([plain] + tests)
    }

    /// With what differs from a value as the other values, where the parameter may be inactive.
    private func withoutDiffers(_ condition: Condition) -> Condition {
        switch condition {
        case .all(let parts): return .all(parts.map(withoutDiffers))
        case .any(let parts): return .any(parts.map(withoutDiffers))
        case .parameter(let name, .differs(let value)):
            guard let parent = self[name], parent.condition != nil else { return condition }
            guard let choices = parent.domain.choices else { return .any([.parameter(name, .less(value)), .parameter(name, .greater(value))]) }
            let others = choices.filter { $0 != value }
            // No other value: a contradiction.
            if others.isEmpty { return .all([.parameter(name, .equals(value)), condition]) }
            return .parameter(name, .isIn(others))
        case .parameter, .relation: return condition
        }
    }

    /// The combinations of values that a clause forbids, each of parameters that are all active; nil where they are not finitely many or
    /// more than `limit`.
    func combinations(forbiddenBy clause: Condition, limit: Int) -> [[(name: String, value: ParameterValue)]]? {
        guard let lists = clause.disjuncts(limit: limit) else { return nil }
        var combinations: [[(name: String, value: ParameterValue)]] = []
        for list in lists {
            let names = names.filter(list.reduce(into: Set<String>()) { $0.formUnion($1.parents) }.contains)
            guard !names.isEmpty else { return nil }
            var partial: [[(name: String, value: ParameterValue)]] = [[]]
            for name in names {
                guard let values = self[name]?.domain.values(limit: limit), values.count * partial.count <= limit * 10 else { return nil }
                let tests = list.filter { $0.parents.contains(name) }
                partial = partial.flatMap { combination in
                    values.compactMap { value in
                        let longer = combination + [(name, value)]
                        let known = Set(longer.map(\.name))
                        let configuration = Configuration(longer.map { ($0.name, $0.value) })
                        return tests.allSatisfy { !$0.parents.isSubset(of: known) || passes($0, configuration) } ? longer : nil
                    }
                }
            }
            combinations += partial
            guard combinations.count <= limit else { return nil }
        }
        return combinations
    }

    /// The values with which a parameter passes a condition on it alone; nil where they are not finitely many.
    func values(of name: String, passing condition: Condition, limit: Int) -> [ParameterValue]? {
        self[name]?.domain.values(limit: limit)?.filter { passes(condition, [name: $0]) }
    }

    private func passes(_ condition: Condition, _ configuration: Configuration) -> Bool {
        switch condition {
        case .all(let parts): parts.allSatisfy { passes($0, configuration) }
        case .any(let parts): parts.contains { passes($0, configuration) }
        case .parameter, .relation: holds(condition, in: configuration)
        }
    }
}

extension Domain {
    /// All values; nil where there are more than `limit`.
    func values(limit: Int) -> [ParameterValue]? {
        guard let count, count <= limit else { return nil }
        return (0..<count).compactMap(value(atCell:))
    }
}

extension Parameter {
    /// Whether a number has a step, or one value only.
    var needsListing: Bool {
        guard domain.numericEnds != nil else { return false }
        if case .float(_, _, _, let step?) = domain, step > 0 { return true }
        return domain.count == 1 || (domain.step ?? 1) != 1
    }

    /// The default as foreign files give it: nil where it is the middle of the domain anyway.
    mutating func setDefault(_ value: ParameterValue?) {
        // A domain that is refused later must not be asked for its values.
        guard (try? Parameter(name, domain).check()) != nil else { return }
        defaultValue = value.map { domain.canonical($0) ?? $0 }
        if defaultValue == domain.middle { defaultValue = nil }
    }
}
