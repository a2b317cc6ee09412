import Foundation

/// Numbers or strings that are stored in a model. Row-major.
public struct ConstantTensor: Sendable, Hashable {
    public enum Values: Sendable, Hashable {
        case floats([Float])
        case doubles([Double])
        case int64s([Int64])
        case strings([String])
        case bools([Bool])
    }

    public let shape: [Int]
    public let values: Values

    /// - Precondition: values fill the shape.
    public init(_ values: Values, shape: [Int]) {
        let count =
            switch values {
            case .floats(let all): all.count
            case .doubles(let all): all.count
            case .int64s(let all): all.count
            case .strings(let all): all.count
            case .bools(let all): all.count
            }
        precondition(shape.reduce(1, *) == count, "values do not fill their shape")
        self.shape = shape
        self.values = values
    }

    /// Without a shape: a vector.
    public static func floats(_ values: [Float], shape: [Int]? = nil) -> Self { Self(.floats(values), shape: shape ?? [values.count]) }
    public static func doubles(_ values: [Double], shape: [Int]? = nil) -> Self { Self(.doubles(values), shape: shape ?? [values.count]) }
    public static func int64s(_ values: [Int64], shape: [Int]? = nil) -> Self { Self(.int64s(values), shape: shape ?? [values.count]) }
    public static func strings(_ values: [String], shape: [Int]? = nil) -> Self { Self(.strings(values), shape: shape ?? [values.count]) }
    public static func bools(_ values: [Bool], shape: [Int]? = nil) -> Self { Self(.bools(values), shape: shape ?? [values.count]) }
    /// A tensor of no axes.
    public static func scalar(_ value: Float) -> Self { Self(.floats([value]), shape: []) }

    public var elementType: ElementType {
        switch values {
        case .floats: .float
        case .doubles: .double
        case .int64s: .int64
        case .strings: .string
        case .bools: .bool
        }
    }

    func proto(named name: String) -> Onnx_TensorProto {
        var result = Onnx_TensorProto()
        result.name = name
        result.dims = shape.map { Int64($0) }
        result.dataType = elementType.rawValue
        switch values {
        case .floats(let all): result.rawData = littleEndian(all.map(\.bitPattern))
        case .doubles(let all): result.rawData = littleEndian(all.map(\.bitPattern))
        case .int64s(let all): result.rawData = littleEndian(all)
        case .strings(let all): result.stringData = all.map { Data($0.utf8) }
        case .bools(let all): result.rawData = Data(all.map { $0 ? 1 : 0 })
        }
        return result
    }
}

/// ONNX keeps raw numbers in little-endian order on every machine.
private func littleEndian<Bits: FixedWidthInteger>(_ values: [Bits]) -> Data {
    values.map(\.littleEndian).withUnsafeBytes { Data($0) }
}

/// A setting of a node, fixed when the graph is built. Literals of integers, numbers and strings stand for themselves.
public enum NodeAttribute: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    case int(Int)
    case float(Float)
    case string(String)
    case ints([Int])
    case floats([Float])
    case strings([String])
    case tensor(ConstantTensor)

    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Float) { self = .float(value) }
    public init(stringLiteral value: String) { self = .string(value) }

    func proto(named name: String) -> Onnx_AttributeProto {
        var result = Onnx_AttributeProto()
        result.name = name
        switch self {
        case .int(let value): (result.type, result.i) = (.int, Int64(value))
        case .float(let value): (result.type, result.f) = (.float, value)
        case .string(let value): (result.type, result.s) = (.string, Data(value.utf8))
        case .ints(let values): (result.type, result.ints) = (.ints, values.map { Int64($0) })
        case .floats(let values): (result.type, result.floats) = (.floats, values)
        case .strings(let values): (result.type, result.strings) = (.strings, values.map { Data($0.utf8) })
        case .tensor(let value): (result.type, result.t) = (.tensor, value.proto(named: name))
        }
        return result
    }
}
