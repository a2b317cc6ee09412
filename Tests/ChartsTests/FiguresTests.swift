import Testing

@testable import Charts

@Suite struct FiguresTests {
    @Test(arguments: [
        (0.91234567, "0.9123"), (12.3456, "12.35"), (1_234_567, "1,234,567"), (3.2e-7, "3.20·10⁻⁷"), (0, "0"), (-0.5, "−0.5000"),
        (.nan, "–"), (.infinity, "–"), (1e300, "1.00·10³⁰⁰"), (99999.96, "100,000"), (123456, "123,456"),
    ])
    func valuesHaveFourDigits(value: Double, text: String) { #expect(Figures.value(value) == text) }

    @Test(arguments: [
        (0.25, "250 µs"), (1.5, "1.5 ms"), (0.00002, "20 ns"), (25, "25.0 ms"), (2500, "2.50 s"), (0, "0 ms"), (.nan, "–"),
    ])
    func millisecondsChooseTheirUnit(value: Double, text: String) { #expect(Figures.milliseconds(value) == text) }

    @Test(arguments: [
        (0.0, "0 s"), (0.35, "350 ms"), (42, "42.0 s"), (252, "4 min 12 s"), (3600, "1 h"), (100_000, "1 d 3 h"), (-1, "–"),
    ])
    func timesReadAsPeopleSayThem(value: Double, text: String) { #expect(Figures.seconds(value) == text) }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (2_000_000_000, "2.0 GB"), (Int.max, "9,223 PB")])
    func bytesAreDecimal(value: Int, text: String) { #expect(Figures.bytes(value) == text) }

    @Test func sharesBecomePercent() {
        #expect(Figures.percent(0.5) == "50.0%")
        #expect(Figures.percent(0.034) == "3.4%")
        #expect(Figures.percent(0.997) == "99.7%")
        #expect(Figures.percent(1) == "100%")
        #expect(Figures.percent(.nan) == "–")
    }

    @Test func aColumnHasTheDecimalsThatTellItsValuesApart() {
        #expect(Figures.decimals(for: [0.91, 0.85]) == 4)
        #expect(Figures.decimals(for: [0.99971, 0.99974]) == 6)
        #expect(Figures.decimals(for: [12345, 54321]) == 0)
        #expect(Figures.decimals(for: []) == 2)
        #expect(Figures.decimals(for: [.nan, .infinity]) == 2)
        #expect(Figures.inColumn(0.25, decimals: 4) == "0.2500")
        #expect(Figures.inColumn(4321.5, decimals: 4) == "4,321.50")
        #expect(Figures.inColumn(1e9, decimals: 4) == "1.00·10⁹")
    }

    @Test func aColumnHasTheDigitsThatTellItsValuesApart() {
        func texts(_ values: [Double]) -> [String] { values.map { Figures.plain($0, digits: Figures.digits(for: values)) } }
        #expect(texts([0.01, 0.0100034, 0.00999871]) == ["0.01", "0.010003", "0.0099987"])
        #expect(texts([0.1, 0.25, 0.25]) == ["0.1", "0.25", "0.25"])
        #expect(texts([1.00001e-6, 1.00002e-6]) == ["1.00001·10⁻⁶", "1.00002·10⁻⁶"])
        #expect(Figures.digits(for: []) == 4 && Figures.digits(for: [.nan, 1, 1]) == 4 && Figures.digits(for: [1, 1 + 1e-15]) == 9)
    }

    @Test func plainNumbersLoseTheirZeros() {
        #expect([27, 0.25, 100, 1.5, 0, 3e-9, .nan].map(Figures.plain) == ["27", "0.25", "100", "1.5", "0", "3.00·10⁻⁹", "–"])
    }

    @Test func ratesHaveThreeDigits() {
        #expect([0.5, 12.34, 999, 16_932, 1_234_567, .infinity].map(Figures.rate) == ["0.500", "12.3", "999", "16,900", "1,230,000", "–"])
    }

    @Test func countsAgreeWithTheirNoun() {
        #expect(Figures.count(1, "model") == "1 model")
        #expect(Figures.count(12_345, "class", "classes") == "12,345 classes")
        #expect(Figures.count(Int.min) == "−9,223,372,036,854,775,808")
    }
}
