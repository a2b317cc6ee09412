extension Condition {
    /// The part for which the condition can never hold, whatever values its parents take; nil where it may hold.
    ///
    /// Every test is looked at by itself: tests that contradict each other are not found.
    package func impossiblePart(_ domain: (String) -> Domain?) -> Condition? {
        switch self {
        case .parameter(let name, let test):
            guard let domain = domain(name), !test.canPass(in: domain) else { return nil }
            return self
        case .relation(let left, let comparison, let right):
            guard let first = domain(left), let second = domain(right), !comparison.canHold(first, second) else { return nil }
            return self
        case .all(let parts): return parts.compactMap { $0.impossiblePart(domain) }.first
        case .any(let parts):
            let impossible = parts.compactMap { $0.impossiblePart(domain) }
            guard impossible.count == parts.count else { return nil }
            return impossible.count == 1 ? impossible[0] : self
        }
    }
}

extension Condition.Test {
    fileprivate func canPass(in domain: Domain) -> Bool {
        switch self {
        case .equals: true
        case .isIn(let values): !values.isEmpty
        case .differs: domain.count != 1
        case .greater, .less, .atLeast, .atMost: domain.ends.contains { passes($0, in: domain) }
        }
    }
}

extension Condition.Comparison {
    fileprivate func canHold(_ left: Domain, _ right: Domain) -> Bool {
        switch self {
        case .equals, .differs: true
        case .greater, .less, .atLeast, .atMost:
            left.ends.contains { one in right.ends.contains { holds(one, of: left, $0, of: right) } }
        }
    }
}

extension Domain {
    /// The values that come first and last where there is an order: if these do not pass a comparison, none does. All choices, which need
    /// not rise.
    fileprivate var ends: [ParameterValue] {
        if let choices { return choices }
        return numericEnds.map { [.float($0.low), .float($0.high)] } ?? []
    }
}
