extension Condition: Codable {
    private enum Key: String, CodingKey { case parameter, equals, differs, `in`, greater, less, atLeast, atMost, all, any }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let conditions = try container.decodeIfPresent([Condition].self, forKey: .all) {
            self = .all(conditions)
        } else if let conditions = try container.decodeIfPresent([Condition].self, forKey: .any) {
            self = .any(conditions)
        } else {
            self = try Self.comparison(of: container.decode(String.self, forKey: .parameter), container)
        }
    }

    private static func comparison(of name: String, _ container: KeyedDecodingContainer<Key>) throws -> Condition {
        if let operands = try container.decodeIfPresent([ParameterValue].self, forKey: .in) { return .parameter(name, .isIn(operands)) }
        for comparison in Comparison.allCases {
            guard let key = Key(rawValue: comparison.rawValue), container.contains(key) else { continue }
            if let other = try? container.nestedContainer(keyedBy: Key.self, forKey: key) {
                return .relation(name, comparison, try other.decode(String.self, forKey: .parameter))
            }
            return .parameter(name, Test(comparison, try container.decode(ParameterValue.self, forKey: key)))
        }
        throw SearchSpaceError(
            .invalidDocument,
            "The condition on \"\(name)\" has no test; expected equals, differs, in, greater, less, atLeast or atMost.", parameter: name)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .all(let conditions): try container.encode(conditions, forKey: .all)
        case .any(let conditions): try container.encode(conditions, forKey: .any)
        case .parameter(let name, .isIn(let values)):
            try container.encode(name, forKey: .parameter)
            try container.encode(values, forKey: .in)
        case .parameter(let name, let test):
            try container.encode(name, forKey: .parameter)
            guard let key = Key(rawValue: test.comparison.rawValue) else { return }
            for operand in test.operands { try container.encode(operand, forKey: key) }
        case .relation(let left, let comparison, let right):
            try container.encode(left, forKey: .parameter)
            guard let key = Key(rawValue: comparison.rawValue) else { return }
            var other = container.nestedContainer(keyedBy: Key.self, forKey: key)
            try other.encode(right, forKey: .parameter)
        }
    }
}

extension Condition.Test {
    /// The test of one operand.
    package init(_ comparison: Condition.Comparison, _ operand: ParameterValue) {
        switch comparison {
        case .equals: self = .equals(operand)
        case .differs: self = .differs(operand)
        case .greater: self = .greater(operand)
        case .less: self = .less(operand)
        case .atLeast: self = .atLeast(operand)
        case .atMost: self = .atMost(operand)
        }
    }
}

extension Prior: Codable {
    private enum Key: String, CodingKey { case normal, beta, weights, mean, deviation, alpha }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let weights = try container.decodeIfPresent([Double].self, forKey: .weights) {
            self = .weights(weights)
        } else if container.contains(.normal) {
            let normal = try container.nestedContainer(keyedBy: Key.self, forKey: .normal)
            self = .normal(mean: try normal.decode(Double.self, forKey: .mean), deviation: try normal.decode(Double.self, forKey: .deviation))
        } else if container.contains(.beta) {
            let beta = try container.nestedContainer(keyedBy: Key.self, forKey: .beta)
            self = .beta(alpha: try beta.decode(Double.self, forKey: .alpha), beta: try beta.decode(Double.self, forKey: .beta))
        } else {
            throw SearchSpaceError(.invalidDocument, "A prior must be normal, beta or weights.")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .normal(let mean, let deviation):
            var normal = container.nestedContainer(keyedBy: Key.self, forKey: .normal)
            try normal.encode(mean, forKey: .mean)
            try normal.encode(deviation, forKey: .deviation)
        case .beta(let alpha, let beta):
            var container = container.nestedContainer(keyedBy: Key.self, forKey: .beta)
            try container.encode(alpha, forKey: .alpha)
            try container.encode(beta, forKey: .beta)
        case .weights(let weights): try container.encode(weights, forKey: .weights)
        }
    }
}
