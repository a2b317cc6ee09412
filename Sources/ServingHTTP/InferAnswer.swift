import OnnxRuntime
import Serving

/// An answer as it goes over the wire: JSON, then the binary tensors.
struct InferAnswer {
    private(set) var body: [UInt8]
    /// Bytes of the JSON part; nil where there is nothing else.
    private(set) var jsonLength: Int?

    /// - Parameter classes: names for the classification extension; nil where the outputs are not of classes.
    /// - Throws: ``OIPError`` 400 where an output cannot take the form that was asked for.
    init(_ response: InferResponse, to message: InferMessage, classes: [String]?) throws {
        var binary: [UInt8] = []
        var outputs: [(name: String, value: TensorValue, binarySize: Int?)] = []
        for output in response.outputs {
            let wish = message.outputs.first { $0.name == output.name }
            let value = try wish?.classCount.map { try bestClasses(of: output, count: $0, names: classes) } ?? output.value
            var size: Int?
            if wish?.isBinary ?? message.isBinaryByDefault {
                let start = binary.count
                value.appendBinary(to: &binary)
                size = binary.count - start
            }
            outputs.append((output.name, value, size))
        }
        body = try JSONWriter.object { writer in
            writer.member("model_name", response.modelName)
            writer.member("model_version", response.modelVersion)
            if let id = response.id { writer.member("id", id) }
            if !response.parameters.isEmpty {
                writer.key("parameters")
                writer.object { writer in
                    for (name, value) in response.parameters.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
                }
            }
            writer.key("outputs")
            try writer.array { writer in
                for output in outputs { try writer.output(output.name, output.value, binarySize: output.binarySize) }
            }
        }
        if outputs.contains(where: { $0.binarySize != nil }) {
            jsonLength = body.count
            body += binary
        }
    }
}

extension JSONWriter {
    fileprivate mutating func output(_ name: String, _ value: TensorValue, binarySize: Int?) throws {
        try object { writer in
            writer.member("name", name)
            writer.member("datatype", value.datatype.protocolName)
            writer.member("shape", value.shape)
            if let binarySize {
                writer.key("parameters")
                writer.object { $0.member("binary_data_size", binarySize) }
            } else {
                writer.key("data")
                try writer.data(value, of: name)
            }
        }
    }

    mutating func member(_ name: String, _ value: RequestParameter) {
        switch value {
        case .string(let text): member(name, text)
        case .integer(let number): member(name, number)
        case .bool(let flag): member(name, flag)
        case .number(let number):
            key(name)
            self.number(number)
        }
    }
}

extension TensorValue {
    /// Appends the binary form: little-endian, each text behind a length of 4 bytes.
    fileprivate func appendBinary(to target: inout [UInt8]) {
        guard datatype == .bytes else { return target.append(contentsOf: bytes) }
        for index in 0..<elementCount {
            let length = UInt32(clamping: offsets[index + 1] - offsets[index])
            withUnsafeBytes(of: length.littleEndian) { target.append(contentsOf: $0) }
            target.append(contentsOf: bytes[offsets[index]..<offsets[index + 1]])
        }
    }
}

/// The classification extension: for each row the `count` largest values as "value:index:label", best first; the lower index wins a tie.
private func bestClasses(of output: InferResponse.Output, count: Int, names: [String]?) throws -> TensorValue {
    guard let values = output.value.floats, let width = output.value.shape.last, output.value.shape.count == 2 else {
        throw OIPError.bad(
            "output '\(output.name)' has no classification: it is \(output.value.datatype.protocolName) \(output.value.shape)")
    }
    let taken = min(count, width)
    var texts: [String] = []
    texts.reserveCapacity(output.value.rowCount * taken)
    for row in 0..<output.value.rowCount {
        let row = values[row * width..<(row + 1) * width]
        let best = row.indices.sorted { row[$0] != row[$1] ? row[$0] > row[$1] : $0 < $1 }.prefix(taken)
        for index in best {
            let position = index - row.startIndex
            let label = names.flatMap { $0.indices.contains(position) ? ":\($0[position])" : nil } ?? ""
            texts.append("\(row[index]):\(position)\(label)")
        }
    }
    return try .strings(texts, [output.value.rowCount, taken])
}
