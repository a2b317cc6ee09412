import Foundation

/// A JSON value as Python writes it: with `NaN` and `Infinity`, and names in their order.
enum JournalJSON {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JournalJSON])
    case object([Member])

    struct Member {
        var name: String
        var value: JournalJSON
        /// The value as it is written.
        var text: String
    }

    var number: Double? { if case .number(let number) = self { number } else { nil } }
    var integer: Int? { number.flatMap { Int(exactly: $0) } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var array: [JournalJSON]? { if case .array(let items) = self { items } else { nil } }
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    subscript(name: String) -> JournalJSON? { members.last { $0.name == name }?.value }

    /// Nil when the bytes are no JSON document.
    init?(_ bytes: some Collection<UInt8>) {
        var scanner = Scanner(bytes: Array(bytes))
        guard let value = scanner.value(depth: 0), scanner.isAtEnd else { return nil }
        self = value
    }

    /// The text of a number in JSON as Python reads it.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "Infinity" : "-Infinity" }
        return "\(number)"
    }

    /// The text of a string in JSON.
    static func text(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// A JSON document on one line; text that is none becomes a JSON string.
    static func line(_ document: String) -> String {
        guard JournalJSON(document.utf8) != nil else { return text(document) }
        // Line breaks cannot stand inside JSON's strings.
        return document.contains(where: \.isNewline) ? document.split(whereSeparator: \.isNewline).joined(separator: " ") : document
    }
}

/// Reads one document from bytes.
private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    mutating func value(depth: Int) -> JournalJSON? {
        skipSpace()
        guard position < bytes.count, depth < 200 else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        case UInt8(ascii: "N"): return word("NaN") ? .number(.nan) : nil
        case UInt8(ascii: "I"): return word("Infinity") ? .number(.infinity) : nil
        default: return word("-Infinity") ? .number(-.infinity) : number()
        }
    }

    private mutating func object(_ depth: Int) -> JournalJSON? {
        position += 1
        var members: [JournalJSON.Member] = []
        if next(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard let name = string(), next(UInt8(ascii: ":")) else { return nil }
            skipSpace()
            let start = position
            guard let value = value(depth: depth + 1) else { return nil }
            members.append(JournalJSON.Member(name: name, value: value, text: String(decoding: bytes[start..<position], as: UTF8.self)))
        } while next(UInt8(ascii: ","))
        return next(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(_ depth: Int) -> JournalJSON? {
        position += 1
        var items: [JournalJSON] = []
        if next(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            guard let item = value(depth: depth + 1) else { return nil }
            items.append(item)
        } while next(UInt8(ascii: ","))
        return next(UInt8(ascii: "]")) ? .array(items) : nil
    }

    private mutating func string() -> String? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        let start = position
        position += 1
        var isPlain = true
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                isPlain = false
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { return nil }
        position += 1
        if isPlain { return String(decoding: bytes[start + 1..<position - 1], as: UTF8.self) }
        return try? JSONDecoder().decode(String.self, from: Data(bytes[start..<position]))
    }

    private mutating func number() -> JournalJSON? {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
        return Double(String(decoding: bytes[start..<position], as: UTF8.self)).map { .number($0) }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    private mutating func next(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
