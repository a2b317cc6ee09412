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
/// Tests are `equals`, `differs`, `in`, `greater`, `less`, `atLeast`, `atMost`; `{"parameter": "a", "less": {"parameter": "b"}}`
/// compares two parameters; conditions nest as `{"all": […]}` and `{"any": […]}`. Beside the parameters may stand
/// `"forbidden": [condition, …]`. A parameter may have a prior: `"prior": {"normal": {"mean": 0.01, "deviation": 1}}`,
/// `{"beta": {"alpha": 2, "beta": 5}}` or `{"weights": [1, 3]}`.
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
    private enum Key: String, CodingKey, CaseIterable { case name, type, low, high, log, step, choices, value, `default`, when, prior }

    /// A member by any name: a misspelt one must not be passed over.
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .name)
        if let stray = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted().first(where: { Key(rawValue: $0) == nil }) {
            throw SearchSpaceError(
                .invalidDocument, "Parameter \"\(name)\" has a member \"\(stray)\"; expected \(Key.allCases.map(\.rawValue).joined(separator: ", ")).",
                parameter: name)
        }
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
            condition: try container.decodeIfPresent(Condition.self, forKey: .when),
            prior: try container.decodeIfPresent(Prior.self, forKey: .prior))
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
        try container.encodeIfPresent(prior, forKey: .prior)
    }
}
