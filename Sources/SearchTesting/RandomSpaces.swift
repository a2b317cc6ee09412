import Search
public import SearchSpaces

/// Random but valid search spaces, for properties that must hold in every space.
public enum RandomSpaces {
    /// A space with one to nine parameters of all kinds, with priors, defaults, conditions that nest, and forbidden clauses that leave
    /// something allowed. The same seed gives the same space.
    ///
    /// - Throws: `SearchSpaceError` if the generator of spaces itself is wrong.
    public static func space(seed: UInt64) throws -> SearchSpace {
        var chance = TrialGenerator(seed: seed)
        var parameters: [Parameter] = []
        for index in 0..<Int.random(in: 1...9, using: &chance) {
            var parameter = Parameter("p\(index)", domain(&chance))
            if Bool.random(using: &chance) { parameter.defaultValue = parameter.domain.value(atUnit: chance.uniform()) }
            if chance.uniform() < 0.4 { parameter.prior = prior(for: parameter.domain, &chance) }
            if !parameters.isEmpty, chance.uniform() < 0.4 { parameter.condition = condition(over: parameters, depth: 2, &chance) }
            parameters.append(parameter)
        }
        let free = try SearchSpace(parameters)
        // A configuration that no clause may forbid keeps the space from being empty.
        let witness = try free.randomConfiguration(using: &chance)
        let clauses = (0..<Int.random(in: 0...4, using: &chance)).map { _ in
            chance.uniform() < 0.3 ? relation(among: parameters, &chance) : condition(over: parameters, depth: 2, &chance)
        }
        let allowed = try clauses.filter { try !SearchSpace(parameters, forbidden: [$0]).isForbidden(witness) }
        // Children are not always declared after their parents.
        return try SearchSpace(chance.uniform() < 0.3 ? parameters.reversed() : parameters, forbidden: allowed)
    }

    private static func domain(_ chance: inout TrialGenerator) -> Domain {
        switch Int.random(in: 0..<9, using: &chance) {
        case 0:
            let low = Double.random(in: -10...10, using: &chance)
            return .float(low: low, high: low + Double.random(in: 0.001...20, using: &chance))
        case 1:
            let low = 10 * chance.uniform() + 1e-6
            return .float(low: low, high: low * Double.random(in: 1.5...1e6, using: &chance), log: true)
        case 2:
            let low = Double(Int.random(in: -3...3, using: &chance))
            return .float(low: low, high: low + 1, step: [0.1, 0.25, 0.3][Int.random(in: 0..<3, using: &chance)])
        case 3:
            let low = Int.random(in: -20...20, using: &chance)
            return .integer(low: low, high: low + Int.random(in: 0...30, using: &chance), step: Int.random(in: 1...3, using: &chance))
        case 4: return .integer(low: 1, high: Int.random(in: 1...100_000, using: &chance), log: true)
        case 5: return .categorical(choices(&chance))
        case 6: return .ordinal(choices(&chance))
        case 7: return .categorical([false, true])
        default: return .constant(choices(&chance)[0])
        }
    }

    /// Numbers or names.
    private static func choices(_ chance: inout TrialGenerator) -> [ParameterValue] {
        let count = Int.random(in: 1...6, using: &chance)
        if Bool.random(using: &chance) { return (0..<count).map { .integer(1 << $0) } }
        return (0..<count).map { .category("v\($0)") }
    }

    private static func prior(for domain: Domain, _ chance: inout TrialGenerator) -> Prior? {
        if let choices = domain.choices {
            var weights = choices.map { _ in chance.uniform() < 0.2 ? 0 : chance.uniform() }
            weights[0] += 0.1
            return .weights(weights)
        }
        if Bool.random(using: &chance) { return .beta(alpha: 0.5 + 4 * chance.uniform(), beta: 0.5 + 4 * chance.uniform()) }
        guard let mean = domain.value(atUnit: chance.uniform()).number else { return nil }
        return .normal(mean: mean, deviation: 0.01 + 3 * chance.uniform())
    }

    private static func condition(over parameters: [Parameter], depth: Int, _ chance: inout TrialGenerator) -> Condition {
        if depth > 0, chance.uniform() < 0.4 {
            let parts = (0..<Int.random(in: 1...3, using: &chance)).map { _ in condition(over: parameters, depth: depth - 1, &chance) }
            return Bool.random(using: &chance) ? .all(parts) : .any(parts)
        }
        let parent = parameters[Int.random(in: 0..<parameters.count, using: &chance)]
        func value() -> ParameterValue { parent.domain.value(atUnit: chance.uniform()) }
        var hasOrder = true
        switch parent.domain {
        case .categorical, .constant: hasOrder = false
        case .float, .integer, .ordinal: break
        }
        switch Int.random(in: 0..<(hasOrder ? 7 : 3), using: &chance) {
        case 0: return .parameter(parent.name, .equals(value()))
        case 1: return .parameter(parent.name, .differs(value()))
        case 2: return .parameter(parent.name, .isIn([value(), value()]))
        case 3: return .parameter(parent.name, .greater(value()))
        case 4: return .parameter(parent.name, .less(value()))
        case 5: return .parameter(parent.name, .atLeast(value()))
        default: return .parameter(parent.name, .atMost(value()))
        }
    }

    /// A comparison of two parameters; where they have no common order, of a parameter with a value.
    private static func relation(among parameters: [Parameter], _ chance: inout TrialGenerator) -> Condition {
        let left = parameters[Int.random(in: 0..<parameters.count, using: &chance)]
        let right = parameters[Int.random(in: 0..<parameters.count, using: &chance)]
        let comparison = Condition.Comparison.allCases[Int.random(in: 0..<6, using: &chance)]
        let relation = Condition.relation(left.name, comparison, right.name)
        guard (try? SearchSpace(parameters, forbidden: [relation])) != nil else { return condition(over: parameters, depth: 0, &chance) }
        return relation
    }
}
