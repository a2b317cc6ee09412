/// When a parameter is active, or which configurations are forbidden: an expression over other parameters.
public indirect enum Condition: Sendable, Hashable {
    /// The parameter named first passes the test.
    case parameter(String, Test)
    /// The values of two parameters compare so: by number, or by rank for two ordinals. It does not hold where one is inactive.
    case relation(String, Comparison, String)
    /// All hold.
    case all([Condition])
    /// At least one holds.
    case any([Condition])

    /// A test of one value.
    public enum Test: Sendable, Hashable {
        case equals(ParameterValue)
        case differs(ParameterValue)
        case isIn([ParameterValue])
        /// Above; by rank for an ordinal.
        case greater(ParameterValue)
        /// Below; by rank for an ordinal.
        case less(ParameterValue)
        /// Equal or above; by rank for an ordinal.
        case atLeast(ParameterValue)
        /// Equal or below; by rank for an ordinal.
        case atMost(ParameterValue)

        package var operands: [ParameterValue] {
            switch self {
            case .equals(let value), .differs(let value), .greater(let value), .less(let value), .atLeast(let value), .atMost(let value):
                [value]
            case .isIn(let values): values
            }
        }
    }

    /// How two values compare.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equals, differs, greater, less, atLeast, atMost

        package func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .equals: left == right
            case .differs: left != right
            case .greater: left > right
            case .less: left < right
            case .atLeast: left >= right
            case .atMost: left <= right
            }
        }
    }

    /// The names of the parameters it refers to.
    public var parents: Set<String> {
        switch self {
        case .parameter(let name, _): [name]
        case .relation(let left, _, let right): [left, right]
        case .all(let conditions), .any(let conditions): conditions.reduce(into: []) { $0.formUnion($1.parents) }
        }
    }

    /// The same condition over parameters with other names.
    func renamingParents(_ rename: (String) -> String) -> Condition {
        switch self {
        case .parameter(let name, let test): .parameter(rename(name), test)
        case .relation(let left, let comparison, let right): .relation(rename(left), comparison, rename(right))
        case .all(let conditions): .all(conditions.map { $0.renamingParents(rename) })
        case .any(let conditions): .any(conditions.map { $0.renamingParents(rename) })
        }
    }

    /// Whether it holds. A test of a parameter without a value does not.
    func holds(_ value: (String) -> ParameterValue?, domain: (String) -> Domain?) -> Bool {
        switch self {
        case .parameter(let name, let test):
            guard let got = value(name) else { return false }
            return test.passes(got, in: domain(name))
        case .relation(let left, let comparison, let right):
            guard let first = value(left), let second = value(right), let firstDomain = domain(left), let secondDomain = domain(right) else {
                return false
            }
            return comparison.holds(first, of: firstDomain, second, of: secondDomain)
        case .all(let conditions): return conditions.allSatisfy { $0.holds(value, domain: domain) }
        case .any(let conditions): return conditions.contains { $0.holds(value, domain: domain) }
        }
    }
}

extension Condition.Test {
    package func passes(_ value: ParameterValue, in domain: Domain?) -> Bool {
        switch self {
        case .equals(let other): return domain?.areSame(value, other) ?? (value == other)
        case .differs(let other): return !(domain?.areSame(value, other) ?? (value == other))
        case .isIn(let others): return others.contains { domain?.areSame(value, $0) ?? (value == $0) }
        case .greater(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left > right
        case .less(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left < right
        case .atLeast(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left >= right
        case .atMost(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left <= right
        }
    }
}

extension Condition.Comparison {
    /// Two ordinals compare by rank, numbers by number; equality of other values is that of the values.
    package func holds(_ left: ParameterValue, of leftDomain: Domain, _ right: ParameterValue, of rightDomain: Domain) -> Bool {
        switch self {
        case .equals: return left == right
        case .differs: return left != right
        case .greater, .less, .atLeast, .atMost:
            if case .ordinal = leftDomain, case .ordinal = rightDomain {
                guard let first = leftDomain.order(of: left), let second = rightDomain.order(of: right) else { return false }
                return holds(first, second)
            }
            guard let first = left.number, let second = right.number else { return false }
            return holds(first, second)
        }
    }
}
