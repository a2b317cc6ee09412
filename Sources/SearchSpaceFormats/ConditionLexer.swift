import SearchSpaces

/// The words of a condition, with their places.
struct ConditionLexer {
    enum Word: Equatable {
        case name(String)
        case number(ParameterValue, String)
        /// In quotes.
        case text(String)
        case comparison(Condition.Comparison)
        case isIn
        case and, or, not
        case open, close, openList, closeList, comma
        case end
    }

    struct Token {
        var word: Word
        /// Characters from the start.
        var offset: Int
    }

    private let characters: [Character]
    private var position = 0

    /// - Throws: `SearchSpaceError` with a column that counts from 0.
    static func tokens(_ text: String) throws -> [Token] {
        var lexer = ConditionLexer(characters: Array(text))
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.word == .end { return tokens }
        }
    }

    private mutating func next() throws -> Token {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        let start = position
        guard start < characters.count else { return Token(word: .end, offset: start) }
        return Token(word: try word(), offset: start)
    }

    private mutating func word() throws -> Word {
        let isSymbol = "%&|=!<>≤≥≠()[]{},".contains(characters[position])
        for (symbol, word) in Self.symbols where isSymbol && characters[position...].starts(with: symbol) {
            position += symbol.count
            return word
        }
        let first = characters[position]
        if first == "\"" || first == "'" { return .text(try quoted(by: first)) }
        if first == "`" { return .name(try quoted(by: first)) }
        let start = position
        while position < characters.count, isInWord(characters[position], after: position > start ? characters[position - 1] : nil) { position += 1 }
        guard position > start else { throw fail("unexpected \"\(first)\"", at: start) }
        let text = String(characters[start..<position])
        if let number = ParameterValue(number: text) { return .number(number, text) }
        switch text {
        case "and": return .and
        case "or": return .or
        case "not": return .not
        case "in": return .isIn
        default: return .name(text)
        }
    }

    private func isInWord(_ character: Character, after previous: Character?) -> Bool {
        if character.isLetter || character.isNumber || "_.:/@$-".contains(character) { return true }
        // The sign of a number or of its exponent.
        return character == "+" && (previous == nil || previous == "e" || previous == "E")
    }

    private mutating func quoted(by quote: Character) throws -> String {
        let start = position
        var text = ""
        position += 1
        while position < characters.count, characters[position] != quote {
            if characters[position] == "\\", position + 1 < characters.count { position += 1 }
            text.append(characters[position])
            position += 1
        }
        guard position < characters.count else { throw fail("the quote is not closed", at: start) }
        position += 1
        return text
    }

    private func fail(_ message: String, at offset: Int) -> SearchSpaceError {
        SearchSpaceError(.invalidDocument, message, line: 0, column: offset)
    }

    /// Longer ones first.
    private static let symbols: [([Character], Word)] = [
        (Array("%in%"), .isIn), (Array("&&"), .and), (Array("||"), .or), (Array("=="), .comparison(.equals)), (Array("!="), .comparison(.differs)),
        (Array("<="), .comparison(.atMost)), (Array(">="), .comparison(.atLeast)), (Array("≤"), .comparison(.atMost)),
        (Array("≥"), .comparison(.atLeast)), (Array("≠"), .comparison(.differs)), (Array("<"), .comparison(.less)),
        (Array(">"), .comparison(.greater)), (Array("="), .comparison(.equals)), (Array("&"), .and), (Array("|"), .or), (Array("!"), .not),
        (Array("("), .open), (Array(")"), .close), (Array("["), .openList), (Array("]"), .closeList), (Array("{"), .openList),
        (Array("}"), .closeList), (Array(","), .comma),
    ]
}
