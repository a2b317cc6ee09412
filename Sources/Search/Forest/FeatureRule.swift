import SearchSpaces

/// A condition over the rows of a ``FeatureSpace``, many times faster than one over configurations.
indirect enum FeatureRule: Sendable {
    case always(Bool)
    /// By level of a categorical feature, the inactive one last.
    case levels(Int, [Bool])
    /// The value of an ordered feature passes a test.
    case value(Int, Domain, Condition.Test)
    case isActive(Int)
    case relation(Side, Condition.Comparison, Side)
    case all([FeatureRule])
    case any([FeatureRule])

    func holds(_ row: UnsafePointer<Double>) -> Bool {
        switch self {
        case .always(let answer): return answer
        case .levels(let feature, let passes): return passes[Int(row[feature])]
        case .value(let feature, let domain, let test):
            return row[feature] >= 0 && test.passes(domain.value(atUnit: row[feature]), in: domain)
        case .isActive(let feature): return row[feature] >= 0
        case .relation(let left, let comparison, let right):
            guard let first = left.value(row), let second = right.value(row) else { return false }
            return comparison.holds(first, of: left.domain, second, of: right.domain)
        case .all(let rules): return rules.allSatisfy { $0.holds(row) }
        case .any(let rules): return rules.contains { $0.holds(row) }
        }
    }

    /// One side of a comparison of two parameters.
    struct Side: Sendable {
        /// Of the feature; nil for a parameter of one value.
        var position: Int?
        var domain: Domain

        /// Nil where the parameter is inactive.
        func value(_ row: UnsafePointer<Double>) -> ParameterValue? {
            guard let position else { return domain.middle }
            if case .categorical(let values) = domain {
                let level = Int(row[position])
                return values.indices.contains(level) ? values[level] : nil
            }
            return row[position] >= 0 ? domain.value(atUnit: row[position]) : nil
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
            case .relation(let left, let comparison, let right):
                guard let first = space[left], let second = space[right] else { return .always(false) }
                return .all([
                    isActive(left), isActive(right),
                    .relation(
                        Side(position: positions[left], domain: first.domain), comparison, Side(position: positions[right], domain: second.domain)),
                ])
            case .parameter(let name, let test):
                guard let parameter = space[name] else { return .always(false) }
                let domain = parameter.domain
                guard let position = positions[name] else {
                    // Not a feature: it has one value.
                    return .all([isActive(name), .always(test.passes(domain.middle, in: domain))])
                }
                if case .categorical(let values) = domain {
                    return .levels(position, values.map { test.passes($0, in: domain) } + [false])
                }
                return .value(position, domain, test)
            }
        }
    }
}
