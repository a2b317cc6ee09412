import Foundation

extension Domain {
    /// The interval that [0, 1] stands for: logarithms when the scale is one, discrete ranges widened by half a step on both
    /// sides so that every value owns a cell. Nil for choices.
    ///
    /// A cell of a log-scaled integer is as wide as it is in log space, as in Optuna and ConfigSpace.
    package var scaledBounds: (low: Double, high: Double)? {
        switch self {
        case .float(let low, let high, let log, let step):
            if log { return (Foundation.log(low), Foundation.log(high)) }
            guard let step, let count else { return (low, high) }
            return (low - step / 2, low + (Double(count) - 0.5) * step)
        case .integer(let low, _, let log, let step):
            let half = Double(step) / 2
            let last = Double(low + ((count ?? 1) - 1) * step)
            if log { return (Foundation.log(Double(low) - half), Foundation.log(last + half)) }
            return (Double(low) - half, last + half)
        case .categorical, .ordinal, .constant: return nil
        }
    }

    /// A number on the scale of the domain.
    func scaled(_ number: Double) -> Double { isLogarithmic ? Foundation.log(number) : number }

    /// The value whose cell holds `unit`, or the point at `unit` of a continuous range.
    ///
    /// - Parameter unit: A coordinate in [0, 1]; values outside are moved to the nearest end.
    public func value(atUnit unit: Double) -> ParameterValue {
        let unit = unit.isNaN ? 0.5 : min(max(unit, 0), 1)
        switch self {
        case .float(let low, let high, let log, let step):
            guard let bounds = scaledBounds else { return .float(low) }
            let scaled = bounds.low + unit * (bounds.high - bounds.low)
            guard let step, let count else { return .float(min(max(log ? exp(scaled) : scaled, low), high)) }
            let cell = min(max(((scaled - low) / step).rounded(), 0), Double(count - 1))
            return .float(min(low + cell * step, high))
        case .integer(let low, _, let log, let step):
            guard let bounds = scaledBounds, let count else { return .integer(low) }
            let scaled = bounds.low + unit * (bounds.high - bounds.low)
            let number = log ? exp(scaled) : scaled
            let cell = min(max(((number - Double(low)) / Double(step)).rounded(), 0), Double(count - 1))
            return .integer(low + Int(cell) * step)
        case .categorical(let values), .ordinal(let values):
            let index = Int(unit * Double(values.count))
            return values[min(index, values.count - 1)]
        case .constant(let value): return value
        }
    }

    /// The coordinate of a value in [0, 1]: for discrete domains the centre of its cell, so `value(atUnit:)` gives it back.
    ///
    /// - Returns: Nil when the value is not in the domain.
    public func unit(of value: ParameterValue) -> Double? {
        guard contains(value) else { return nil }
        switch self {
        case .float(_, _, let log, _), .integer(_, _, let log, _):
            guard let number = value.number, let bounds = scaledBounds else { return nil }
            let width = bounds.high - bounds.low
            guard width > 0 else { return 0.5 }
            return ((log ? Foundation.log(number) : number) - bounds.low) / width
        case .categorical(let values), .ordinal(let values):
            return values.firstIndex(of: value).map { (Double($0) + 0.5) / Double(values.count) }
        case .constant: return 0.5
        }
    }
}
