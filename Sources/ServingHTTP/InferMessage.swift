import OnnxRuntime
import Serving

/// An inference request as it came over the wire.
struct InferMessage {
    /// An output that the client asked for, and in which form.
    struct RequestedOutput {
        var name: String
        /// nil: as the request says for all outputs.
        var isBinary: Bool?
        /// Best classes wanted instead of numbers.
        var classCount: Int?
    }

    var id: String?
    var inputs: [String: TensorValue]
    /// Empty: all of them.
    var outputs: [RequestedOutput]
    /// For outputs that do not say it themselves.
    var isBinaryByDefault: Bool
    var timeout: Duration?

    /// The request for the runtime.
    var request: InferRequest {
        InferRequest(inputs: inputs, outputs: outputs.map(\.name), id: id, timeout: timeout)
    }
}

/// Limits on what a request may ask of memory.
struct MessageLimits {
    /// Bytes that the tensor of one input may have.
    var tensorBytes: Int
}

extension InferMessage {
    /// Reads a request whose first `jsonLength` bytes are JSON, followed by the binary tensors in the order of the inputs.
    /// - Throws: ``OIPError`` 400.
    init(_ body: [UInt8], jsonLength: Int, limits: MessageLimits) throws {
        self = try body.withUnsafeBufferPointer { bytes in
            let json = UnsafeBufferPointer(rebasing: bytes[..<jsonLength])
            let document = try JSONScanner.document(json, rawKeys: ["data"])
            guard document.isObject else { throw OIPError.bad("the request JSON must be an object with 'inputs'") }
            return try InferMessage(document, json: json, binary: UnsafeBufferPointer(rebasing: bytes[jsonLength...]), limits: limits)
        }
    }

    private init(
        _ document: JSONValue, json: UnsafeBufferPointer<UInt8>, binary: UnsafeBufferPointer<UInt8>, limits: MessageLimits
    ) throws {
        if let value = document["id"], value != .null {
            guard let text = value.text else { throw OIPError.bad("'id' must be a string") }
            id = text
        }
        let parameters = try Self.parameters(document, "the request")
        isBinaryByDefault = try Self.flag(parameters, "binary_data_output") ?? false
        if let value = parameters["timeout"] {
            // tritonclient sends microseconds; some clients send them as text.
            guard let microseconds = value.whole ?? value.text.flatMap({ Int($0) }), microseconds >= 0 else {
                throw OIPError.bad("the parameter 'timeout' must be a number of microseconds")
            }
            if microseconds > 0 { timeout = .microseconds(microseconds) }
        }
        if let name = ["sequence_id", "sequence_start", "sequence_end"].first(where: {
            parameters[$0].map { $0 != .integer(0) && $0 != .bool(false) } ?? false
        }) {
            throw OIPError.bad("the parameter '\(name)' is of the sequence extension, which this server does not have")
        }
        guard let entries = document["inputs"]?.elements else { throw OIPError.bad("the request JSON needs an array 'inputs'") }
        inputs = [:]
        var reader = InputReader(json: json, binary: binary, limits: limits)
        for entry in entries {
            let (name, value) = try reader.next(entry)
            guard inputs.updateValue(value, forKey: name) == nil else { throw OIPError.bad("input '\(name)' already exists in request") }
        }
        guard reader.offset == binary.count else {
            throw OIPError.bad("the body has \(binary.count) bytes of binary data, but the inputs account for \(reader.offset)")
        }
        outputs = try Self.outputs(document["outputs"])
    }

    private static func outputs(_ value: JSONValue?) throws -> [RequestedOutput] {
        guard let value, value != .null else { return [] }
        guard let entries = value.elements else { throw OIPError.bad("'outputs' must be an array") }
        var found: [RequestedOutput] = []
        for entry in entries {
            guard let name = entry["name"]?.text else { throw OIPError.bad("each of 'outputs' needs a string 'name'") }
            guard !found.contains(where: { $0.name == name }) else { throw OIPError.bad("output '\(name)' already exists in request") }
            let parameters = try parameters(entry, "output '\(name)'")
            var output = RequestedOutput(name: name, isBinary: try flag(parameters, "binary_data"))
            if parameters["shared_memory_region"] != nil {
                throw OIPError.bad("output '\(name)' asks for shared memory, which this server does not have")
            }
            if let count = parameters["classification"] {
                guard let whole = count.whole, whole >= 0 else {
                    throw OIPError.bad("the parameter 'classification' of output '\(name)' must be a whole number")
                }
                output.classCount = whole > 0 ? whole : nil
            }
            found.append(output)
        }
        return found
    }

    /// The parameters of a request, input or output; their values are strings, numbers or booleans.
    static func parameters(_ object: JSONValue, _ owner: String) throws -> JSONValue {
        guard let value = object["parameters"], value != .null else { return .object([]) }
        guard case .object(let members) = value else { throw OIPError.bad("'parameters' of \(owner) must be an object") }
        for member in members {
            let key = member.key
            switch member.value {
            case .array, .object, .null, .raw:
                throw OIPError.bad("the parameter '\(key)' of \(owner) must be a string, a number or a boolean")
            default:
                if key.hasPrefix("triton_") { throw OIPError.bad("the parameter '\(key)' of \(owner) is reserved") }
            }
        }
        return value
    }

    private static func flag(_ parameters: JSONValue, _ name: String) throws -> Bool? {
        guard let value = parameters[name] else { return nil }
        guard let flag = value.flag else { throw OIPError.bad("the parameter '\(name)' must be true or false") }
        return flag
    }

    /// A request that is nothing but the bytes of the single input: batch 1, all outputs binary.
    init(raw body: [UInt8], for inputs: [TensorInfo], limits: MessageLimits) throws {
        guard inputs.count == 1, let input = inputs.first else {
            throw OIPError.bad(
                "a raw request needs a model with one input; this one has \(inputs.count). Send a JSON header before the data")
        }
        var shape = [1] + input.shape.dropFirst()
        let open = shape.indices.filter { shape[$0] < 0 }
        guard open.count <= 1 else {
            throw OIPError.bad("a raw request may leave one axis open, but input '\(input.name)' has shape \(input.shape)")
        }
        if let width = input.datatype.byteWidth {
            let known = shape.filter { $0 >= 0 }.reduce(width, *)
            if let axis = open.first { shape[axis] = known > 0 ? body.count / known : 0 }
        } else {
            guard open.isEmpty, shape.allSatisfy({ $0 == 1 }) else {
                throw OIPError.bad("a raw request of texts carries one; input '\(input.name)' has shape \(input.shape)")
            }
        }
        let form = try TensorForm(name: input.name, datatype: input.datatype, shape: shape, limits: limits)
        self.inputs = [
            input.name: input.datatype == .bytes
                ? try .byteStrings([body], shape) : try body.withUnsafeBufferPointer { try form.value(ofBinary: $0) }
        ]
        outputs = []
        isBinaryByDefault = true
    }
}
