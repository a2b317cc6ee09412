/// Numbers and dates from bytes, without a `String` for each.
enum NumberParser {
    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The number that the bytes spell, correctly rounded, or nil. `inf`, `infinity` and `nan` in any case are numbers.
    ///
    /// A significand of up to 53 bits and a power of ten up to 22 give the exact result in one multiplication or division (Clinger
    /// 1990, section 5);
    /// all else goes to the C library.
    /// - Precondition: the byte behind the bytes can be read.
    static func parse(_ p: UnsafePointer<UInt8>, _ count: Int, decimalComma: Bool = false) -> Double? {
        var i = 0
        var isNegative = false
        if i < count, p[i] == 0x2d || p[i] == 0x2b {
            isNegative = p[i] == 0x2d
            i += 1
        }
        var significand: UInt64 = 0
        var digits = 0
        var isTooLong = false
        var exponent = 0
        let firstDigit = i
        while i < count, p[i] &- 0x30 < 10 {
            accumulate(p[i] &- 0x30, &significand, &digits, &isTooLong)
            i += 1
        }
        var digitCount = i - firstDigit
        if i < count, p[i] == 0x2e || (decimalComma && p[i] == 0x2c) {
            i += 1
            let start = i
            while i < count, p[i] &- 0x30 < 10 {
                accumulate(p[i] &- 0x30, &significand, &digits, &isTooLong)
                i += 1
            }
            digitCount += i - start
            exponent = start - i
        }
        guard digitCount > 0 else { return special(p + firstDigit, count - firstDigit, isNegative) }
        if i < count, p[i] | 0x20 == 0x65 {
            i += 1
            guard let power = parseExponent(p, count, &i) else { return nil }
            exponent += power
        }
        guard i == count else { return nil }
        if !isTooLong, significand <= 1 << 53, exponent >= -22, exponent <= 22 {
            let value = exponent < 0 ? Double(significand) / powers[-exponent] : Double(significand) * powers[exponent]
            return isNegative ? -value : value
        }
        return slow(p, count)
    }

    /// The number that a text spells, under the same rules.
    static func parse(_ text: String) -> Double? {
        // A zero behind the bytes, as the precondition asks.
        let bytes = Array(text.utf8) + [0]
        return bytes.withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap { parse($0, buffer.count - 1) } }
    }

    @inline(__always)
    private static func accumulate(_ digit: UInt8, _ significand: inout UInt64, _ digits: inout Int, _ isTooLong: inout Bool) {
        if digits < 18 {
            significand = significand &* 10 &+ UInt64(digit)
            if significand != 0 { digits += 1 }
        } else {
            isTooLong = true
        }
    }

    private static func parseExponent(_ p: UnsafePointer<UInt8>, _ count: Int, _ i: inout Int) -> Int? {
        var isNegative = false
        if i < count, p[i] == 0x2d || p[i] == 0x2b {
            isNegative = p[i] == 0x2d
            i += 1
        }
        let start = i
        var power = 0
        while i < count, p[i] &- 0x30 < 10 {
            // Beyond this everything is zero or infinite; it must not overflow.
            power = min(power * 10 + Int(p[i] &- 0x30), 100_000)
            i += 1
        }
        guard i > start else { return nil }
        return isNegative ? -power : power
    }

    private static func special(_ p: UnsafePointer<UInt8>, _ count: Int, _ isNegative: Bool) -> Double? {
        guard count == 3 || count == 8 else { return nil }
        let text = String(decoding: UnsafeBufferPointer(start: p, count: count), as: UTF8.self).lowercased()
        switch text {
        case "inf", "infinity": return isNegative ? -Double.infinity : Double.infinity
        case "nan": return .nan
        default: return nil
        }
    }

    /// The syntax is checked already. Swift's own conversion does not depend on the locale, as C's does.
    private static func slow(_ p: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        let bytes = UnsafeBufferPointer(start: p, count: count)
        if let comma = bytes.firstIndex(of: 0x2c) {
            var copy = Array(bytes)
            copy[comma] = 0x2e
            return Double(String(decoding: copy, as: UTF8.self))
        }
        return Double(String(decoding: bytes, as: UTF8.self))
    }
}
