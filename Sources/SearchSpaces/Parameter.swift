/// One thing that may vary: a name, its values, its default, and when it matters.
public struct Parameter: Sendable, Hashable {
    public var name: String
    public var domain: Domain
    /// The value of the default configuration; the middle of the domain when nil.
    public var defaultValue: ParameterValue?
    /// When the parameter is active; always when nil.
    public var condition: Condition?
    /// How likely its values are before anything was tried; all equally, on the scale of the domain, when nil.
    public var prior: Prior?

    public init(
        _ name: String, _ domain: Domain, default defaultValue: ParameterValue? = nil, condition: Condition? = nil, prior: Prior? = nil
    ) {
        self.name = name
        self.domain = domain
        self.defaultValue = defaultValue
        self.condition = condition
        self.prior = prior
    }

    /// A number in a range.
    public static func float(
        _ name: String, _ range: ClosedRange<Double>, log: Bool = false, step: Double? = nil, default value: Double? = nil
    ) -> Parameter {
        Parameter(
            name, .float(low: range.lowerBound, high: range.upperBound, log: log, step: step), default: value.map { .float($0) })
    }

    /// A whole number in a range.
    public static func integer(
        _ name: String, _ range: ClosedRange<Int>, log: Bool = false, step: Int = 1, default value: Int? = nil
    ) -> Parameter {
        Parameter(
            name, .integer(low: range.lowerBound, high: range.upperBound, log: log, step: step), default: value.map { .integer($0) })
    }

    /// One of several values without an order.
    public static func categorical(_ name: String, _ choices: [ParameterValue], default value: ParameterValue? = nil) -> Parameter {
        Parameter(name, .categorical(choices), default: value)
    }

    /// One of several names without an order.
    public static func categorical(_ name: String, _ choices: [String], default value: String? = nil) -> Parameter {
        Parameter(name, .categorical(choices.map { .category($0) }), default: value.map { .category($0) })
    }

    /// Yes or no.
    public static func boolean(_ name: String, default value: Bool? = nil) -> Parameter {
        Parameter(name, .categorical([.boolean(false), .boolean(true)]), default: value.map { .boolean($0) })
    }

    /// One of several values in order.
    public static func ordinal(_ name: String, _ ranks: [ParameterValue], default value: ParameterValue? = nil) -> Parameter {
        Parameter(name, .ordinal(ranks), default: value)
    }

    /// A value that does not vary but belongs to every configuration.
    public static func constant(_ name: String, _ value: ParameterValue) -> Parameter {
        Parameter(name, .constant(value))
    }

    /// The same parameter, active only when `parent` passes `test`. Several conditions must all hold.
    public func when(_ parent: String, _ test: Condition.Test) -> Parameter { when(.parameter(parent, test)) }

    /// The same parameter, active only under `condition`. Several conditions must all hold.
    public func when(_ condition: Condition) -> Parameter {
        var copy = self
        switch self.condition {
        case nil: copy.condition = condition
        case .all(let others)?: copy.condition = .all(others + [condition])
        case let other?: copy.condition = .all([other, condition])
        }
        return copy
    }

    /// The default, or the middle of the domain.
    public var startValue: ParameterValue { defaultValue.flatMap(domain.canonical) ?? domain.middle }
}
