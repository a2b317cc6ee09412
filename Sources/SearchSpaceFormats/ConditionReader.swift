import SearchSpaces

/// Reads conditions as people write them: `a == x and (b > 1 or c in [1, 2])`, and as R and PCS do: `a %in% c("x", "y") & !(b > 1)`.
///
/// A bare word on the other side of a comparison is a value of the parameter where it has such a value, else another parameter.
struct ConditionReader {
    private let tokens: [ConditionLexer.Token]
    private let domains: [String: Domain]
    private let line: Int
    private let column: Int
    private var position = 0
    private var depth = 0
    /// Parentheses and negations inside each other.
    private static let depthLimit = 100

    /// - Parameters:
    ///   - owner: What is read, as a sentence begins.
    ///   - column: The column of the first character.
    /// - Throws: `SearchSpaceError` with the place of the mistake.
    static func read(_ text: String, domains: [String: Domain], of owner: String, line: Int, column: Int) throws -> Condition {
        do {
            var reader = ConditionReader(tokens: try ConditionLexer.tokens(text), domains: domains, line: line, column: column)
            let condition = try reader.alternatives()
            guard reader.word == .end else { throw reader.unexpected("and, or, or the end") }
            return condition
        } catch var error as SearchSpaceError {
            if error.line == 0 { (error.line, error.column) = (line, column + (error.column ?? 0)) }
            error.message = "\(owner): \(error.message)"
            throw error
        }
    }

    private init(tokens: [ConditionLexer.Token], domains: [String: Domain], line: Int, column: Int) {
        self.tokens = tokens
        self.domains = domains
        self.line = line
        self.column = column
    }

    private var word: ConditionLexer.Word { tokens[position].word }

    private mutating func take() -> ConditionLexer.Token {
        defer { if position + 1 < tokens.count { position += 1 } }
        return tokens[position]
    }

    private mutating func alternatives() throws -> Condition {
        var parts = [try conjunction()]
        while word == .or {
            _ = take()
            parts.append(try conjunction())
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws -> Condition {
        var parts = [try unit()]
        while word == .and {
            _ = take()
            parts.append(try unit())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func unit() throws -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw fail("more than \(Self.depthLimit) parentheses inside each other", at: tokens[position]) }
        switch word {
        case .not:
            _ = take()
            return try unit().negated
        case .open:
            _ = take()
            let inner = try alternatives()
            guard word == .close else { throw unexpected("\")\"") }
            _ = take()
            return inner
        case .name(let word) where ["always", "TRUE"].contains(word) && domains[word] == nil && !isCompared(position + 1):
            _ = take()
            return .all([])
        case .name(let word) where ["never", "FALSE"].contains(word) && domains[word] == nil && !isCompared(position + 1):
            _ = take()
            return .any([])
        default: return try comparison()
        }
    }

    private func isCompared(_ position: Int) -> Bool {
        if position < tokens.count, case .comparison = tokens[position].word { return true }
        return false
    }

    private mutating func comparison() throws -> Condition {
        let left = try operand("a parameter")
        switch word {
        case .comparison(let comparison):
            _ = take()
            return try compare(left, comparison, operand("a value or a parameter"))
        case .isIn:
            _ = take()
            return try membership(of: left)
        case .not where tokens[position + 1].word == .isIn:
            position += 2
            return try membership(of: left).negated
        default: throw unexpected("a comparison such as == or in")
        }
    }

    private mutating func operand(_ expected: String) throws -> ConditionLexer.Token {
        switch word {
        case .name, .number, .text: return take()
        default: throw unexpected(expected)
        }
    }

    private mutating func membership(of left: ConditionLexer.Token) throws -> Condition {
        let (name, domain) = try parameter(left)
        // R's c(…) is a list too.
        if case .name("c") = word, tokens[position + 1].word == .open { _ = take() }
        guard word == .openList || word == .open else { return .parameter(name, .isIn([try value(take(), name, domain)])) }
        _ = take()
        var values: [ParameterValue] = []
        while true {
            if word == .closeList || word == .close { break }
            values.append(try value(operand("a value"), name, domain))
            if word == .comma { _ = take() } else if word != .closeList, word != .close { throw unexpected("\",\" or the end of the list") }
        }
        _ = take()
        return .parameter(name, .isIn(values))
    }

    private func compare(
        _ left: ConditionLexer.Token, _ comparison: Condition.Comparison, _ right: ConditionLexer.Token
    ) throws -> Condition {
        guard case .name(let name) = left.word, domains[name] != nil else {
            guard case .name(let other) = right.word, domains[other] != nil else { throw unknown(left) }
            return try compare(right, comparison.flipped, left)
        }
        let (_, domain) = try parameter(left)
        if let value = domain.value(of: right.word) { return try checked(.parameter(name, Condition.Test(comparison, value)), at: right) }
        if case .name(let other) = right.word, domains[other] != nil { return try checked(.relation(name, comparison, other), at: right) }
        return .parameter(name, Condition.Test(comparison, try value(right, name, domain)))
    }

    private func parameter(_ token: ConditionLexer.Token) throws -> (String, Domain) {
        guard case .name(let name) = token.word, let domain = domains[name] else { throw unknown(token) }
        return (name, domain)
    }

    private func value(_ token: ConditionLexer.Token, _ name: String, _ domain: Domain) throws -> ParameterValue {
        if let value = domain.value(of: token.word), domain.contains(value) { return value }
        throw fail("\"\(token.word.text)\" is no value of \"\(name)\", which is \(domain)", at: token)
    }

    /// Lets the domains judge whether the comparison makes sense.
    private func checked(_ condition: Condition, at token: ConditionLexer.Token) throws -> Condition {
        do { try condition.validate(domains: domains, by: "it") } catch let error as SearchSpaceError {
            throw SearchSpaceError(
                error.code, error.message, parameter: error.parameter, line: line, column: column + token.offset)
        }
        return condition
    }

    private func unknown(_ token: ConditionLexer.Token) -> SearchSpaceError {
        let names = domains.keys.sorted().joined(separator: ", ")
        return SearchSpaceError(
            .unknownParameter, "\"\(token.word.text)\" is not a parameter; the space has \(names).", parameter: token.word.text, line: line,
            column: column + token.offset)
    }

    private func unexpected(_ expected: String) -> SearchSpaceError {
        fail("got \(word == .end ? "the end" : "\"\(word.text)\""), expected \(expected)", at: tokens[position])
    }

    private func fail(_ message: String, at token: ConditionLexer.Token) -> SearchSpaceError {
        SearchSpaceError(.invalidDocument, message + ".", line: line, column: column + token.offset)
    }
}

extension ConditionLexer.Word {
    var text: String {
        switch self {
        case .name(let text), .text(let text), .number(_, let text): text
        case .comparison(let comparison): comparison.symbol
        case .isIn: "in"
        case .and: "and"
        case .or: "or"
        case .not: "not"
        case .open: "("
        case .close: ")"
        case .openList: "["
        case .closeList: "]"
        case .comma: ","
        case .end: ""
        }
    }
}

extension Domain {
    /// The value that a word of a file means in this domain: its own number or choice, whatever the quotes. For comparisons, any number
    /// where the values are numbers.
    func value(of word: ConditionLexer.Word) -> ParameterValue? {
        switch word {
        case .number(let number, let text): return value(written: text) ?? (choices == nil ? number : nil)
        case .name(let text), .text(let text): return value(written: text)
        default: return nil
        }
    }

    /// The value of this domain that is written so.
    func value(written text: String) -> ParameterValue? {
        if let choices {
            if let choice = choices.first(where: { $0.description == text }) { return choice }
            if let number = ParameterValue(number: text) { return choices.first { $0 == number } }
            let lower = text.lowercased()
            return lower == "true" || lower == "false" ? choices.first { $0 == .boolean(lower == "true") } : nil
        }
        return ParameterValue(number: text).flatMap(canonical)
    }
}
