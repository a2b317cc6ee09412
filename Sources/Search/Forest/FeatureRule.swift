import SearchSpaces

/// A condition over the rows of a ``FeatureSpace``, many times faster than one over configurations.
indirect enum FeatureRule: Sendable {
    case always(Bool)
    /// By level of a categorical feature, the inactive one last.
    case levels(Int, [Bool])
    /// The value of an ordered feature passes a test.
    case value(Int, Domain, Condition.Test)
    case isActive(Int)
    case all([FeatureRule])
    case any([FeatureRule])

    func holds(_ row: UnsafePointer<Double>) -> Bool {
        switch self {
        case .always(let answer): return answer
        case .levels(let feature, let passes): return passes[Int(row[feature])]
        case .value(let feature, let domain, let test):
            return row[feature] >= 0 && Self.passes(domain.value(atUnit: row[feature]), test, in: domain)
        case .isActive(let feature): return row[feature] >= 0
        case .all(let rules): return rules.allSatisfy { $0.holds(row) }
        case .any(let rules): return rules.contains { $0.holds(row) }
        }
    }

    private static func passes(_ value: ParameterValue, _ test: Condition.Test, in domain: Domain) -> Bool {
        func order(_ value: ParameterValue) -> Double? {
            if case .ordinal(let ranks) = domain { return ranks.firstIndex(of: value).map(Double.init) }
            return value.number
        }
        switch test {
        case .equals(let other): return value == other
        case .differs(let other): return value != other
        case .isIn(let others): return others.contains(value)
        case .greater(let bound):
            guard let left = order(value), let right = order(bound) else { return false }
            return left > right
        case .less(let bound):
            guard let left = order(value), let right = order(bound) else { return false }
            return left < right
        }
    }

    struct Compiler {
        var space: SearchSpace
        /// Of the features, by the name of their parameter.
        var positions: [String: Int]

        /// When a parameter is active: its condition holds and all its parents are active. Nil: always.
        func activity(of parameter: Parameter) -> FeatureRule? {
            guard let condition = parameter.condition else { return nil }
            return .all(condition.parents.sorted().map(isActive) + [rule(condition)])
        }

        private func isActive(_ name: String) -> FeatureRule {
            guard let parameter = space[name] else { return .always(false) }
            guard let position = positions[name] else { return activity(of: parameter) ?? .always(true) }
            if case .categorical(let values) = parameter.domain { return .levels(position, values.map { _ in true } + [false]) }
            return .isActive(position)
        }

        /// A test of a parameter that is inactive does not hold.
        func rule(_ condition: Condition) -> FeatureRule {
            switch condition {
            case .all(let conditions): return .all(conditions.map(rule))
            case .any(let conditions): return .any(conditions.map(rule))
            case .parameter(let name, let test):
                guard let parameter = space[name] else { return .always(false) }
                let domain = parameter.domain
                guard let position = positions[name] else {
                    // Not a feature: it has one value.
                    return .all([isActive(name), .always(passes(domain.middle, test, in: domain))])
                }
                if case .categorical(let values) = domain {
                    return .levels(position, values.map { passes($0, test, in: domain) } + [false])
                }
                return .value(position, domain, test)
            }
        }
    }
}
