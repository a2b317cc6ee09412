/// A JSON document, read with exact 64-bit integers. Objects keep the order of their members.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A whole number above `Int64.max`.
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// The place of a value that was skipped over, to be read once its meaning is known.
    case raw(Range<Int>)

    /// A name and its value.
    struct Member: Equatable {
        var key: String
        var value: JSONValue
    }

    /// The first member of this name; nil also where this is no object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    var isObject: Bool { if case .object = self { true } else { false } }

    /// A whole number that fits; also one written as 3.0.
    var whole: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }
}
