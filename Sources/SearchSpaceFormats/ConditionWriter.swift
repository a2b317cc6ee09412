import SearchSpaces

/// How a dialect spells a condition.
struct ConditionDialect: Sendable {
    var and: String
    var or: String
    /// An element of a set, `a in [1, 2]`.
    var member: @Sendable (String, [String]) -> String
    var name: @Sendable (String) throws -> String
    var value: @Sendable (ParameterValue) -> String
    /// Conditions that hold always and never.
    var always: String
    var never: String

    static let yaml = ConditionDialect(
        and: " and ", or: " or ", member: { "\($0) in [\($1.joined(separator: ", "))]" },
        name: { name in
            if isWord(name) { return name }
            guard !name.contains("`"), !name.contains("\\") else {
                throw SearchSpaceError(.inexpressible, "The name \"\(name)\" has a backtick or a backslash, which no condition can have.", parameter: name)
            }
            return "`\(name)`"
        },
        value: { value in
            guard case .category(let text) = value else { return value.description }
            return isWord(text) && !["true", "false"].contains(text.lowercased()) ? text : quoted(text)
        }, always: "always", never: "never")

    /// R's operators, as irace uses them.
    static let r = ConditionDialect(
        and: " & ", or: " | ", member: { "\($0) %in% c(\($1.joined(separator: ", ")))" }, name: { $0 },
        value: { value in
            // irace's choices are all text.
            switch value {
            case .category(let text): quoted(text)
            case .boolean(let flag): "\"\(flag)\""
            case .float, .integer: value.description
            }
        }, always: "TRUE", never: "FALSE")

    private static func isWord(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\/-]*/) != nil && !["and", "or", "not", "in", "always", "never", "c"].contains(text)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}

extension Condition {
    func written(in dialect: ConditionDialect, isInner: Bool = false) throws -> String {
        switch self {
        case .parameter(let name, .isIn(let values)): return dialect.member(try dialect.name(name), values.map(dialect.value))
        case .parameter(let name, let test):
            return "\(try dialect.name(name)) \(test.comparison.symbol) \(test.operands.map(dialect.value).joined())"
        case .relation(let left, let comparison, let right): return "\(try dialect.name(left)) \(comparison.symbol) \(try dialect.name(right))"
        case .all(let parts) where parts.isEmpty: return dialect.always
        case .any(let parts) where parts.isEmpty: return dialect.never
        case .all(let parts), .any(let parts):
            if parts.count == 1 { return try parts[0].written(in: dialect, isInner: isInner) }
            var word = dialect.or
            if case .all = self { word = dialect.and }
            let text = try parts.map { try $0.written(in: dialect, isInner: true) }.joined(separator: word)
            return isInner ? "(\(text))" : text
        }
    }
}
