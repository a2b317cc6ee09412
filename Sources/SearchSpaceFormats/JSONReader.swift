import SearchSpaces

/// Reads JSON (RFC 8259) as a document whose pieces know their places, which Foundation's readers do not tell.
struct JSONReader {
    private static let deepest = 200

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var column = 1

    /// - Throws: `SearchSpaceError` (`invalidDocument`, `duplicateName`) with the place of the first mistake.
    static func read(_ text: String) throws -> DocumentNode {
        var reader = JSONReader(scalars: Array(text.unicodeScalars))
        if reader.next == "\u{FEFF}" { reader.advance() }
        reader.skipSpace()
        guard reader.next != nil else { throw DocumentNode.empty }
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.next == nil else { throw reader.expected("the end of the document") }
        return node
    }

    /// Whether a text means to be JSON: `{a: 1}` is YAML, `{"a": 1}` is both.
    static func isLikely(_ text: String) -> Bool {
        let start = text.unicodeScalars.lazy.filter { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }.prefix(2)
        guard let first = start.first, let second = start.dropFirst().first else { return false }
        return first == "{" && (second == "\"" || second == "}") || first == "[" && "[]{\"".unicodeScalars.contains(second)
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func advance() {
        (line, column) = scalars[position] == "\n" ? (line + 1, 1) : (line, column + 1)
        position += 1
    }

    private mutating func skipSpace() {
        while let next, next == " " || next == "\n" || next == "\r" || next == "\t" { advance() }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        advance()
        skipSpace()
        return true
    }

    private func fail(_ message: String) -> SearchSpaceError {
        SearchSpaceError(.invalidDocument, "This is not JSON: \(message).", line: line, column: column)
    }

    private func expected(_ what: String) -> SearchSpaceError {
        var got = String.UnicodeScalarView()
        got.append(contentsOf: scalars[position...].prefix(12).prefix { $0 != "\n" && $0 != "\r" })
        let isAtEnd = scalars[position...].allSatisfy(\.properties.isWhitespace)
        return fail("expected \(what), got \(isAtEnd ? "the end of the document" : got.isEmpty ? "the end of the line" : "'\(String(got))'")")
    }

    private mutating func value(depth: Int) throws -> DocumentNode {
        guard depth < Self.deepest else { throw fail("it is nested deeper than \(Self.deepest) levels") }
        switch next {
        case "{": return try object(depth: depth)
        case "[": return try array(depth: depth)
        case "\"": return try string()
        default: return try word()
        }
    }

    private mutating func object(depth: Int) throws -> DocumentNode {
        let start = (line, column)
        var entries: [DocumentNode.Entry] = []
        var names = Set<String>()
        _ = take("{")
        if take("}") { return DocumentNode(.mapping([]), at: start) }
        repeat {
            guard next == "\"" else { throw expected("the name of a member in double quotes") }
            let key = try string()
            guard names.insert(key.text).inserted else {
                throw SearchSpaceError(.duplicateName, "The same name is given twice: \(key.text).", line: key.line, column: key.column - 1)
            }
            skipSpace()
            guard take(":") else { throw expected("a colon after \"\(key.text)\"") }
            entries.append(DocumentNode.Entry(key: key, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw expected("a comma or } after \"\(entries[entries.count - 1].key.text)\"") }
        return DocumentNode(.mapping(entries), at: start)
    }

    private mutating func array(depth: Int) throws -> DocumentNode {
        let start = (line, column)
        var items: [DocumentNode] = []
        _ = take("[")
        if take("]") { return DocumentNode(.sequence([]), at: start) }
        repeat {
            items.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw expected("a comma or ] after an item") }
        return DocumentNode(.sequence(items), at: start)
    }

    /// Numbers, `true`, `false` and `null`.
    private mutating func word() throws -> DocumentNode {
        let (start, first) = ((line, column), position)
        var ahead = self
        while let next = ahead.next, next.isASCII, next.properties.isAlphabetic || "+-.0123456789".unicodeScalars.contains(next) { ahead.advance() }
        var taken = String.UnicodeScalarView()
        taken.append(contentsOf: scalars[first..<ahead.position])
        let text = String(taken)
        var content = DocumentNode.Content.null
        switch text {
        case "null": break
        case "true", "false": content = .scalar(.boolean(text == "true"))
        default:
            guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil else { throw expected("a value") }
            guard let number = ParameterValue(number: text) else { throw fail("the number \(text) is too large") }
            content = .scalar(number)
        }
        self = ahead
        return DocumentNode(content, text: text, at: start)
    }

    // MARK: Strings

    private mutating func string() throws -> DocumentNode {
        let opening = self
        advance()
        // The first character after the quote.
        let start = (line, column)
        var text = String.UnicodeScalarView()
        while let scalar = next, scalar != "\"" {
            guard scalar.value >= 0x20 else {
                if scalar == "\n" || scalar == "\r" { throw opening.fail("this quote is not closed on its line") }
                throw fail("a text must not have the control character \(scalar.value); write \\u\(String(scalar.value, radix: 16))")
            }
            advance()
            text.append(scalar == "\\" ? try escaped() : scalar)
        }
        guard next != nil else { throw opening.fail("this quote is not closed") }
        advance()
        return DocumentNode(.scalar(.category(String(text))), text: String(text), at: start)
    }

    /// What a backslash and the next characters stand for.
    private mutating func escaped() throws -> Unicode.Scalar {
        let known: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        guard let mark = next else { throw expected("a character after the backslash") }
        if let scalar = known[mark] {
            advance()
            return scalar
        }
        guard mark == "u" else { throw expected("one of \" \\ / b f n r t u after the backslash") }
        advance()
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Beyond the first 65,536 characters: a pair of surrogates.
        if unit < 0xDC00, position + 1 < scalars.count, scalars[position] == "\\", scalars[position + 1] == "u" {
            advance()
            advance()
            let second = try codeUnit()
            if (0xDC00..<0xE000).contains(second), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)) { return scalar }
        }
        throw fail("\\u\(String(unit, radix: 16)) is half of a character")
    }

    private mutating func codeUnit() throws -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let next, next.isASCII, let digit = Character(next).hexDigitValue else { throw expected("four hexadecimal digits") }
            unit = unit << 4 + UInt32(digit)
            advance()
        }
        return unit
    }
}
