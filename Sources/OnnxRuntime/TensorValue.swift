/// A tensor as plain bytes: what goes into a model, comes out of it, and travels between processes.
///
/// Elements are in row-major order and the machine's byte order (little-endian on every platform that Tutti runs on). A tensor of
/// ``Datatype/bytes`` keeps all its texts behind one another in ``bytes`` and their bounds in ``offsets``: one allocation for a
/// column of texts, and rows are cut and joined by copying memory.
///
/// Invariant: `bytes` has exactly what `datatype` and `shape` ask for; every initialiser checks it.
public struct TensorValue: Sendable, Hashable {
    public let datatype: Datatype
    /// Length of every axis, the first one counts rows; empty for a single number.
    public let shape: [Int]
    /// The elements' memory.
    public let bytes: [UInt8]
    /// For ``Datatype/bytes``: element `i` is `bytes[offsets[i]..<offsets[i + 1]]`, so there is one more than there are elements.
    /// Empty for the other datatypes.
    public let offsets: [Int]

    /// A tensor of a fixed-size datatype.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor` when the number of bytes does not fit.
    public init(_ datatype: Datatype, shape: [Int], bytes: [UInt8]) throws {
        let count = try TensorValue.elementCount(of: shape)
        guard let width = datatype.byteWidth else {
            throw OnnxRuntimeError(.invalidTensor, "a tensor of texts needs the bounds of its elements: give `offsets`")
        }
        guard bytes.count == count * width else {
            throw OnnxRuntimeError(
                .invalidTensor,
                "a \(datatype.protocolName) tensor of shape \(shape) has \(count * width) bytes, but \(bytes.count) were given")
        }
        self.init(unchecked: datatype, shape, bytes, [])
    }

    /// A tensor of texts that lie behind one another.
    /// - Parameter offsets: starts of the elements, and the end of the last.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor` when the offsets do not fit the shape or the bytes.
    public init(texts bytes: [UInt8], offsets: [Int], shape: [Int]) throws {
        let count = try TensorValue.elementCount(of: shape)
        guard offsets.count == count + 1, offsets.first == 0, offsets.last == bytes.count,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
            throw OnnxRuntimeError(
                .invalidTensor, "a BYTES tensor of shape \(shape) needs \(count + 1) rising offsets from 0 to \(bytes.count)")
        }
        self.init(unchecked: .bytes, shape, bytes, offsets)
    }

    /// A tensor of a fixed-size datatype whose memory `body` fills. The memory holds nothing sensible before.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor`, and whatever `body` throws.
    public init(_ datatype: Datatype, shape: [Int], filledBy body: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        let count = try TensorValue.elementCount(of: shape)
        guard let width = datatype.byteWidth else {
            throw OnnxRuntimeError(.invalidTensor, "a tensor of texts cannot be filled in place")
        }
        let bytes = try [UInt8](unsafeUninitializedCapacity: count * width) { buffer, filled in
            try body(UnsafeMutableRawBufferPointer(buffer))
            filled = count * width
        }
        self.init(unchecked: datatype, shape, bytes, [])
    }

    init(unchecked datatype: Datatype, _ shape: [Int], _ bytes: [UInt8], _ offsets: [Int]) {
        self.datatype = datatype
        self.shape = shape
        self.bytes = bytes
        self.offsets = offsets
    }

    /// Number of elements.
    public var elementCount: Int { shape.reduce(1, *) }

    /// Size of the elements in bytes, bounds of texts not counted.
    public var byteCount: Int { bytes.count }

    /// Length of the first axis; 1 for a single number.
    public var rowCount: Int { shape.first ?? 1 }

    /// The same elements under another shape.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor` when the number of elements differs.
    public func reshaped(to shape: [Int]) throws -> TensorValue {
        guard try TensorValue.elementCount(of: shape) == elementCount else {
            throw OnnxRuntimeError(.invalidTensor, "a tensor of shape \(self.shape) cannot have shape \(shape): \(elementCount) elements")
        }
        return TensorValue(unchecked: datatype, shape, bytes, offsets)
    }

    /// Elements of a shape, with sizes and overflow checked: shapes come from requests too.
    static func elementCount(of shape: [Int]) throws -> Int {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            // 2^48 elements are far past any memory and leave room for the element's width.
            guard length >= 0, !overflow, product < 1 << 48 else {
                throw OnnxRuntimeError(
                    .invalidTensor, "\(shape) is not a shape of a tensor: lengths are 0 or more, and their product below 2^48")
            }
            count = product
        }
        return count
    }
}
