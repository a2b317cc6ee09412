extension JSONScanner {
    /// The bytes of a string, escapes undone. The next byte is the opening quote.
    mutating func string() throws -> [UInt8] {
        var result: [UInt8] = []
        try appendString(to: &result)
        return result
    }

    /// Appends the bytes of a string: UTF-8, checked.
    mutating func appendString(to result: inout [UInt8]) throws {
        try expect("\"")
        let first = result.count
        var hasHighBytes = false
        while position < end {
            let start = position
            while position < end, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 0x20 {
                hasHighBytes = hasHighBytes || bytes[position] >= 0x80
                position += 1
            }
            result.append(contentsOf: bytes[start..<position])
            guard position < end else { break }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                if hasHighBytes, !isUTF8(result[first...]) {
                    throw OIPError.bad("a string of the request JSON is not UTF-8; send it as binary data")
                }
                return
            case UInt8(ascii: "\\"): try appendEscape(to: &result)
            default: throw unexpected("an escape such as \\n instead of a control character")
            }
        }
        throw unexpected("the end of a string")
    }

    private mutating func appendEscape(to result: inout [UInt8]) throws {
        position += 1
        guard position < end else { throw unexpected("an escape") }
        let character = bytes[position]
        position += 1
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(character)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"): result.append(contentsOf: Array(String(try escapedScalar()).utf8))
        default:
            position -= 1
            throw unexpected("an escape that JSON has")
        }
    }

    /// What follows `\u`: four digits, or two groups of them for characters beyond the first 65,536.
    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let unit = try fourHexDigits()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, position + 1 < end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
            throw unexpected("the second half of a pair of \\u escapes")
        }
        position += 2
        let low = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(low), let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
            throw unexpected("the second half of a pair of \\u escapes")
        }
        return scalar
    }

    private mutating func fourHexDigits() throws -> UInt32 {
        guard position + 4 <= end else { throw unexpected("four digits after \\u") }
        var value: UInt32 = 0
        for index in position..<position + 4 {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(bytes[index] - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(bytes[index] - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(bytes[index] - UInt8(ascii: "A") + 10)
            default: throw unexpected("four digits after \\u")
            }
        }
        position += 4
        return value
    }
}

/// Whether bytes are well-formed UTF-8.
func isUTF8(_ bytes: some Sequence<UInt8>) -> Bool {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
        switch decoder.decode(&iterator) {
        case .scalarValue: continue
        case .emptyInput: return true
        case .error: return false
        }
    }
}
