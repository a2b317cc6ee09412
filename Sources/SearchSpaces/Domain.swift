import Foundation

/// The values that a parameter may take.
public enum Domain: Sendable, Hashable {
    /// Numbers from `low` through `high`, on a logarithmic scale when `log`, on the grid `low + k · step` when there is a step.
    case float(low: Double, high: Double, log: Bool = false, step: Double? = nil)
    /// Whole numbers `low + k · step` up to `high`, on a logarithmic scale when `log`.
    case integer(low: Int, high: Int, log: Bool = false, step: Int = 1)
    /// Values without an order.
    case categorical([ParameterValue])
    /// Values in order.
    case ordinal([ParameterValue])
    /// One value: nothing to search.
    case constant(ParameterValue)

    /// The values of a categorical, ordinal or constant domain in their order; nil for numbers.
    public var choices: [ParameterValue]? {
        switch self {
        case .float, .integer: nil
        case .categorical(let values), .ordinal(let values): values
        case .constant(let value): [value]
        }
    }

    /// How many values there are; nil for a continuous range.
    public var count: Int? {
        switch self {
        case .float(let low, let high, _, let step):
            if low == high { return 1 }
            guard let step else { return nil }
            return Int(((high - low) / step + 1e-9).rounded(.down)) + 1
        case .integer(let low, let high, _, let step): return (high - low) / step + 1
        case .categorical(let values), .ordinal(let values): return values.count
        case .constant: return 1
        }
    }

    /// Whether `value` is one of the domain's.
    public func contains(_ value: ParameterValue) -> Bool {
        switch self {
        case .float(let low, let high, _, let step):
            guard let number = value.number, number >= low, number <= high else { return false }
            guard let step else { return true }
            let cell = (number - low) / step
            return abs(cell - cell.rounded()) < 1e-6
        case .integer(let low, let high, _, let step):
            guard let number = value.wholeNumber, number >= low, number <= high else { return false }
            return (number - low) % step == 0
        case .categorical(let values), .ordinal(let values): return values.contains(value)
        case .constant(let constant): return value == constant
        }
    }

    /// The value in the domain's own kind (`1` in a float domain becomes `1.0`); nil when it is not in the domain.
    public func canonical(_ value: ParameterValue) -> ParameterValue? {
        guard contains(value) else { return nil }
        switch self {
        case .float: return value.number.map { .float($0) }
        case .integer: return value.wholeNumber.map { .integer($0) }
        case .categorical(let values), .ordinal(let values): return values.first { $0 == value }
        case .constant(let constant): return constant
        }
    }

    /// The middle of a numeric range on its scale, else the first value.
    public var middle: ParameterValue {
        switch self {
        case .float, .integer: value(atUnit: 0.5)
        case .categorical(let values), .ordinal(let values): values.first ?? .boolean(false)
        case .constant(let value): value
        }
    }

    /// The place of a value on a scale that `<` and `>` mean: the number, or the rank of an ordinal; nil where there is no order.
    func order(of value: ParameterValue) -> Double? {
        switch self {
        case .float(let low, _, _, let step?): value.number.map { Self.snapped($0, low: low, step: step) }
        case .float, .integer: value.number
        case .ordinal(let values): values.firstIndex(of: value).map(Double.init)
        case .constant, .categorical: nil
        }
    }

    /// A number on the grid where it is one up to rounding: 0.3 is the third step of 0.1.
    private static func snapped(_ number: Double, low: Double, step: Double) -> Double {
        let cell = (number - low) / step
        return abs(cell - cell.rounded()) < 1e-6 ? low + cell.rounded() * step : number
    }

    /// Whether two values are the same one of the domain.
    func areSame(_ left: ParameterValue, _ right: ParameterValue) -> Bool {
        if left == right { return true }
        guard case .float(_, _, _, _?) = self, let first = order(of: left), let second = order(of: right) else { return false }
        return first == second
    }

    /// - Throws: `SearchSpaceError` (`invalidDomain`) when no value is possible, or the scale does not fit the range.
    func validate(parameter: String) throws {
        func fail(_ message: String) -> SearchSpaceError {
            SearchSpaceError(.invalidDomain, "Parameter \"\(parameter)\": \(message)", parameter: parameter)
        }
        switch self {
        case .float(let low, let high, let log, let step):
            guard low.isFinite, high.isFinite else { throw fail("the bounds \(low) and \(high) must be finite.") }
            guard low <= high else { throw fail("the range is empty: low \(low) is above high \(high).") }
            guard (high - low).isFinite else { throw fail("the range from \(low) to \(high) is too wide.") }
            if log, low <= 0 { throw fail("a log scale needs low above 0, got \(low).") }
            if let step {
                guard step > 0, step.isFinite else { throw fail("the step must be positive, got \(step).") }
                guard (high - low) / step < 1e15 else { throw fail("the step \(step) is too small for the range.") }
                if log { throw fail("a float has either a log scale or a step, not both.") }
            }
        case .integer(let low, let high, let log, let step):
            guard low <= high else { throw fail("the range is empty: low \(low) is above high \(high).") }
            guard step > 0 else { throw fail("the step must be positive, got \(step).") }
            guard abs(Double(low)) < 4e15, abs(Double(high)) < 4e15 else { throw fail("integer bounds must stay within ±4e15.") }
            if log, low < 1 { throw fail("a log scale needs low of at least 1, got \(low).") }
            if log, step != 1 { throw fail("an integer on a log scale has step 1, got \(step).") }
        case .categorical(let values), .ordinal(let values):
            guard !values.isEmpty else { throw fail("there must be at least one choice.") }
            guard Set(values).count == values.count else { throw fail("the choices \(values) are not all different.") }
            guard values.allSatisfy({ $0.number?.isFinite ?? true }) else { throw fail("numbers among the choices must be finite.") }
        case .constant(let value):
            guard value.number?.isFinite ?? true else { throw fail("the constant must be finite, got \(value).") }
        }
    }
}

extension Domain {
    /// A value that was got where one of the domain was expected: in quotes where it is text and the domain has numbers, so that a 2 that
    /// is text does not read like the number.
    func quoted(_ value: ParameterValue) -> String {
        if case .category(let text) = value, isNumeric { return "\"\(text)\"" }
        return value.description
    }
}

extension Domain: CustomStringConvertible {
    public var description: String {
        switch self {
        case .float(let low, let high, let log, let step):
            "a number from \(low) to \(high)" + (log ? ", log scale" : "") + (step.map { " in steps of \($0)" } ?? "")
        case .integer(let low, let high, let log, let step):
            "a whole number from \(low) to \(high)" + (log ? ", log scale" : "") + (step == 1 ? "" : " in steps of \(step)")
        case .categorical(let values), .ordinal(let values): "one of " + values.map(\.description).joined(separator: ", ")
        case .constant(let value): "\(value)"
        }
    }
}
