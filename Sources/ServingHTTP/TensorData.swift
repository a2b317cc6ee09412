import OnnxRuntime

/// Reads the `data` of a JSON tensor straight into its memory: flat, or nested to the tensor's rank.
struct TensorDataReader {
    let name: String
    let shape: [Int]
    let count: Int
    private var scanner: JSONScanner
    /// Elements or lists seen so far at each level of nesting.
    private var counts: [Int] = []
    /// The level at which elements stand: 1, or the rank.
    private var elementDepth = 0

    /// - Parameter count: the product of `shape`.
    init(_ name: String, shape: [Int], count: Int, in bytes: UnsafeBufferPointer<UInt8>, at range: Range<Int>) {
        self.name = name
        self.shape = shape
        self.count = count
        scanner = JSONScanner(bytes, from: range.lowerBound, to: range.upperBound)
    }

    /// - Throws: ``OIPError`` 400 where elements are of another kind, do not fit the datatype, or are too few or too many.
    mutating func read(_ datatype: Datatype) throws -> TensorValue {
        switch datatype {
        case .fp32: return try numbers(datatype, Float.self) { scanner, number in scanner.double(number).map { Float($0) } }
        case .fp64: return try numbers(datatype, Double.self) { scanner, number in scanner.double(number) }
        case .int8: return try integers(datatype, Int8.self)
        case .int16: return try integers(datatype, Int16.self)
        case .int32: return try integers(datatype, Int32.self)
        case .int64: return try integers(datatype, Int64.self)
        case .uint8: return try integers(datatype, UInt8.self)
        case .uint16: return try integers(datatype, UInt16.self)
        case .uint32: return try integers(datatype, UInt32.self)
        case .uint64: return try integers(datatype, UInt64.self)
        case .bool: return try bools()
        case .bytes: return try texts()
        case .fp16: throw OIPError.bad("input '\(name)' is FP16, which JSON cannot carry; send it as binary data")
        }
    }

    private mutating func integers<Integer: FixedWidthInteger & BitwiseCopyable>(_ datatype: Datatype, _ type: Integer.Type) throws
        -> TensorValue
    {
        try numbers(datatype, type) { scanner, number in scanner.whole(number, as: type) }
    }

    private mutating func numbers<Element: BitwiseCopyable>(
        _ datatype: Datatype, _ type: Element.Type, _ convert: (JSONScanner, ScannedNumber) -> Element?
    ) throws -> TensorValue {
        let name = name
        return try TensorValue(datatype, shape: shape) { memory in
            let target = memory.bindMemory(to: Element.self)
            try elements { index, scanner in
                let number = try scanner.scanNumber()
                guard let value = convert(scanner, number) else {
                    throw OIPError.bad(
                        "input '\(name)' has an element that is not \(datatype.protocolName): "
                            + "\(String(decoding: scanner.bytes[number.range].prefix(40), as: UTF8.self))")
                }
                target[index] = value
            }
        }
    }

    private mutating func bools() throws -> TensorValue {
        let name = name
        return try TensorValue(.bool, shape: shape) { target in
            try elements { index, scanner in
                switch scanner.peek() {
                case UInt8(ascii: "t"), UInt8(ascii: "f"):
                    target[index] =
                        try scanner.bytes[scanner.position] == UInt8(ascii: "t") ? scanner.word("true", 1) : scanner.word("false", 0)
                default:
                    let number = try scanner.scanNumber()
                    guard let value = scanner.whole(number, as: UInt8.self), value <= 1 else {
                        throw OIPError.bad("input '\(name)' is BOOL; its elements must be true, false, 0 or 1")
                    }
                    target[index] = value
                }
            }
        }
    }

    private mutating func texts() throws -> TensorValue {
        let name = name
        var bytes: [UInt8] = []
        var offsets = [0]
        offsets.reserveCapacity(count + 1)
        try elements { _, scanner in
            guard scanner.peek() == UInt8(ascii: "\"") else { throw OIPError.bad("input '\(name)' is BYTES; its elements must be strings") }
            try scanner.appendString(to: &bytes)
            offsets.append(bytes.count)
        }
        return try TensorValue(texts: bytes, offsets: offsets, shape: shape)
    }

    /// Calls `body` for each element in order, with the scanner on it.
    private mutating func elements(_ body: (Int, inout JSONScanner) throws -> Void) throws {
        counts = []
        elementDepth = 0
        guard scanner.peek() == UInt8(ascii: "[") else { throw OIPError.bad("the data of input '\(name)' must be an array") }
        var index = 0
        var needsValue = false
        repeat {
            switch scanner.peek() {
            case UInt8(ascii: "["):
                // A scalar's data stands in one list, whatever its rank.
                guard counts.count < max(shape.count, 1), elementDepth == 0 || counts.count < elementDepth else { throw wrongNesting() }
                if !counts.isEmpty { counts[counts.count - 1] += 1 }
                counts.append(0)
                scanner.position += 1
                needsValue = false
            case UInt8(ascii: "]"):
                guard !needsValue else { throw scanner.unexpected("a value") }
                try closeList()
            case 0: throw scanner.unexpected("']'")
            default:
                if elementDepth == 0 {
                    elementDepth = counts.count
                    guard elementDepth == 1 || elementDepth == shape.count else { throw wrongNesting() }
                }
                guard counts.count == elementDepth else { throw wrongNesting() }
                guard index < count else { throw wrongCount("more") }
                try body(index, &scanner)
                index += 1
                counts[elementDepth - 1] += 1
            }
            needsValue = try separator(afterOpening: counts.last == 0, needsValue: needsValue)
        } while !counts.isEmpty
        guard index == count else { throw wrongCount("\(index)") }
    }

    private mutating func closeList() throws {
        scanner.position += 1
        let length = counts.removeLast()
        let depth = counts.count
        // Nested data has to have the tensor's form; flat data is only counted.
        let isNested = elementDepth > 1 || (elementDepth == 0 && depth > 0)
        if isNested, shape[depth] != length {
            throw OIPError.bad("the data of input '\(name)' has a list of \(length) where its shape \(shape) asks for \(shape[depth])")
        }
    }

    /// The comma between two values of a list.
    /// - Returns: whether a value has to follow.
    private mutating func separator(afterOpening: Bool, needsValue: Bool) throws -> Bool {
        if counts.isEmpty || afterOpening { return false }
        if scanner.consume(",") { return true }
        guard scanner.peek() == UInt8(ascii: "]") else { throw scanner.unexpected("',' or ']'") }
        return false
    }

    private func wrongNesting() -> OIPError {
        .bad("the data of input '\(name)' must be one flat list, or lists nested to its shape \(shape)")
    }

    private func wrongCount(_ got: String) -> OIPError {
        .bad("unable to parse 'data' of input '\(name)': shape \(shape) asks for \(count) elements, got \(got)")
    }
}
