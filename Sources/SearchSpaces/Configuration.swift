import OrderedCollections

/// The values of the active parameters, by name, in the order of their space.
///
/// Inactive parameters are absent, so two configurations that differ only in what does not matter are equal. The order does not
/// count in comparisons. Encoded as a plain JSON object.
public struct Configuration: Sendable {
    private var entries: OrderedDictionary<String, ParameterValue>

    public init() { entries = [:] }

    /// A later value of the same name replaces an earlier one.
    public init(_ values: some Sequence<(String, ParameterValue)>) {
        entries = OrderedDictionary(values.lazy.map { ($0.0, $0.1) }, uniquingKeysWith: { $1 })
    }

    public var names: [String] { Array(entries.keys) }
    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    public subscript(name: String) -> ParameterValue? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// The number of a float or integer parameter.
    ///
    /// - Throws: `SearchSpaceError` (`invalidValue`) when there is no such value or it is not a number.
    public func float(_ name: String) throws -> Double {
        guard let number = try value(name).number else { throw wrongKind(name, "a number") }
        return number
    }

    /// The whole number of an integer parameter.
    ///
    /// - Throws: `SearchSpaceError` (`invalidValue`) when there is no such value or it is not a whole number.
    public func integer(_ name: String) throws -> Int {
        guard let number = try value(name).wholeNumber else { throw wrongKind(name, "a whole number") }
        return number
    }

    /// The chosen name of a categorical parameter.
    ///
    /// - Throws: `SearchSpaceError` (`invalidValue`) when there is no such value or it is not a name.
    public func category(_ name: String) throws -> String {
        guard case .category(let text) = try value(name) else { throw wrongKind(name, "a name") }
        return text
    }

    /// The answer of a yes-or-no parameter.
    ///
    /// - Throws: `SearchSpaceError` (`invalidValue`) when there is no such value or it is not a boolean.
    public func boolean(_ name: String) throws -> Bool {
        guard case .boolean(let flag) = try value(name) else { throw wrongKind(name, "true or false") }
        return flag
    }

    /// The number, or `fallback` where the parameter is absent.
    public func float(_ name: String, default fallback: Double) throws -> Double {
        entries[name] == nil ? fallback : try float(name)
    }

    /// The whole number, or `fallback` where the parameter is absent.
    public func integer(_ name: String, default fallback: Int) throws -> Int {
        entries[name] == nil ? fallback : try integer(name)
    }

    /// The chosen name, or `fallback` where the parameter is absent.
    public func category(_ name: String, default fallback: String) throws -> String {
        entries[name] == nil ? fallback : try category(name)
    }

    /// The answer, or `fallback` where the parameter is absent.
    public func boolean(_ name: String, default fallback: Bool) throws -> Bool {
        entries[name] == nil ? fallback : try boolean(name)
    }

    /// The part under a prefix, with the prefix and its dot removed: `lightgbm.depth` of the prefix `lightgbm` becomes `depth`.
    public func part(_ prefix: String) -> Configuration {
        let start = prefix + "."
        return Configuration(entries.lazy.filter { $0.key.hasPrefix(start) }.map { (String($0.key.dropFirst(start.count)), $0.value) })
    }

    /// The same values, those of `other` winning.
    public func merging(_ other: Configuration) -> Configuration {
        var copy = self
        for (name, value) in other { copy[name] = value }
        return copy
    }

    private func value(_ name: String) throws -> ParameterValue {
        if let value = entries[name] { return value }
        let known = entries.keys.joined(separator: ", ")
        throw SearchSpaceError(
            .invalidValue,
            "The configuration has no value for \"\(name)\"; it has \(known.isEmpty ? "none at all" : known). "
                + "An inactive parameter is absent: ask with a default where that may happen.", parameter: name)
    }

    private func wrongKind(_ name: String, _ expected: String) -> SearchSpaceError {
        let got = entries[name]?.description ?? "nothing"
        return SearchSpaceError(.invalidValue, "The value of \"\(name)\" is \(got); expected \(expected).", parameter: name)
    }
}

extension Configuration: Sequence {
    public func makeIterator() -> AnyIterator<(name: String, value: ParameterValue)> {
        var index = entries.elements.startIndex
        let elements = entries.elements
        return AnyIterator {
            guard index < elements.endIndex else { return nil }
            defer { index += 1 }
            return (elements[index].key, elements[index].value)
        }
    }
}

extension Configuration: Hashable {
    public static func == (left: Configuration, right: Configuration) -> Bool {
        left.entries.count == right.entries.count && left.entries.allSatisfy { right.entries[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        for key in entries.keys.sorted() {
            hasher.combine(key)
            hasher.combine(entries[key])
        }
    }
}

extension Configuration: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, ParameterValue)...) { self.init(elements) }
}

extension Configuration: CustomStringConvertible {
    public var description: String { entries.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
}

extension Configuration: Codable {
    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Decoded names come in alphabetical order, because JSON objects have none; `SearchSpace.ordered(_:)` restores the space's.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
        self.init(try keys.map { ($0.stringValue, try container.decode(ParameterValue.self, forKey: $0)) })
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in self { try container.encode(value, forKey: Name(stringValue: name)) }
    }
}
