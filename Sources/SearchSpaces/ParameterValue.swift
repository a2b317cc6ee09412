/// The value of one parameter: a JSON scalar.
///
/// An integer and a float of the same number are equal, because JSON does not tell `1` from `1.0`.
public enum ParameterValue: Sendable {
    case float(Double)
    case integer(Int)
    case boolean(Bool)
    case category(String)

    /// The number, for floats and integers.
    public var number: Double? {
        switch self {
        case .float(let value): value
        case .integer(let value): Double(value)
        case .boolean, .category: nil
        }
    }

    /// The whole number, for integers and for floats without a fraction.
    public var wholeNumber: Int? {
        switch self {
        case .integer(let value): value
        case .float(let value): Int(exactly: value)
        case .boolean, .category: nil
        }
    }
}

extension ParameterValue: Hashable {
    public static func == (left: ParameterValue, right: ParameterValue) -> Bool {
        switch (left, right) {
        case (.category(let a), .category(let b)): a == b
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.integer(let a), .float(let b)), (.float(let b), .integer(let a)): Int(exactly: b) == a
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        if let whole = wholeNumber {
            hasher.combine(whole)
            return
        }
        switch self {
        case .float(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .boolean(let value): hasher.combine(value)
        case .category(let value): hasher.combine(value)
        }
    }
}

extension ParameterValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .float(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .category(let value): value
        }
    }
}

extension ParameterValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .float(value)
        } else if let value = try? container.decode(String.self) {
            self = .category(value)
        } else {
            throw SearchSpaceError(.invalidValue, "A parameter's value must be a number, a string or a boolean.")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .float(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .category(let value): try container.encode(value)
        }
    }
}

extension ParameterValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .category(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
