/// Type of a tensor's elements.
public enum DType: Int, CaseIterable, Sendable {
    // The names are libtorch's, the numbers only our own order.
    case float32, float64, float16, bfloat16, uint8, int8, int16, int32, int64, bool

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .float16, .bfloat16, .int16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// Whether gradients exist for tensors of this type.
    public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }
}

/// A Swift type whose arrays can be copied into and out of tensors.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The tensor's type for this element.
    static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }

/// Where a tensor lives and is worked on.
public enum TorchDevice: Hashable, Sendable, CustomStringConvertible {
    case cpu
    /// An NVIDIA GPU, counted from 0.
    case cuda(Int)
    /// The GPU of an Apple machine.
    case mps

    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        }
    }

    var position: Int {
        switch self {
        case .cpu: 0
        case .cuda: 1
        case .mps: 2
        }
    }

    /// libtorch's index: -1 where there is only one device of the type and no number belongs to it.
    var index: Int32 {
        switch self {
        case .cuda(let index): Int32(clamping: index)
        case .mps: 0
        case .cpu: -1
        }
    }
}

/// Order of an image tensor's elements in memory. The shape stays `[images, channels, height, width]` in both.
public enum MemoryFormat: Sendable {
    /// Channel by channel.
    case contiguous
    /// Pixel by pixel, the channels of one pixel side by side: what fast convolutions work on.
    case channelsLast

    var position: Int {
        switch self {
        case .contiguous: 0
        case .channelsLast: 1
        }
    }
}

/// Rows and columns of a kernel, a stride or a padding. An integer literal means both.
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// The same in both directions.
    public init(_ side: Int) { self.init(height: side, width: side) }
    public init(integerLiteral value: Int) { self.init(value) }

    var list: [Int] { [height, width] }
}

/// A tensor and its name, as in a checkpoint.
public struct NamedTensor: Sendable {
    public var name: String
    public var tensor: Tensor

    public init(_ name: String, _ tensor: Tensor) {
        self.name = name
        self.tensor = tensor
    }
}
