extension Condition {
    /// - Parameter owner: What asks, as a sentence begins.
    /// - Throws: `SearchSpaceError` when a parent is unknown or a test cannot be decided for its domain.
    package func validate(domains: [String: Domain], by owner: String) throws {
        func domain(_ name: String) throws -> Domain {
            if let domain = domains[name] { return domain }
            throw SearchSpaceError(
                .unknownParameter, "\(owner) refers to \"\(name)\", which is not in the space.", parameter: name)
        }
        switch self {
        case .all(let conditions), .any(let conditions):
            for condition in conditions { try condition.validate(domains: domains, by: owner) }
        case .parameter(let name, let test): try test.validate(domain(name), name: name, by: owner)
        case .relation(let left, let comparison, let right):
            try comparison.validate(domain(left), left, domain(right), right, by: owner)
        }
    }
}

extension Condition.Test {
    fileprivate func validate(_ domain: Domain, name: String, by owner: String) throws {
        switch self {
        case .equals, .differs, .isIn:
            guard let stray = operands.first(where: { !domain.contains($0) }) else { return }
            throw SearchSpaceError(
                .invalidCondition, "\(owner) compares \"\(name)\" with \(domain.quoted(stray)), but \"\(name)\" is \(domain).",
                parameter: name)
        case .greater(let bound), .less(let bound), .atLeast(let bound), .atMost(let bound):
            guard domain.order(of: bound) == nil else { return }
            throw SearchSpaceError(
                .invalidCondition,
                "\(owner) asks whether \"\(name)\" is above or below \(domain.quoted(bound)), "
                    + "but \"\(name)\" is \(domain), which has no such order. Use equals or in.", parameter: name)
        }
    }
}

extension Condition.Comparison {
    fileprivate func validate(_ left: Domain, _ leftName: String, _ right: Domain, _ rightName: String, by owner: String) throws {
        func fail(_ why: String) -> SearchSpaceError {
            SearchSpaceError(
                .invalidCondition, "\(owner) compares \"\(leftName)\", \(left), with \"\(rightName)\", \(right): \(why)",
                parameter: leftName)
        }
        guard leftName != rightName else { throw fail("a parameter is not compared with itself.") }
        switch self {
        case .equals, .differs: return
        case .greater, .less, .atLeast, .atMost:
            if case .ordinal = left, case .ordinal = right { return }
            guard left.isNumeric, right.isNumeric else { throw fail("only two ordinals or two numbers have an order.") }
        }
    }
}

extension Domain {
    /// Whether every value is a number.
    var isNumeric: Bool { choices?.allSatisfy { $0.number != nil } ?? true }
}

extension Condition: CustomStringConvertible {
    /// As people write it: `a == relu and (b > 1 or c in [1, 2])`.
    public var description: String { written(inside: false) }

    private func written(inside: Bool) -> String {
        switch self {
        case .parameter(let name, let test):
            let operands = test.operands.map(\.description)
            if case .isIn = test { return "\(name) in [\(operands.joined(separator: ", "))]" }
            return "\(name) \(test.comparison.symbol) \(operands.joined(separator: ", "))"
        case .relation(let left, let comparison, let right): return "\(left) \(comparison.symbol) \(right)"
        case .all(let conditions) where conditions.isEmpty: return "always"
        case .any(let conditions) where conditions.isEmpty: return "never"
        case .all(let conditions), .any(let conditions):
            if conditions.count == 1 { return conditions[0].written(inside: inside) }
            var word = " or "
            if case .all = self { word = " and " }
            let text = conditions.map { $0.written(inside: true) }.joined(separator: word)
            return inside ? "(\(text))" : text
        }
    }
}

extension Condition.Test {
    /// The same comparison between two parameters; equality for a set.
    package var comparison: Condition.Comparison {
        switch self {
        case .equals, .isIn: .equals
        case .differs: .differs
        case .greater: .greater
        case .less: .less
        case .atLeast: .atLeast
        case .atMost: .atMost
        }
    }
}

extension Condition.Comparison {
    package var symbol: String {
        switch self {
        case .equals: "=="
        case .differs: "!="
        case .greater: ">"
        case .less: "<"
        case .atLeast: ">="
        case .atMost: "<="
        }
    }
}
