/// What the elements of a tensor are. Raw values are those of ONNX's `TensorProto.DataType`.
public enum ElementType: Int32, Codable, Sendable, Hashable, CaseIterable {
    case float = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
    case bfloat16 = 16
}

/// One axis of a tensor. An integer literal is a fixed size, a string literal a symbol such as `"N"`.
public enum Dimension: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    /// A size known only when the model runs; the same symbol means the same size.
    case symbol(String)
    case unknown

    public init(integerLiteral value: Int) { self = .fixed(value) }
    public init(stringLiteral value: String) { self = .symbol(value) }

    var proto: Onnx_TensorShapeProto.Dimension {
        var result = Onnx_TensorShapeProto.Dimension()
        switch self {
        case .fixed(let size): result.dimValue = Int64(size)
        case .symbol(let name): result.dimParam = name
        case .unknown: break
        }
        return result
    }

    init(_ proto: Onnx_TensorShapeProto.Dimension) {
        switch proto.value {
        case .dimValue(let size): self = .fixed(Int(size))
        case .dimParam(let name): self = .symbol(name)
        case nil: self = .unknown
        }
    }
}

/// Name, type and shape of an input or output of a model.
public struct TensorDescription: Sendable, Hashable {
    public var name: String
    /// nil where the value is not a tensor (a sequence or a map), or of a type not listed.
    public var elementType: ElementType?
    /// nil where the model does not say how many axes there are.
    public var dimensions: [Dimension]?

    public init(name: String, elementType: ElementType?, dimensions: [Dimension]?) {
        self.name = name
        self.elementType = elementType
        self.dimensions = dimensions
    }

    init(_ proto: Onnx_ValueInfoProto) {
        let tensor = proto.type.tensorType
        self.init(
            name: proto.name, elementType: proto.type.hasTensorType ? ElementType(rawValue: tensor.elemType) : nil,
            dimensions: tensor.hasShape ? tensor.shape.dim.map { Dimension($0) } : nil)
    }

    var proto: Onnx_ValueInfoProto {
        var result = Onnx_ValueInfoProto()
        result.name = name
        guard let elementType else { return result }
        result.type.tensorType.elemType = elementType.rawValue
        if let dimensions { result.type.tensorType.shape.dim = dimensions.map(\.proto) }
        return result
    }
}
