import Charts
import Foundation
import SearchSpaces

/// How values and parameters are written, and the axes that they lie on.
enum StudyFigures {
    static func value(_ value: Double) -> String {
        value.isInfinite ? (value > 0 ? "∞" : "−∞") : Figures.value(value)
    }

    static func text(_ value: ParameterValue) -> String { text(value, digits: 4) }

    static func text(_ value: ParameterValue, digits: Int) -> String {
        switch value {
        case .float(let number): Figures.plain(number, digits: digits)
        case .integer(let number): Figures.count(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .category(let name): name
        }
    }

    /// A tick: powers of ten as such, other numbers without trailing zeros.
    static func tick(_ value: Double) -> String {
        guard value > 0, value < 1e-3 || value >= 1e5 else { return Figures.plain(value) }
        let exponent = Int(log10(value).rounded(.down))
        let power = log10(value) - log10(value).rounded()
        let text = "10" + raised(abs(power) < 1e-9 ? Int(log10(value).rounded()) : exponent)
        let mantissa = value / pow(10, Double(exponent))
        return abs(power) < 1e-9 ? text : Figures.plain(mantissa) + "·" + text
    }

    private static func raised(_ power: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (power < 0 ? "⁻" : "") + String(String(power.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }

    /// An axis for values of an objective: logarithmic where they are positive and span three decades.
    static func axis(_ range: ClosedRange<Double>, ticks: Int) -> Axis {
        isLogarithmic(range) ? .logarithmic(range, ticks: ticks, label: tick) : .linear(range, ticks: ticks)
    }

    private static func isLogarithmic(_ range: ClosedRange<Double>) -> Bool { range.lowerBound > 0 && range.upperBound / range.lowerBound > 1000 }

    /// What such an axis shows of some values: all but those on the worse side that would squeeze the others.
    static func range(_ values: [Double], higherIsBetter: Bool) -> ClosedRange<Double>? {
        let drawable = values.filter(Axis.isDrawable)
        guard let low = drawable.min(), let high = drawable.max() else { return nil }
        if isLogarithmic(low...high) { return RobustRange.ofScores(values, higherIsBetter: higherIsBetter, scale: log10)?.range }
        return RobustRange.ofScores(values, higherIsBetter: higherIsBetter)?.range
    }

    /// From 0 through a count, with whole numbers at the ticks.
    static func counting(to count: Int, ticks: Int) -> Axis {
        let axis = Axis.linear(0...Double(max(count, 1)), ticks: ticks, padding: 0)
        let whole = axis.ticks.filter { $0.value == $0.value.rounded() }
        return Axis(lower: 0, upper: axis.upper, ticks: whole.map { Axis.Tick(value: $0.value, label: Figures.count(Int($0.value))) })
    }

    /// A parameter's domain as the unit interval: ticks at round numbers or at each choice.
    static func axis(_ parameter: Parameter, ticks count: Int, width: Int = 14) -> Axis {
        Axis(lower: 0, upper: 1, ticks: ticks(parameter.domain, count, width))
    }

    private static func ticks(_ domain: Domain, _ count: Int, _ width: Int) -> [Axis.Tick] {
        if let choices = domain.choices {
            let stride = (choices.count + 11) / 12
            return choices.indices.filter { $0 % stride == 0 }.map {
                Axis.Tick(value: (Double($0) + 0.5) / Double(choices.count), label: text(choices[$0]).shortened(to: width))
            }
        }
        guard let scaled = domain.scaledBounds, scaled.high > scaled.low else { return [] }
        func place(_ value: Double, log isLog: Bool) -> Double { ((isLog ? log(value) : value) - scaled.low) / (scaled.high - scaled.low) }
        let (low, high, isLog, isWhole): (Double, Double, Bool, Bool) =
            switch domain {
            case .float(let low, let high, let log, _): (low, high, log, false)
            case .integer(let low, let high, let log, _): (Double(low), Double(high), log, true)
            default: (0, 1, false, false)
            }
        let axis: Axis = isLog ? .logarithmic(low...high, ticks: count, label: tick) : .linear(low...high, ticks: count, padding: 0)
        let inside = axis.ticks.filter { $0.value >= low * (1 - 1e-9) && $0.value <= high * (1 + 1e-9) || (low <= 0 && $0.value <= high + 1e-12) }
        return inside.filter { !isWhole || $0.value == $0.value.rounded() }.map {
            Axis.Tick(value: place($0.value, log: isLog), label: isWhole && !isLog ? Figures.count(Int($0.value)) : $0.label)
        }
    }
}

extension StudyFigures {
    /// A range of whole numbers.
    static func whole(_ range: ClosedRange<Double>, ticks: Int) -> Axis {
        let axis = Axis.linear(range, ticks: ticks, padding: 0)
        return Axis(lower: axis.lower, upper: axis.upper, ticks: axis.ticks.filter { $0.value == $0.value.rounded() })
    }
}
