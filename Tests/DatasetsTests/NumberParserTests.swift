import Foundation
import Testing

@testable import Datasets

@Suite struct NumberParserTests {
    @Test(arguments: [
        "0", "-0", "1", "+1", "12", "007", "1.", ".5", "-.5", "1.25", "1e3", "1E-3", "1.5e+10",
        "123456789012345678", "1234567890123456789012",
        "0.1", "0.30000000000000004", "9007199254740993", "1e22", "1e23", "1e-22", "2.2250738585072014e-308",
        "4.9e-324", "1.7976931348623157e308",
        "0.000000000000000000000000000001", "100000000000000000000000.5", "3.14159265358979323846", "1e400",
        "-1e400", "1e-400", "1e999999999999",
    ])
    func `numbers are what Swift reads them as`(text: String) throws {
        let expected = try #require(Double(text.hasSuffix(".") ? text + "0" : text) ?? (text.contains("e-") ? 0 : nil))
        #expect(NumberParser.parse(text)?.bitPattern == expected.bitPattern)
    }

    @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1,5", "1 2", "0x10", "1_000", "abc", "1.2.3", "--1", "1f", "infinit", "١"])
    func `what is no number is none`(text: String) { #expect(NumberParser.parse(text) == nil) }

    @Test func `infinities and NaN are read in any case`() {
        for text in ["inf", "Inf", "INF", "+inf", "Infinity", "infinity"] { #expect(NumberParser.parse(text) == .infinity) }
        #expect(NumberParser.parse("-Infinity") == -.infinity)
        for text in ["nan", "NaN", "-NaN"] { #expect(NumberParser.parse(text)?.isNaN == true) }
    }

    @Test func `every number comes back from its text`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            if !value.isFinite { continue }
            #expect(NumberParser.parse("\(value)") == value)
            let short = (value.significand * 1e6).rounded() / 1e4
            #expect(NumberParser.parse("\(short)") == short)
        }
    }
}

@Suite struct DateParserTests {
    private func parse(_ text: String) -> Double? {
        (Array(text.utf8) + [0]).withUnsafeBufferPointer { DateParser.parse($0.baseAddress!, $0.count - 1) }
    }

    @Test(arguments: [
        ("1970-01-01", 0.0), ("1970-01-02", 86_400), ("1969-12-31", -86_400), ("2000-02-29", 951_782_400), ("2024-12-31", 1_735_603_200),
        ("2024-01-01T12:30", 1_704_112_200), ("2024-01-01 12:30:15", 1_704_112_215), ("2024-01-01T12:30:15Z", 1_704_112_215),
        ("2024-01-01T12:30:15.25+02:00", 1_704_105_015.25), ("2024-01-01T00:00-0530", 1_704_087_000), ("0001-01-01", -62_135_596_800),
    ])
    func `dates are seconds since 1970`(text: String, seconds: Double) { #expect(parse(text) == seconds) }

    @Test(arguments: [
        "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32", "24-01-01", "2024-1-1", "2024/01/01", "2024-01-01T", "2024-01-01T25:00",
        "2024-01-01x12:00", "2024-01-01T12:00+", "2024-01-01T12:00:61", "20240101", "",
    ])
    func `what is no date is none`(text: String) { #expect(parse(text) == nil) }

    @Test func `dates come back from their text`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<5000 {
            let seconds = Double(generator.index(below: 310_000_000_000)) - 60_000_000_000
            #expect(parse(DateParser.text(seconds)) == seconds)
        }
        #expect(DateParser.text(951_782_400) == "2000-02-29")
    }
}
