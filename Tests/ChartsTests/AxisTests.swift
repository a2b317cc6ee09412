import Foundation
import Testing

@testable import Charts

@Suite struct AxisTests {
    @Test func linearTicksAreRound() {
        #expect(Axis.linear(0...1, ticks: 5, padding: 0).ticks.map(\.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Axis.linear(0...23_000, ticks: 5, padding: 0).ticks.map(\.label) == ["0", "5,000", "10,000", "15,000", "20,000"])
        #expect(Axis.linear(-3...3, ticks: 3, padding: 0).ticks.map(\.value) == [-2, 0, 2])
    }

    @Test func logarithmicTicksArePowersOfTenOrFiner() {
        #expect(Axis.logarithmic(0.001...100, ticks: 8) { "\($0)" }.ticks.map(\.value.rounded3) == [0.001, 0.01, 0.1, 1, 10, 100])
        #expect(Axis.logarithmic(1...10, ticks: 8) { "\($0)" }.ticks.map(\.value.rounded3) == [1, 2, 5, 10])
        #expect(Axis.logarithmic(3...3, ticks: 8) { "\($0)" }.ticks.map(\.value.rounded3) == [1, 2, 5])
    }

    private static let ranges: [(Double, Double)] = [
        (0.0, 0.0), (5, 5), (-1e99, 1e99), (1e99, 1e99), (.leastNonzeroMagnitude, .leastNonzeroMagnitude),
        (0, .leastNonzeroMagnitude), (1e15, 1e15 + 1), (-1e-300, 1e-300),
        (0.1, 0.1000000001),
    ]

    @Test(arguments: ranges)
    func anyRangeGivesFinitePlacesAndFewTicks(lower: Double, upper: Double) {
        let logarithmic = Axis.logarithmic(lower...upper, ticks: 6) { "\($0)" }
        for axis in [Axis.linear(lower...upper, ticks: 6), logarithmic, Axis.time(upTo: upper, ticks: 6).axis] {
            #expect(axis.ticks.count <= 18)
            for value in [lower, upper, -.infinity, .infinity, .nan] { #expect((0...1).contains(axis.place(value))) }
        }
    }

    @Test func timeChoosesItsUnit() {
        #expect(Axis.time(upTo: 0.02, ticks: 5).unit == "ms")
        #expect(Axis.time(upTo: 2, ticks: 5).unit == "s")
        #expect(Axis.time(upTo: 90, ticks: 5).unit == "s")
        #expect(Axis.time(upTo: 600, ticks: 5).unit == "min")
        #expect(Axis.time(upTo: 86_400, ticks: 5).unit == "h")
        #expect(Axis.time(upTo: 600, ticks: 5).axis.ticks.map(\.label) == ["0", "2", "4", "6", "8", "10"])
    }

    @Test func scoresAreClippedOnTheWorseSideOnly() throws {
        let values = [0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.2]
        let high = try #require(RobustRange.ofScores(values, higherIsBetter: true))
        #expect(high.range.upperBound == 0.96 && high.range.lowerBound == 0.9 && high.clipped == 1)
        let low = try #require(RobustRange.ofScores(values, higherIsBetter: false))
        #expect(low.range == 0.2...0.96 && low.clipped == 0)
        #expect(RobustRange.ofScores([.nan, .infinity], higherIsBetter: true) == nil)
    }

    @Test func onlyWhatWouldSqueezeTheOthersIsClipped() throws {
        // A fifth lies beyond what three quarters span, but not so far that these would have less than a third of the axis.
        let spread = (0..<48).map { 10 + Double($0) / 4 } + (0..<12).map { 32 + Double($0) }
        #expect(try #require(RobustRange.ofScores(spread, higherIsBetter: false)).clipped == 0)
        let far = spread + [400]
        #expect(try #require(RobustRange.ofScores(far, higherIsBetter: false)).range == 10...43)
        // On a log scale even fifteen decades may be spread evenly.
        let decades = (0..<50).map { pow(10, Double($0) * 0.3 - 12) }
        #expect(try #require(RobustRange.ofScores(decades, higherIsBetter: false)).clipped > 5)
        #expect(try #require(RobustRange.ofScores(decades, higherIsBetter: false, scale: log10)).clipped == 0)
    }

    @Test func bulkLeavesOutTheFarPercent() throws {
        let values = (0..<1000).map(Double.init) + [1e6, -1e6]
        let bulk = try #require(RobustRange.ofBulk(values))
        #expect(bulk.clipped == 2 && bulk.range.upperBound < 2000)
    }
}

extension Double {
    /// To three digits, since powers of ten are not exact.
    fileprivate var rounded3: Double { (self * 1000).rounded() / 1000 }
}
