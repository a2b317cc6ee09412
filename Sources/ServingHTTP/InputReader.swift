import OnnxRuntime

/// Name, datatype and shape of a tensor in a request, with its size checked before anything is allocated.
struct TensorForm {
    let name: String
    let datatype: Datatype
    let shape: [Int]
    /// Product of the shape.
    let count: Int

    init(name: String, datatype: Datatype, shape: [Int], limits: MessageLimits) throws {
        var count = 1
        for length in shape {
            guard length >= 0 else { throw OIPError.bad("input '\(name)' has shape \(shape); lengths must be 0 or more") }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            // A zero further on would make it legal, but no tensor of such a form can be meant.
            guard !overflow else {
                throw OIPError.bad("the shape \(shape) of input '\(name)' exceeds the maximum size of \(limits.tensorBytes) bytes")
            }
            count = product
        }
        let (size, overflow) = count.multipliedReportingOverflow(by: datatype.byteWidth ?? 4)
        guard !overflow else { throw OIPError.bad("byte size overflow for input '\(name)' of shape \(shape)") }
        guard size <= limits.tensorBytes else {
            throw OIPError.bad(
                "input '\(name)' of shape \(shape) has \(size) bytes, which exceed the maximum size of \(limits.tensorBytes) bytes")
        }
        self.name = name
        self.datatype = datatype
        self.shape = shape
        self.count = count
    }

    /// The tensor in the binary form: little-endian, row-major, each text behind a length of 4 bytes.
    func value(ofBinary bytes: UnsafeBufferPointer<UInt8>) throws -> TensorValue {
        guard let width = datatype.byteWidth else { return try texts(bytes) }
        guard bytes.count == count * width else {
            throw OIPError.bad(
                "unexpected total byte size \(bytes.count) for input '\(name)': \(datatype.protocolName) \(shape) has \(count * width) bytes"
            )
        }
        if datatype == .bool, bytes.contains(where: { $0 > 1 }) { throw OIPError.bad("input '\(name)' is BOOL; its bytes must be 0 or 1") }
        return try TensorValue(datatype, shape: shape, bytes: Array(bytes))
    }

    private func texts(_ bytes: UnsafeBufferPointer<UInt8>) throws -> TensorValue {
        guard bytes.count >= count * 4 else { throw wrongTexts(bytes.count) }
        var texts: [UInt8] = []
        texts.reserveCapacity(bytes.count - count * 4)
        var offsets = [0]
        offsets.reserveCapacity(count + 1)
        var position = 0
        for _ in 0..<count {
            guard position + 4 <= bytes.count else { throw wrongTexts(bytes.count) }
            let length = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << ($1 * 8) }
            position += 4
            guard length <= bytes.count - position else { throw wrongTexts(bytes.count) }
            texts.append(contentsOf: bytes[position..<position + length])
            offsets.append(texts.count)
            position += length
        }
        guard position == bytes.count else { throw wrongTexts(bytes.count) }
        return try TensorValue(texts: texts, offsets: offsets, shape: shape)
    }

    private func wrongTexts(_ size: Int) -> OIPError {
        .bad("the \(size) bytes of input '\(name)' are not \(count) texts, each behind its length in 4 bytes")
    }
}

/// Reads the inputs of a request one after another; binary data lies in the same order.
struct InputReader {
    let json: UnsafeBufferPointer<UInt8>
    let binary: UnsafeBufferPointer<UInt8>
    let limits: MessageLimits
    /// Binary bytes used up.
    private(set) var offset = 0

    init(json: UnsafeBufferPointer<UInt8>, binary: UnsafeBufferPointer<UInt8>, limits: MessageLimits) {
        self.json = json
        self.binary = binary
        self.limits = limits
    }

    mutating func next(_ entry: JSONValue) throws -> (String, TensorValue) {
        guard let name = entry["name"]?.text else { throw OIPError.bad("each of 'inputs' needs a string 'name'") }
        guard let typeName = entry["datatype"]?.text else { throw OIPError.bad("input '\(name)' needs a 'datatype' such as \"FP32\"") }
        guard let datatype = Datatype(protocolName: typeName), datatype.protocolName == typeName else {
            throw OIPError.bad(
                "input '\(name)' has datatype '\(typeName)'; known are \(Datatype.allCases.map(\.protocolName).joined(separator: ", "))")
        }
        guard let lengths = entry["shape"]?.elements else {
            throw OIPError.bad("input '\(name)' needs a 'shape', an array of whole numbers")
        }
        let shape = try lengths.map { length in
            guard let length = length.whole else {
                throw OIPError.bad("input '\(name)' has a shape with something that is not a whole number")
            }
            return length
        }
        let parameters = try InferMessage.parameters(entry, "input '\(name)'")
        if parameters["shared_memory_region"] != nil {
            throw OIPError.bad("input '\(name)' lies in shared memory, which this server does not have")
        }
        let form = try TensorForm(name: name, datatype: datatype, shape: shape, limits: limits)
        if let size = parameters["binary_data_size"] {
            guard entry["data"] == nil else { throw OIPError.bad("input '\(name)' has both 'data' and 'binary_data_size'; give one") }
            return (name, try form.value(ofBinary: try takeBinary(size, name)))
        }
        guard case .raw(let range) = entry["data"] else {
            throw OIPError.bad("input '\(name)' needs 'data', or the parameter 'binary_data_size'")
        }
        var reader = TensorDataReader(name, shape: shape, count: form.count, in: json, at: range)
        // A list takes two bytes per element at least: memory is never reserved for elements that cannot be there.
        guard form.count <= range.count else {
            throw OIPError.bad("unable to parse 'data' of input '\(name)': shape \(shape) asks for \(form.count) elements, got fewer")
        }
        return (name, try reader.read(datatype))
    }

    private mutating func takeBinary(_ size: JSONValue, _ name: String) throws -> UnsafeBufferPointer<UInt8> {
        guard let size = size.whole, size >= 0 else {
            throw OIPError.bad("'binary_data_size' of input '\(name)' must be a whole number, 0 or more")
        }
        guard size <= binary.count - offset else {
            throw OIPError.bad("input '\(name)' announces \(size) bytes of binary data, but \(binary.count - offset) are left in the body")
        }
        defer { offset += size }
        return UnsafeBufferPointer(rebasing: binary[offset..<offset + size])
    }
}
