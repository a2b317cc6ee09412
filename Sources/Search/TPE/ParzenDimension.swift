import Foundation
import SearchSpaces

/// A parameter as an axis of a Parzen estimator: numbers on their scale, ordinals by rank, categories by index.
struct ParzenDimension {
    enum Kind: Equatable {
        /// Any number of the interval.
        case continuous
        /// The numbers `first + k · step`, k below `count`; the interval is widened by half a step on both sides.
        case discrete(first: Double, step: Double, count: Int)
        /// Indices below `count`.
        case categorical(count: Int)
    }

    let domain: Domain
    let kind: Kind
    /// The interval, in logarithms when `isLog`.
    let low: Double
    let high: Double
    let isLog: Bool

    init(_ domain: Domain) {
        self.domain = domain
        let bounds = domain.scaledBounds
        switch domain {
        case .float(let first, _, let log, let step):
            isLog = log
            kind = step.map { .discrete(first: first, step: $0, count: domain.count ?? 1) } ?? .continuous
        case .integer(let first, _, let log, let step):
            isLog = log
            kind = .discrete(first: Double(first), step: Double(step), count: domain.count ?? 1)
        case .ordinal(let values):
            isLog = false
            kind = .discrete(first: 0, step: 1, count: values.count)
            (low, high) = (-0.5, Double(values.count) - 0.5)
            return
        case .categorical, .constant:
            isLog = false
            kind = .categorical(count: domain.count ?? 1)
        }
        (low, high) = bounds ?? (0, 0)
    }

    /// Where a value lies on the axis; nil when it is not in the domain.
    func coordinate(of value: ParameterValue) -> Double? {
        switch domain {
        case .float(let first, let last, _, _):
            guard let number = value.number, number >= first, number <= last else { return nil }
            return isLog ? log(number) : number
        case .integer(let first, let last, _, _):
            guard let number = value.wholeNumber, number >= first, number <= last else { return nil }
            return isLog ? log(Double(number)) : Double(number)
        case .categorical(let values), .ordinal(let values): return values.firstIndex(of: value).map(Double.init)
        case .constant: return nil
        }
    }

    /// The value at a place on the axis.
    func value(at coordinate: Double) -> ParameterValue {
        switch domain {
        case .categorical(let values), .ordinal(let values): values[min(max(Int(coordinate.rounded()), 0), values.count - 1)]
        case .float, .integer: domain.value(atUnit: (coordinate - low) / (high - low))
        case .constant(let value): value
        }
    }

    /// The place of the nearest value of the domain.
    func snapped(_ coordinate: Double) -> Double {
        guard case .discrete(let first, let step, let count) = kind else { return coordinate }
        let number = isLog ? exp(coordinate) : coordinate
        let cell = min(max(((number - first) / step).rounded(), 0), Double(count - 1))
        let snapped = first + cell * step
        return isLog ? log(snapped) : snapped
    }

    /// The ends of the cell of a discrete value, on the axis.
    func cell(around coordinate: Double) -> (low: Double, high: Double) {
        guard case .discrete(_, let step, _) = kind else { return (coordinate, coordinate) }
        guard isLog else { return (coordinate - step / 2, coordinate + step / 2) }
        let number = exp(coordinate)
        return (log(number - step / 2), log(number + step / 2))
    }
}
