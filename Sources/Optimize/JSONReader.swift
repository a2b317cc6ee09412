/// Reads JSON and says where it went wrong.
///
/// Beyond the standard it reads `NaN`, `Infinity` and `-Infinity`, which Python's writer emits, so that a result which is no number
/// gets a message about the number and not about the syntax.
struct JSONReader {
    /// What is wrong with a document, and where.
    struct Mistake: Error, CustomStringConvertible {
        var message: String
        /// Counted from 1, columns in bytes.
        var line: Int
        var column: Int

        var description: String { line == 1 ? "\(message) at column \(column)" : "\(message) at line \(line), column \(column)" }
    }

    /// Deeper documents are refused: no request is, and the reader calls itself for each level.
    static let depthLimit = 64

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: ``Mistake``.
    static func read(_ text: some StringProtocol) throws -> JSONValue {
        var reader = JSONReader(Array(text.utf8))
        let value = try reader.value()
        reader.skipBlanks()
        if reader.position < reader.bytes.count { throw reader.mistake("expected the end, got \(reader.shownByte)") }
        return value
    }

    private mutating func value() throws -> JSONValue {
        skipBlanks()
        guard let byte = peek else { throw mistake("expected a value, got the end") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws -> JSONValue) throws -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw mistake("more than \(Self.depthLimit) levels of nesting") }
        return try body(&self)
    }

    private mutating func object() throws -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw mistake("expected a name in quotes, got \(shownByte)") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw mistake("expected ':' after \"\(name)\", got \(shownByte)") }
            members.append(JSONMember(name, try value()))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw mistake("expected ',' or '}', got \(shownByte)") }
        }
    }

    private mutating func array() throws -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipBlanks()
        if take("]") { return .array([]) }
        while true {
            values.append(try value())
            skipBlanks()
            if take("]") { return .array(values) }
            guard take(",") else { throw mistake("expected ',' or ']', got \(shownByte)") }
        }
    }

    private mutating func word() throws -> JSONValue {
        let words: [(String, JSONValue)] = [
            ("true", true), ("false", false), ("null", .null), ("NaN", .number(.nan)), ("Infinity", .number(.infinity)),
        ]
        for (word, value) in words where takeWord(word) { return value }
        throw mistake("expected a value, got \(shownByte)")
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        if takeWord("-Infinity") { return .number(-.infinity) }
        var isWhole = true
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
            default:
                return try number(from: start, isWhole: isWhole)
            }
            position += 1
        }
        return try number(from: start, isWhole: isWhole)
    }

    private mutating func number(from start: Int, isWhole: Bool) throws -> JSONValue {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        if let last = bytes[start..<position].last, last >= UInt8(ascii: "0"), let value = Double(text) { return .number(value) }
        position = start
        throw mistake("'\(text)' is not a number")
    }

    private mutating func string() throws -> String {
        position += 1
        var decoded: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                decoded += Array(String(try escape()).utf8)
            case 0..<0x20: throw mistake("a control character must be escaped in a string")
            default:
                decoded.append(byte)
                position += 1
            }
        }
        throw mistake("a string without its closing quote ends")
    }

    private mutating func escape() throws -> Character {
        guard let byte = peek else { throw mistake("a string without its closing quote ends") }
        let plain: [UInt8: Character] = [
            UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}",
            UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
        ]
        if let character = plain[byte] {
            position += 1
            return character
        }
        guard byte == UInt8(ascii: "u") else { throw mistake("unknown escape '\\\(Character(Unicode.Scalar(byte)))'") }
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return Character(scalar) }
        // Half of a pair; a lone half stands for nothing.
        guard high < 0xDC00, peek == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u") else { return "\u{FFFD}" }
        position += 1
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)).map { Character($0) } ?? "\u{FFFD}"
    }

    /// The four digits after the `u` at the position.
    private mutating func hexadecimal() throws -> UInt32 {
        let digits = bytes.dropFirst(position + 1).prefix(4)
        guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw mistake("expected four hexadecimal digits after '\\u'")
        }
        position += 5
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private var shownByte: String {
        guard let byte = peek else { return "the end" }
        return byte > 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private func mistake(_ message: String) -> Mistake {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return Mistake(message: message, line: line, column: column)
    }
}
