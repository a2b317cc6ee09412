extension TensorValue {
    // All of these throw ``OnnxRuntimeError`` with code `.invalidTensor` when the number of values does not fit the shape.

    /// Float32 numbers, in row-major order.
    public static func float(_ values: [Float], _ shape: [Int]) throws -> TensorValue { try numbers(.fp32, values, shape) }

    /// Float64 numbers.
    public static func double(_ values: [Double], _ shape: [Int]) throws -> TensorValue { try numbers(.fp64, values, shape) }

    /// Bytes as numbers, pixels for one.
    public static func uint8(_ values: [UInt8], _ shape: [Int]) throws -> TensorValue {
        try TensorValue(.uint8, shape: shape, bytes: values)
    }

    /// 32-bit integers.
    public static func int32(_ values: [Int32], _ shape: [Int]) throws -> TensorValue { try numbers(.int32, values, shape) }

    /// 64-bit integers.
    public static func int64(_ values: [Int64], _ shape: [Int]) throws -> TensorValue { try numbers(.int64, values, shape) }

    /// Truth values, a byte each.
    public static func bool(_ values: [Bool], _ shape: [Int]) throws -> TensorValue { try numbers(.bool, values, shape) }

    /// Texts, kept as UTF-8.
    public static func strings(_ values: [String], _ shape: [Int]) throws -> TensorValue {
        try joined(values.lazy.map(\.utf8), shape)
    }

    /// Runs of bytes, an image file each for one.
    public static func byteStrings(_ values: [[UInt8]], _ shape: [Int]) throws -> TensorValue { try joined(values, shape) }

    /// The elements of an FP32 tensor; nil for another datatype. Copies.
    public var floats: [Float]? { numbers(.fp32) }
    /// The elements of an FP64 tensor; nil for another datatype. Copies.
    public var doubles: [Double]? { numbers(.fp64) }
    /// The elements of an INT32 tensor; nil for another datatype. Copies.
    public var int32s: [Int32]? { numbers(.int32) }
    /// The elements of an INT64 tensor; nil for another datatype. Copies.
    public var int64s: [Int64]? { numbers(.int64) }
    /// The elements of a UINT8 tensor; nil for another datatype. Shares the memory.
    public var uint8s: [UInt8]? { datatype == .uint8 ? bytes : nil }
    /// The elements of a BOOL tensor; nil for another datatype. Every byte but 0 is true.
    public var bools: [Bool]? { datatype == .bool ? bytes.map { $0 != 0 } : nil }

    /// The elements of a BYTES tensor read as UTF-8, faulty bytes replaced; nil for another datatype.
    public var strings: [String]? { elements { String(decoding: $0, as: UTF8.self) } }
    /// The elements of a BYTES tensor; nil for another datatype.
    public var byteStrings: [[UInt8]]? { elements { [UInt8]($0) } }

    /// Calls `body` with the elements of an FP32 tensor in place; returns nil for another datatype. Nothing is copied.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result? {
        guard datatype == .fp32 else { return nil }
        return try bytes.withUnsafeBytes { try body($0.bindMemory(to: Float.self)) }
    }

    /// The elements as Float32, whatever number type they have; nil for texts.
    public func convertedToFloats() -> [Float]? {
        switch datatype {
        case .fp32: floats
        case .fp64: converted(Double.self) { Float($0) }
        case .fp16: converted(UInt16.self) { Float(halfBits: $0) }
        case .bool: bytes.map { $0 != 0 ? 1 : 0 }
        case .uint8: bytes.map { Float($0) }
        case .int8: converted(Int8.self) { Float($0) }
        case .uint16: converted(UInt16.self) { Float($0) }
        case .int16: converted(Int16.self) { Float($0) }
        case .uint32: converted(UInt32.self) { Float($0) }
        case .int32: converted(Int32.self) { Float($0) }
        case .uint64: converted(UInt64.self) { Float($0) }
        case .int64: converted(Int64.self) { Float($0) }
        case .bytes: nil
        }
    }

    private static func numbers<Element: BitwiseCopyable>(_ datatype: Datatype, _ values: [Element], _ shape: [Int]) throws -> TensorValue {
        try TensorValue(datatype, shape: shape, bytes: values.withUnsafeBytes { [UInt8]($0) })
    }

    private func numbers<Element: BitwiseCopyable>(_ wanted: Datatype) -> [Element]? {
        guard datatype == wanted else { return nil }
        return [Element](unsafeUninitializedCapacity: elementCount) { buffer, filled in
            UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
            filled = elementCount
        }
    }

    private func converted<Element: BitwiseCopyable>(_ type: Element.Type, _ convert: (Element) -> Float) -> [Float] {
        bytes.withUnsafeBytes { $0.bindMemory(to: type).map(convert) }
    }

    private static func joined(_ values: some Collection<some Collection<UInt8>>, _ shape: [Int]) throws -> TensorValue {
        var bytes: [UInt8] = []
        var offsets: [Int] = [0]
        offsets.reserveCapacity(values.count + 1)
        for value in values {
            bytes.append(contentsOf: value)
            offsets.append(bytes.count)
        }
        return try TensorValue(texts: bytes, offsets: offsets, shape: shape)
    }

    private func elements<Element>(_ read: (Slice<UnsafeRawBufferPointer>) -> Element) -> [Element]? {
        guard datatype == .bytes else { return nil }
        return bytes.withUnsafeBytes { all in
            (0..<elementCount).map { read(all[offsets[$0]..<offsets[$0 + 1]]) }
        }
    }
}

extension Float {
    /// The number with these bits in IEEE 754 half precision. By hand because Swift has no `Float16` on Intel Macs.
    init(halfBits bits: UInt16) {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1f)
        let fraction = Float(bits & 0x3ff)
        self =
            switch exponent {
            case 0: sign * fraction * 0x1p-24
            case 31: fraction == 0 ? sign * .infinity : .nan
            default: sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
            }
    }
}
