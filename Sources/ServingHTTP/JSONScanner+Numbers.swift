import Foundation

/// A number as it is written: exact where it is whole and fits 64 bits.
struct ScannedNumber {
    var isNegative: Bool
    /// All digits, the point left out; exact only where `digits` is at most 19.
    var mantissa: UInt64
    var digits: Int
    /// Power of ten that the mantissa is to be multiplied with.
    var exponent: Int
    /// Whether there is neither point nor exponent.
    var isPlain: Bool
    /// Its place, for the slow way.
    var range: Range<Int>
}

/// Powers that are exact in double precision.
private let exactPowers: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { product, _ in product * 10 } }

extension JSONScanner {
    mutating func scanNumber() throws -> ScannedNumber {
        skipSpace()
        let start = position
        var number = ScannedNumber(isNegative: false, mantissa: 0, digits: 0, exponent: 0, isPlain: true, range: start..<start)
        if position < end, bytes[position] == UInt8(ascii: "-") {
            number.isNegative = true
            position += 1
        }
        let firstDigit = position
        scanDigits(into: &number)
        let wholeDigits = position - firstDigit
        guard wholeDigits > 0, wholeDigits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            position = start
            throw unexpected("a value")
        }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            number.isPlain = false
            position += 1
            let point = position
            scanDigits(into: &number)
            guard position > point else { throw unexpected("a digit") }
            number.exponent -= position - point
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            number.isPlain = false
            try scanExponent(into: &number)
        }
        number.range = start..<position
        return number
    }

    private mutating func scanDigits(into number: inout ScannedNumber) {
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return }
            // Zeros before the first digit that counts are not digits of the mantissa.
            if number.digits < 19 { number.mantissa = number.mantissa &* 10 &+ UInt64(digit) }
            if number.digits > 0 || digit > 0 { number.digits += 1 }
            position += 1
        }
    }

    private mutating func scanExponent(into number: inout ScannedNumber) throws {
        position += 1
        var isNegative = false
        if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var exponent = 0
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            // Far past any double; keeps the sum from overflowing.
            if exponent < 100_000 { exponent = exponent * 10 + Int(digit) }
            position += 1
        }
        guard position > start else { throw unexpected("a digit") }
        number.exponent += isNegative ? -exponent : exponent
    }

    /// The number nearest to what is written; nil where that is infinite.
    ///
    /// Up to 2^53 times or by an exact power of ten is one correctly rounded operation (Clinger 1990); the C library does the rest.
    func double(_ number: ScannedNumber) -> Double? {
        if number.digits <= 19, number.mantissa <= 1 << 53, abs(number.exponent) <= 22 {
            let mantissa = Double(number.mantissa)
            let value = number.exponent < 0 ? mantissa / exactPowers[-number.exponent] : mantissa * exactPowers[number.exponent]
            return number.isNegative ? -value : value
        }
        let value = strtod(String(decoding: bytes[number.range], as: UTF8.self), nil)
        return value.isFinite ? value : nil
    }

    /// The whole number that is written; nil where it is none or does not fit.
    func whole<Integer: FixedWidthInteger>(_ number: ScannedNumber, as type: Integer.Type) -> Integer? {
        guard number.isPlain else { return double(number).flatMap { Integer(exactly: $0) } }
        guard number.digits <= 19 else { return Integer(String(decoding: bytes[number.range], as: UTF8.self)) }
        if !number.isNegative { return Integer(exactly: number.mantissa) }
        return number.mantissa <= 1 << 63 ? Integer(exactly: Int64(truncatingIfNeeded: 0 &- number.mantissa)) : nil
    }

    mutating func number() throws -> (value: JSONValue, scanned: ScannedNumber) {
        let scanned = try scanNumber()
        if scanned.isPlain {
            if let value = whole(scanned, as: Int64.self) { return (.integer(value), scanned) }
            if let value = whole(scanned, as: UInt64.self) { return (.unsigned(value), scanned) }
        }
        guard let value = double(scanned) else { throw OIPError.bad("a number of the request JSON is beyond the range of a double") }
        return (.number(value), scanned)
    }
}
