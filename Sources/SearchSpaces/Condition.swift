/// When a parameter is active, or which configurations are forbidden: an expression over other parameters.
public indirect enum Condition: Sendable, Hashable {
    /// The parameter named first passes the test.
    case parameter(String, Test)
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

        var operands: [ParameterValue] {
            switch self {
            case .equals(let value), .differs(let value), .greater(let value), .less(let value): [value]
            case .isIn(let values): values
            }
        }
    }

    /// The names of the parameters it refers to.
    public var parents: Set<String> {
        switch self {
        case .parameter(let name, _): [name]
        case .all(let conditions), .any(let conditions): conditions.reduce(into: []) { $0.formUnion($1.parents) }
        }
    }

    /// The same condition over parameters with other names.
    func renamingParents(_ rename: (String) -> String) -> Condition {
        switch self {
        case .parameter(let name, let test): .parameter(rename(name), test)
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
        case .all(let conditions): return conditions.allSatisfy { $0.holds(value, domain: domain) }
        case .any(let conditions): return conditions.contains { $0.holds(value, domain: domain) }
        }
    }

    /// - Throws: `SearchSpaceError` when a parent is unknown or a test cannot be decided for its domain.
    func validate(domains: [String: Domain], of owner: String) throws {
        switch self {
        case .all(let conditions), .any(let conditions):
            for condition in conditions { try condition.validate(domains: domains, of: owner) }
        case .parameter(let name, let test):
            guard let domain = domains[name] else {
                throw SearchSpaceError(
                    .unknownParameter, "The condition of \(owner) refers to \"\(name)\", which is not in the space.", parameter: name)
            }
            switch test {
            case .equals, .differs, .isIn:
                guard let stray = test.operands.first(where: { !domain.contains($0) }) else { return }
                throw SearchSpaceError(
                    .invalidCondition, "The condition of \(owner) compares \"\(name)\" with \(stray), but \"\(name)\" is \(domain).",
                    parameter: name)
            case .greater(let bound), .less(let bound):
                guard domain.order(of: bound) == nil else { return }
                throw SearchSpaceError(
                    .invalidCondition,
                    "The condition of \(owner) asks whether \"\(name)\" is above or below \(bound), "
                        + "but \"\(name)\" is \(domain), which has no such order. Use equals or in.", parameter: name)
            }
        }
    }
}

extension Condition.Test {
    func passes(_ value: ParameterValue, in domain: Domain?) -> Bool {
        switch self {
        case .equals(let other): return value == other
        case .differs(let other): return value != other
        case .isIn(let others): return others.contains(value)
        case .greater(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left > right
        case .less(let bound):
            guard let left = domain?.order(of: value), let right = domain?.order(of: bound) else { return false }
            return left < right
        }
    }
}
