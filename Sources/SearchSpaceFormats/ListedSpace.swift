import SearchSpaces

/// A space whose numbers with steps, and ranges of one value, are lists of their values: for formats that have neither.
///
/// Tests of such a parameter become sets of values, and comparisons with it combinations of values.
struct ListedSpace {
    static let valueLimit = 1000
    static let combinationLimit = 10_000

    private let original: SearchSpace
    private let listed: Set<String>

    /// - Throws: `SearchSpaceError` (`inexpressible`) when there are too many values or combinations.
    static func list(_ space: SearchSpace, where isListed: (Parameter) -> Bool, losses: inout [String]) throws -> SearchSpace {
        let names = space.parameters.filter { $0.needsListing && isListed($0) }.map(\.name)
        guard !names.isEmpty else { return space }
        losses += names.map { "\"\($0)\" is a list of its values" }
        losses += names.filter { space[$0]?.prior != nil }.map { "\"\($0)\" has no prior" }
        let rewriting = ListedSpace(original: space, listed: Set(names))
        let parameters = try space.parameters.map { parameter in
            var copy = rewriting.listed.contains(parameter.name) ? try rewriting.asList(parameter) : parameter
            copy.condition = try parameter.condition.map(rewriting.rewritten)
            return copy
        }
        return try SearchSpace(parameters, forbidden: space.forbidden.map(rewriting.rewritten))
    }

    private func asList(_ parameter: Parameter) throws -> Parameter {
        guard let values = parameter.domain.values(limit: Self.valueLimit) else {
            throw SearchSpaceError(
                .inexpressible, "The format has no steps, and \"\(parameter.name)\" has too many values to list.", parameter: parameter.name)
        }
        if values.count == 1 { return .constant(parameter.name, values[0]) }
        return Parameter(parameter.name, .ordinal(values), default: values.first { $0 == parameter.startValue } ?? values[values.count / 2])
    }

    private func rewritten(_ condition: Condition) throws -> Condition {
        switch condition {
        case .all(let parts): return .all(try parts.map(rewritten))
        case .any(let parts): return .any(try parts.map(rewritten))
        case .parameter(let name, _):
            guard listed.contains(name), let values = original.values(of: name, passing: condition, limit: Self.valueLimit) else { return condition }
            if !values.isEmpty { return .parameter(name, .isIn(values)) }
            // A contradiction still refers to the parameter: where that is inactive, so is the child.
            let any = original[name]?.domain.value(atCell: 0) ?? false
            return .all([.parameter(name, .equals(any)), .parameter(name, .differs(any))])
        case .relation(let left, _, let right):
            guard listed.contains(left) || listed.contains(right) else { return condition }
            return try original.asCombinations(condition, limit: Self.combinationLimit)
        }
    }
}

extension SearchSpace {
    /// A comparison of two parameters as the combinations of values for which it holds.
    ///
    /// - Throws: `SearchSpaceError` (`inexpressible`) when they are too many.
    func asCombinations(_ relation: Condition, limit: Int) throws -> Condition {
        guard let combinations = combinations(forbiddenBy: relation, limit: limit) else {
            throw SearchSpaceError(.inexpressible, "The format cannot compare these parameters, and \"\(relation)\" stands for too many combinations.")
        }
        return .any(combinations.map { .all($0.map { .parameter($0.name, .equals($0.value)) }) })
    }
}
