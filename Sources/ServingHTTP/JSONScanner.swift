import Foundation

/// Reads JSON from memory, from front to back.
///
/// Nesting is bounded by ``depthLimit`` wherever the reader goes deeper, and skipping is a loop: a body of a million brackets is an error
/// and never a full stack. Strings are checked to be UTF-8; numbers keep all their digits.
struct JSONScanner {
    static let depthLimit = 100

    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.position = position
        self.end = min(end ?? bytes.count, bytes.count)
    }

    /// The one value of a document. Values of members called one of `rawKeys` are skipped over, and only their place is kept.
    static func document(_ bytes: UnsafeBufferPointer<UInt8>, rawKeys: Set<String> = []) throws -> JSONValue {
        var scanner = JSONScanner(bytes)
        let value = try scanner.value(rawKeys: rawKeys, depth: 0)
        scanner.skipSpace()
        guard scanner.position == scanner.end else { throw scanner.unexpected("the end") }
        return value
    }

    // MARK: Single steps

    mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            default: return
            }
        }
    }

    /// The next byte that is not space; 0 at the end.
    mutating func peek() -> UInt8 {
        skipSpace()
        return position < end ? bytes[position] : 0
    }

    mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws {
        guard consume(character) else { throw unexpected("'\(character)'") }
    }

    func unexpected(_ wanted: String) -> OIPError {
        let got = position < end ? "'\(String(decoding: bytes[position..<min(position + 12, end)], as: UTF8.self))'" : "the end"
        return .bad("failed to parse the request JSON: got \(got) at byte \(position), expected \(wanted)")
    }

    // MARK: Values

    private mutating func value(rawKeys: Set<String>, depth: Int) throws -> JSONValue {
        guard depth <= Self.depthLimit else { throw OIPError.bad("the request JSON is nested deeper than \(Self.depthLimit) levels") }
        switch peek() {
        case UInt8(ascii: "{"): return try object(rawKeys: rawKeys, depth: depth)
        case UInt8(ascii: "["):
            position += 1
            var elements: [JSONValue] = []
            if consume("]") { return .array(elements) }
            repeat { elements.append(try value(rawKeys: rawKeys, depth: depth + 1)) } while consume(",")
            try expect("]")
            return .array(elements)
        case UInt8(ascii: "\""): return .string(String(decoding: try string(), as: UTF8.self))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number().value
        }
    }

    private mutating func object(rawKeys: Set<String>, depth: Int) throws -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        if consume("}") { return .object(members) }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected("a name in quotes") }
            let key = String(decoding: try string(), as: UTF8.self)
            try expect(":")
            if rawKeys.contains(key) {
                skipSpace()
                let start = position
                try skipValue()
                members.append(.init(key: key, value: .raw(start..<position)))
            } else {
                members.append(.init(key: key, value: try value(rawKeys: rawKeys, depth: depth + 1)))
            }
        } while consume(",")
        try expect("}")
        return .object(members)
    }

    mutating func word<Result>(_ text: StaticString, _ result: Result) throws -> Result {
        let count = text.utf8CodeUnitCount
        guard position + count <= end, (0..<count).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] }) else {
            throw unexpected("a value")
        }
        position += count
        return result
    }

    /// Goes past one value by its brackets and quotes alone. What is inside is checked when it is read.
    mutating func skipValue() throws {
        var depth = 0
        repeat {
            switch peek() {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= Self.depthLimit else {
                    throw OIPError.bad("the request JSON is nested deeper than \(Self.depthLimit) levels")
                }
                position += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard depth > 0 else { throw unexpected("a value") }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw unexpected("a value") }
                position += 1
            case UInt8(ascii: "\""): try skipString()
            case 0: throw unexpected("a value")
            default: try skipScalar()
            }
        } while depth > 0
    }

    private mutating func skipScalar() throws {
        let start = position
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                position += 1
            default:
                guard position > start else { throw unexpected("a value") }
                return
            }
        }
    }

    private mutating func skipString() throws {
        position += 1
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        position = end
        throw unexpected("the end of a string")
    }
}
