import Foundation

/// A scale from values to 0…1 with labelled ticks.
package struct Axis: Sendable {
    package struct Tick: Sendable {
        package let value: Double
        package let label: String

        package init(value: Double, label: String) {
            self.value = value
            self.label = label
        }
    }

    package let lower: Double
    package let upper: Double
    package let isLog: Bool
    package let ticks: [Tick]

    package init(lower: Double, upper: Double, isLog: Bool = false, ticks: [Tick]) {
        self.lower = lower
        self.upper = upper
        self.isLog = isLog
        self.ticks = ticks
    }

    /// Where a value lies between the ends, clamped to 0…1.
    package func place(_ value: Double) -> Double {
        let share = isLog ? (log10(max(value, 1e-300)) - log10(lower)) / (log10(upper) - log10(lower)) : (value - lower) / (upper - lower)
        return share.isFinite ? min(max(share, 0), 1) : 0
    }

    package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    /// Numbers that a chart can hold; the bound keeps the arithmetic of ranges finite.
    package static func isDrawable(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e100 }

    /// Evenly spaced ticks at 1, 2 or 5 times a power of ten.
    /// - Parameters:
    ///   - padding: share of the range added at both ends.
    ///   - label: text of a tick; by default as many decimals as the step needs.
    package static func linear(_ range: ClosedRange<Double>, ticks count: Int, padding: Double = 0.04, label: ((Double) -> String)? = nil) -> Axis {
        let range = widened(range)
        let space = (range.upperBound - range.lowerBound) * padding
        let lower = range.lowerBound - space
        let upper = range.upperBound + space
        let step = niceStep(upper - lower, count)
        let decimals = max(0, -Int(log10(step * 1.0001).rounded(.down)))
        let first = (lower / step - 1e-9).rounded(.up)
        let ticks = (0..<(3 * max(count, 1))).map { (first + Double($0)) * step }.filter { $0 <= upper + step * 1e-9 }.map { value in
            let isPlain = max(abs(lower), abs(upper)) < 1e6 && decimals <= 7
            let text = isPlain ? Figures.fixed(value, decimals: decimals) : Figures.value(value, digits: 3)
            return Tick(value: value, label: label?(value) ?? text)
        }
        return Axis(lower: lower, upper: upper, isLog: false, ticks: ticks)
    }

    /// Ticks at powers of ten; at 1, 2 and 5 times them where the range is short. Ends must be above 0.
    package static func logarithmic(_ range: ClosedRange<Double>, ticks count: Int, label: (Double) -> String) -> Axis {
        var low = log10(max(range.lowerBound, 1e-99))
        var high = log10(max(range.upperBound, 1e-99))
        let middle = (low + high) / 2
        let half = max((high - low) / 2 * 1.08, 0.5)
        (low, high) = (middle - half, middle + half)
        let stride = max(1, Int(((high - low) / Double(max(count, 1))).rounded(.up)))
        var exponents = Array(Int(low.rounded(.up))...max(Int(high.rounded(.down)), Int(low.rounded(.up))))
        var values: [Double]
        if high - low < Double(count) / 3 {
            exponents = Array(Int(low.rounded(.down))...Int(high.rounded(.up)))
            values = exponents.flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
        } else {
            values = exponents.filter { $0 % stride == 0 }.map { pow(10, Double($0)) }
        }
        values = values.filter { log10($0) >= low - 1e-9 && log10($0) <= high + 1e-9 }
        return Axis(lower: pow(10, low), upper: pow(10, high), isLog: true, ticks: values.map { Tick(value: $0, label: label($0)) })
    }

    /// Seconds from 0, in the unit that suits the length; the unit stands in the axis title.
    package static func time(upTo seconds: Double, ticks count: Int) -> (axis: Axis, unit: String) {
        let units: [(name: String, seconds: Double)] = [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)]
        let unit = seconds < 0.3 ? (name: "ms", seconds: 0.001) : units.last { seconds >= 3 * $0.seconds } ?? units[0]
        let scaled = linear(0...max(seconds / unit.seconds, 1e-6), ticks: count, padding: 0)
        let ticks = scaled.ticks.map { Tick(value: $0.value * unit.seconds, label: $0.label) }
        return (Axis(lower: 0, upper: scaled.upper * unit.seconds, isLog: false, ticks: ticks), unit.name)
    }

    /// A range with some length: at least a millionth of its size, so that ticks differ.
    private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
        let size = max(abs(range.lowerBound), abs(range.upperBound))
        guard range.upperBound - range.lowerBound <= max(size * 1e-6, 1e-90) else { return range }
        let space = size < 1e-90 ? 0.5 : size * 0.05
        return (range.lowerBound - space)...(range.upperBound + space)
    }

    private static func niceStep(_ span: Double, _ count: Int) -> Double {
        let rough = span / Double(max(count, 1))
        let power = pow(10, log10(rough).rounded(.down))
        let share = rough / power
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10)
    }
}

/// The part of some values that is worth the room in a chart.
package struct RobustRange: Sendable {
    package let range: ClosedRange<Double>
    /// Drawable values outside it.
    package let clipped: Int

    /// All values, unless a few hopeless ones on the worse side would squeeze the others into less than a third of the axis: then what lies
    /// within three times the range of the best three quarters. Nil where nothing can be drawn.
    ///
    /// - Parameter scale: Where a value lies on the axis, rising.
    package static func ofScores(_ values: [Double], higherIsBetter: Bool, scale: (Double) -> Double = { $0 }) -> RobustRange? {
        let sorted = values.filter(Axis.isDrawable).sorted { higherIsBetter ? $0 > $1 : $0 < $1 }
        guard let best = sorted.first, let worst = sorted.last else { return nil }
        func distance(_ value: Double) -> Double { abs(scale(value) - scale(best)) }
        let bulk = distance(sorted[(sorted.count - 1) * 3 / 4])
        var limit = worst
        if sorted.count >= 5, bulk > 0, let last = sorted.last(where: { distance($0) <= 3 * bulk }), 3 * distance(last) < distance(worst) { limit = last }
        return within(min(best, limit)...max(best, limit), sorted)
    }

    /// From the first to the last percent and a quarter more on both sides. Nil where nothing can be drawn.
    package static func ofBulk(_ values: [Double]) -> RobustRange? {
        let sorted = values.filter(Axis.isDrawable).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let low = sorted[(sorted.count - 1) / 100]
        let high = sorted[(sorted.count - 1) - (sorted.count - 1) / 100]
        let space = (high - low) / 4
        return space > 0 ? within(max(first, low - space)...min(last, high + space), sorted) : within(first...last, sorted)
    }

    private static func within(_ range: ClosedRange<Double>, _ sorted: [Double]) -> RobustRange {
        RobustRange(range: range, clipped: sorted.reduce(0) { $0 + (range.contains($1) ? 0 : 1) })
    }
}
