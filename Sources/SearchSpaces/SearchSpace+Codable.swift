/// A document of a space:
///
/// ```json
/// {"parameters": [
///   {"name": "learning_rate", "type": "float", "low": 0.0001, "high": 0.1, "log": true, "default": 0.01},
///   {"name": "layers", "type": "integer", "low": 1, "high": 4},
///   {"name": "activation", "type": "categorical", "choices": ["relu", "silu"], "when": {"parameter": "layers", "greater": 1}}
/// ]}
/// ```
///
/// Tests are `equals`, `differs`, `in`, `greater`, `less`; conditions nest as `{"all": […]}` and `{"any": […]}`. Beside the
/// parameters may stand `"forbidden": [condition, …]`.
extension SearchSpace: Codable {
    private enum Key: String, CodingKey { case parameters, forbidden }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        try self.init(
            container.decode([Parameter].self, forKey: .parameters),
            forbidden: container.decodeIfPresent([Condition].self, forKey: .forbidden) ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(parameters, forKey: .parameters)
        if !forbidden.isEmpty { try container.encode(forbidden, forKey: .forbidden) }
    }
}

extension Parameter: Codable {
    private enum Key: String, CodingKey { case name, type, low, high, log, step, choices, value, `default`, when }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .name)
        let type = try container.decode(String.self, forKey: .type)
        let log = try container.decodeIfPresent(Bool.self, forKey: .log) ?? false
        let domain: Domain
        switch type {
        case "float":
            domain = .float(
                low: try container.decode(Double.self, forKey: .low), high: try container.decode(Double.self, forKey: .high), log: log,
                step: try container.decodeIfPresent(Double.self, forKey: .step))
        case "integer", "int":
            domain = .integer(
                low: try container.decode(Int.self, forKey: .low), high: try container.decode(Int.self, forKey: .high), log: log,
                step: try container.decodeIfPresent(Int.self, forKey: .step) ?? 1)
        case "categorical": domain = .categorical(try container.decode([ParameterValue].self, forKey: .choices))
        case "ordinal": domain = .ordinal(try container.decode([ParameterValue].self, forKey: .choices))
        case "boolean", "bool": domain = .categorical([.boolean(false), .boolean(true)])
        case "constant": domain = .constant(try container.decode(ParameterValue.self, forKey: .value))
        default:
            throw SearchSpaceError(
                .invalidDocument,
                "Parameter \"\(name)\" has the type \"\(type)\"; expected float, integer, categorical, ordinal, boolean or constant.",
                parameter: name)
        }
        self.init(
            name, domain, default: try container.decodeIfPresent(ParameterValue.self, forKey: .default),
            condition: try container.decodeIfPresent(Condition.self, forKey: .when))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        switch domain {
        case .float(let low, let high, let log, let step):
            try container.encode("float", forKey: .type)
            try container.encode(low, forKey: .low)
            try container.encode(high, forKey: .high)
            if log { try container.encode(true, forKey: .log) }
            try container.encodeIfPresent(step, forKey: .step)
        case .integer(let low, let high, let log, let step):
            try container.encode("integer", forKey: .type)
            try container.encode(low, forKey: .low)
            try container.encode(high, forKey: .high)
            if log { try container.encode(true, forKey: .log) }
            if step != 1 { try container.encode(step, forKey: .step) }
        case .categorical(let values):
            try container.encode("categorical", forKey: .type)
            try container.encode(values, forKey: .choices)
        case .ordinal(let values):
            try container.encode("ordinal", forKey: .type)
            try container.encode(values, forKey: .choices)
        case .constant(let value):
            try container.encode("constant", forKey: .type)
            try container.encode(value, forKey: .value)
        }
        try container.encodeIfPresent(defaultValue, forKey: .default)
        try container.encodeIfPresent(condition, forKey: .when)
    }
}

extension Condition: Codable {
    private enum Key: String, CodingKey { case parameter, equals, differs, `in`, greater, less, all, any }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let conditions = try container.decodeIfPresent([Condition].self, forKey: .all) {
            self = .all(conditions)
        } else if let conditions = try container.decodeIfPresent([Condition].self, forKey: .any) {
            self = .any(conditions)
        } else {
            let name = try container.decode(String.self, forKey: .parameter)
            self = .parameter(name, try Self.test(of: name, container))
        }
    }

    private static func test(of name: String, _ container: KeyedDecodingContainer<Key>) throws -> Test {
        func value(_ key: Key) throws -> ParameterValue? { try container.decodeIfPresent(ParameterValue.self, forKey: key) }
        if let operand = try value(.equals) { return .equals(operand) }
        if let operand = try value(.differs) { return .differs(operand) }
        if let operand = try value(.greater) { return .greater(operand) }
        if let operand = try value(.less) { return .less(operand) }
        if let operands = try container.decodeIfPresent([ParameterValue].self, forKey: .in) { return .isIn(operands) }
        throw SearchSpaceError(
            .invalidDocument, "The condition on \"\(name)\" has no test; expected equals, differs, in, greater or less.", parameter: name)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .all(let conditions): try container.encode(conditions, forKey: .all)
        case .any(let conditions): try container.encode(conditions, forKey: .any)
        case .parameter(let name, let test):
            try container.encode(name, forKey: .parameter)
            switch test {
            case .equals(let value): try container.encode(value, forKey: .equals)
            case .differs(let value): try container.encode(value, forKey: .differs)
            case .greater(let value): try container.encode(value, forKey: .greater)
            case .less(let value): try container.encode(value, forKey: .less)
            case .isIn(let values): try container.encode(values, forKey: .in)
            }
        }
    }
}
