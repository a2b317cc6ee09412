import SearchSpaces

/// One line of a file whose lines are entries, read from left to right.
struct LineCursor {
    let line: Int
    private let characters: [Character]
    private(set) var position = 0

    /// - Parameter text: Without the comment.
    init(_ text: some StringProtocol, line: Int) {
        characters = Array(text)
        self.line = line
        skipSpace()
    }

    var isAtEnd: Bool { position == characters.count }
    var column: Int { position + 1 }
    var rest: String { String(characters[position...]) }

    mutating func skipSpace() {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
    }

    /// Takes characters as long as they fit, and the space after them.
    mutating func take(while fits: (Character) -> Bool) -> String {
        let start = position
        while position < characters.count, fits(characters[position]) { position += 1 }
        defer { skipSpace() }
        return String(characters[start..<position])
    }

    /// Takes a text if it comes next, and the space after it.
    mutating func take(_ text: String) -> Bool {
        guard characters[position...].starts(with: Array(text)) else { return false }
        position += text.count
        skipSpace()
        return true
    }

    mutating func expect(_ text: String, _ why: String) throws {
        guard take(text) else { throw fail("expected \"\(text)\" \(why)") }
    }

    /// What stands between two marks, items at the commas, quotes taken off; with the columns of the items.
    mutating func list(from open: Character, to close: Character, _ what: String) throws -> [(text: String, column: Int)] {
        try expect(String(open), "before \(what)")
        var items: [(text: String, column: Int)] = []
        while true {
            let start = column
            if position < characters.count, characters[position] == "\"" {
                position += 1
                let text = take { $0 != "\"" }
                guard take("\"") else { throw fail("the quote is not closed") }
                items.append((text, start))
            } else {
                let text = take { $0 != "," && $0 != close }.trimmingSpace
                guard !text.isEmpty else { throw fail("expected a value in \(what)") }
                items.append((text, start))
            }
            if take(",") { continue }
            try expect(String(close), "after \(what)")
            return items
        }
    }

    func fail(_ message: String, at column: Int? = nil, parameter: String? = nil) -> SearchSpaceError {
        let got = isAtEnd ? "the end of the line" : "\"\(rest.prefix(20))\""
        return SearchSpaceError(
            .invalidDocument, column == nil ? "\(message), got \(got)." : "\(message).", parameter: parameter, line: line, column: column ?? self.column)
    }
}

extension StringProtocol {
    var trimmingSpace: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension ParameterValue {
    /// Untyped words of a file: numbers where all are numbers, booleans where all are `true` or `false`, else text.
    static func choices(of words: [String]) -> [ParameterValue] {
        let numbers = words.compactMap { ParameterValue(number: $0) }
        if numbers.count == words.count { return numbers }
        let flags = words.compactMap { ["true": true, "false": false][$0.lowercased()] }
        return flags.count == words.count ? flags.map { .boolean($0) } : words.map { .category($0) }
    }

    /// Whether untyped words give these values back.
    static func areRecognizable(_ values: [ParameterValue]) -> Bool { choices(of: values.map(\.description)) == values }
}
