import SearchSpaces

/// Writes parameter configuration spaces, of AClib 1 or 2.
///
/// There are no priors and no steps; AClib 1 has no ordinals, and its conditions are sets of values of categorical parents. Forbidden
/// clauses become the combinations that they stand for.
struct PCSWriter {
    static let combinationLimit = 10_000
    static let alternativeLimit = 200

    private var space: SearchSpace
    private let isNew: Bool
    private var losses: [String] = []

    init(_ space: SearchSpace, isNew: Bool) {
        self.space = space
        self.isNew = isNew
    }

    func written() throws -> SpaceText {
        var writer = self
        return try writer.write()
    }

    private mutating func write() throws -> SpaceText {
        space = try ListedSpace.list(space, where: { _ in true }, losses: &losses)
        var sections = [try space.parameters.map { try line(for: $0) }]
        sections.append(try space.parameters.flatMap { try isNew ? conditionLine(of: $0) : conditionLines(of: $0) })
        sections.append(
            try space.forbidden.map(\.simplified).filter { !$0.isNever }.flatMap { clause in
                guard isNew || clause.parents.allSatisfy({ space[$0]?.domain.choices != nil }) else {
                    throw inexpressible("the forbidden clause \"\(clause)\" is not about choices only")
                }
                guard let combinations = space.combinations(forbiddenBy: clause, limit: Self.combinationLimit) else {
                    throw inexpressible("the forbidden clause \"\(clause)\" stands for too many combinations")
                }
                return try combinations.map { "{" + (try $0.map { "\($0.name)=\(try word($0.value, of: $0.name))" }.joined(separator: ", ")) + "}" }
            })
        return SpaceText(text: sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n"), losses: losses)
    }

    // MARK: Parameters

    private mutating func line(for parameter: Parameter) throws -> String {
        let name = parameter.name
        guard isWord(name) else { throw inexpressible("the name \"\(name)\" has other characters than letters, digits and marks", name) }
        if parameter.prior != nil { losses.append("\"\(name)\" has no prior") }
        let start = try word(parameter.startValue, of: name)
        switch parameter.domain {
        case .float(let low, let high, let log, _): return "\(name)\(type("real")) [\(low), \(high)] [\(start)]" + (log ? isNew ? " log" : "l" : "")
        case .integer(let low, let high, let log, _):
            return "\(name)\(type("integer")) [\(low), \(high)] [\(start)]" + (isNew ? log ? " log" : "" : log ? "il" : "i")
        case .constant(let value): return try choices([value], name, "categorical", start)
        case .categorical(let values): return try choices(values, name, "categorical", start)
        case .ordinal(let values):
            if !isNew { losses.append("\"\(name)\" has no order") }
            return try choices(values, name, "ordinal", start)
        }
    }

    private mutating func choices(_ values: [ParameterValue], _ name: String, _ kind: String, _ start: String) throws -> String {
        if !ParameterValue.areRecognizable(values) { losses.append("the choices of \"\(name)\" are words without types") }
        return "\(name)\(type(kind)) {\(try values.map { try word($0, of: name) }.joined(separator: ", "))} [\(start)]"
    }

    private func type(_ name: String) -> String { isNew ? " " + name : "" }

    private func word(_ value: ParameterValue, of name: String) throws -> String {
        guard isWord(value.description) else { throw inexpressible("the value \"\(value)\" of \"\(name)\" is not one word", name) }
        return value.description
    }

    private func isWord(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9_\-@.:;\\\/?!$%&*+<>]+/) != nil && !text.contains("&&") }

    // MARK: Conditions

    /// AClib 2: alternatives of conjunctions.
    private func conditionLine(of parameter: Parameter) throws -> [String] {
        guard let condition = parameter.condition?.withoutSingletons else { return [] }
        let whole = inclusive(space.requiringParents(condition))
        var found = whole.disjuncts(limit: Self.alternativeLimit)
        // ConfigSpace misreads sets where && and || are mixed.
        if let some = found, some.count > 1, some.contains(where: { $0.count > 1 }) { found = whole.withoutSets.disjuncts(limit: Self.alternativeLimit) }
        guard let alternatives = found, !alternatives.isEmpty else {
            throw inexpressible("the condition \"\(condition)\" of \"\(parameter.name)\" never holds or has too many alternatives", parameter.name)
        }
        if alternatives.contains(where: \.isEmpty) { return [] }
        let text = try alternatives.map { try $0.map(test).joined(separator: " && ") }.joined(separator: " || ")
        return ["\(parameter.name) | \(text)"]
    }

    private func test(_ condition: Condition) throws -> String {
        guard case .parameter(let name, let test) = condition else { throw inexpressible("the condition \"\(condition)\" compares two parameters") }
        let words = try test.operands.map { try word($0, of: name) }
        if case .isIn = test {
            guard !words.isEmpty else { throw inexpressible("the condition \"\(condition)\" never holds", name) }
            return "\(name) in {\(words.joined(separator: ", "))}"
        }
        guard test.operands.allSatisfy({ space[name]?.domain.contains($0) ?? false }) else {
            throw inexpressible("the condition \"\(condition)\" compares with what is no value of \"\(name)\"", name)
        }
        return "\(name) \(test.comparison.symbol) \(words.joined())"
    }

    /// With the inclusive tests written by strict ones and equality.
    private func inclusive(_ condition: Condition) -> Condition {
        switch condition {
        case .all(let parts): .all(parts.map(inclusive))
        case .any(let parts): .any(parts.map(inclusive))
        case .parameter(let name, .atLeast(let value)): .any([.parameter(name, .greater(value)), .parameter(name, .equals(value))])
        case .parameter(let name, .atMost(let value)): .any([.parameter(name, .less(value)), .parameter(name, .equals(value))])
        case .parameter, .relation: condition
        }
    }

    /// AClib 1: one set of values per parent.
    private func conditionLines(of parameter: Parameter) throws -> [String] {
        guard let condition = parameter.condition?.withoutSingletons else { return [] }
        var parts = [condition]
        if case .all(let conjuncts) = condition { parts = conjuncts }
        return try parts.map { part in
            guard let parent = part.parents.first, part.parents.count == 1, !part.isRelation, space[parent]?.domain.choices != nil,
                let values = space.values(of: parent, passing: part, limit: Self.alternativeLimit), !values.isEmpty
            else { throw inexpressible("the condition \"\(part)\" of \"\(parameter.name)\" is no set of values of one categorical parent", parameter.name) }
            return "\(parameter.name) | \(parent) in {\(try values.map { try word($0, of: parent) }.joined(separator: ", "))}"
        }
    }

    private func inexpressible(_ why: String, _ name: String? = nil) -> SearchSpaceError {
        SearchSpaceError(.inexpressible, "A PCS file cannot express the space: \(why).", parameter: name)
    }
}

extension Condition {
    fileprivate var isRelation: Bool {
        if case .relation = self { return true }
        return false
    }
}
