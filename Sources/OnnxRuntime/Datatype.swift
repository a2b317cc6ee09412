/// What one element of a tensor is. The names in lower case are those of the Open Inference Protocol.
///
/// Source: Open Inference Protocol 2, "Tensor Data Types"; ONNX `TensorProto.DataType` for the numbers.
public enum Datatype: String, Sendable, Hashable, CaseIterable, Codable {
    case bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64, fp16, fp32, fp64
    /// A text or any other run of bytes; ONNX calls it a string.
    case bytes

    /// Name on the wire of the Open Inference Protocol: `FP32`, `BYTES`.
    public var protocolName: String { rawValue.uppercased() }

    /// The datatype that the Open Inference Protocol calls `name`; nil for another name.
    public init?(protocolName name: String) { self.init(rawValue: name.lowercased()) }

    /// Bytes of one element; nil for ``bytes``, whose elements differ.
    public var byteWidth: Int? {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .fp16: 2
        case .uint32, .int32, .fp32: 4
        case .uint64, .int64, .fp64: 8
        case .bytes: nil
        }
    }

    /// ONNX's number for this element type, as in `TensorProto.DataType` and in ONNX Runtime.
    public var onnxNumber: Int {
        switch self {
        case .fp32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .bytes: 8
        case .bool: 9
        case .fp16: 10
        case .fp64: 11
        case .uint32: 12
        case .uint64: 13
        }
    }

    /// The datatype with ONNX's number; nil for the types that Tutti does not carry (bfloat16, complex, 8-bit floats …).
    public init?(onnxNumber: Int) {
        guard let found = Datatype.allCases.first(where: { $0.onnxNumber == onnxNumber }) else { return nil }
        self = found
    }
}
