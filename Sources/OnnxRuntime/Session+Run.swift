import COnnxRuntime

extension Session {
    /// Runs the model once.
    /// - Parameters:
    ///   - values: one tensor for each input. Numbers are read in place; texts are copied into the library.
    ///   - outputs: names of the outputs wanted, all of them by default. What only the others need is not computed.
    /// - Returns: the outputs by name; one copy out of the library's memory each.
    /// - Throws: ``OnnxRuntimeError``: `.invalidArgument` for an input that is missing, unknown or of another form,
    ///   else ONNX Runtime's reason.
    public func run(_ values: [String: TensorValue], outputs wanted: [String]? = nil) throws -> [String: TensorValue] {
        try checkNames(values.keys)
        let indices = try wanted.map { try $0.map(outputPosition) } ?? Array(outputs.indices)
        // In the model's order; `checkNames` has seen that each is there.
        let tensors = inputs.compactMap { values[$0.name] }
        for (info, tensor) in zip(inputs, tensors) { try check(tensor.datatype, tensor.shape, for: info) }

        var results = [OpaquePointer?](repeating: nil, count: indices.count)
        defer { for result in results { if let result { runtime.table.ReleaseValue(result) } } }
        try withNativeInputs(tensors) { natives in
            try call(inputs: natives, outputs: indices, &results)
        }
        var found: [String: TensorValue] = [:]
        for (index, result) in zip(indices, results) {
            guard let result else { continue }
            found[outputs[index].name] = try value(of: result, named: outputs[index].name)
        }
        return found
    }

    /// Runs a model of one input; what ``run(_:outputs:)`` does, without names.
    /// - Returns: the model's outputs in its order.
    /// - Throws: as ``run(_:outputs:)``.
    public func run(_ value: TensorValue) throws -> [TensorValue] {
        guard inputs.count == 1 else {
            throw OnnxRuntimeError(.invalidArgument, "the model has \(inputs.count) inputs (\(names(inputs))); give each by name")
        }
        let found = try run([inputs[0].name: value])
        return outputs.compactMap { found[$0.name] }
    }

    func call(inputs natives: [OpaquePointer?], outputs indices: [Int], _ results: inout [OpaquePointer?]) throws {
        let outputPointers = indices.map { outputNames.pointers[$0] }
        let status = runtime.table.Run(native, nil, inputNames.pointers, natives, natives.count, outputPointers, indices.count, &results)
        try runtime.check(status, "running the model")
    }

    func outputPosition(_ name: String) throws -> Int {
        guard let index = outputIndex[name] else {
            throw OnnxRuntimeError(.invalidArgument, "the model has no output '\(name)'; its outputs are \(names(outputs))")
        }
        return index
    }

    func checkNames(_ given: some Collection<String>) throws {
        for name in given where inputIndex[name] == nil {
            throw OnnxRuntimeError(.invalidArgument, "the model has no input '\(name)'; its inputs are \(names(inputs))")
        }
        guard given.count < inputs.count else { return }
        let given = Set(given)
        let missing = inputs.filter { !given.contains($0.name) }
        throw OnnxRuntimeError(.invalidArgument, "the model also needs \(names(missing))")
    }

    func check(_ datatype: Datatype, _ shape: [Int], for info: TensorInfo) throws {
        guard info.accepts(datatype, shape) else {
            throw OnnxRuntimeError(
                .invalidArgument,
                "input '\(info.name)' is \(info.datatype.protocolName) \(info.shape) (-1 is any length), "
                    + "but \(datatype.protocolName) \(shape) was given")
        }
    }

    private func names(_ tensors: [TensorInfo]) -> String { tensors.map { "'\($0.name)'" }.joined(separator: ", ") }

    // MARK: Tensors in and out

    /// Wraps the tensors as native values for the time of `body`. One level of recursion for each input keeps every array pinned.
    private func withNativeInputs(_ tensors: [TensorValue], _ body: ([OpaquePointer?]) throws -> Void) throws {
        func wrap(_ natives: [OpaquePointer?]) throws {
            guard natives.count < tensors.count else { return try body(natives) }
            let tensor = tensors[natives.count]
            if tensor.datatype == .bytes {
                let value = try textTensor(tensor)
                defer { runtime.table.ReleaseValue(value) }
                return try wrap(natives + [value])
            }
            try tensor.bytes.withUnsafeBytes { bytes in
                let value = try numberTensor(over: bytes, tensor.datatype, tensor.shape)
                defer { runtime.table.ReleaseValue(value) }
                try wrap(natives + [value])
            }
        }
        try wrap([])
    }

    /// A native tensor over memory of ours, which must outlive it. ONNX Runtime only reads inputs, though it asks for a mutable pointer.
    func numberTensor(over bytes: UnsafeRawBufferPointer, _ datatype: Datatype, _ shape: [Int]) throws -> OpaquePointer {
        // An empty tensor still needs an address that is not null.
        let address = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? UnsafeMutableRawPointer(native)
        var created: OpaquePointer?
        let status = runtime.table.CreateTensorWithDataAsOrtValue(
            runtime.memory, address, bytes.count, shape.map { Int64($0) }, shape.count, Int32(datatype.onnxNumber), &created)
        try runtime.check(status, "wrapping a tensor of shape \(shape)")
        guard let created else { throw OnnxRuntimeError(.failed, "ONNX Runtime returned no tensor") }
        return created
    }

    private func textTensor(_ tensor: TensorValue) throws -> OpaquePointer {
        var created: OpaquePointer?
        let status = runtime.table.CreateTensorAsOrtValue(
            runtime.allocator, tensor.shape.map { Int64($0) }, tensor.shape.count, Int32(Datatype.bytes.onnxNumber), &created)
        try runtime.check(status, "creating a tensor of texts")
        guard let value = created else { throw OnnxRuntimeError(.failed, "ONNX Runtime returned no tensor") }
        do {
            // Element by element into the library's own strings: a zero byte inside a text survives, unlike with C strings.
            try tensor.bytes.withUnsafeBytes { bytes in
                for index in 0..<tensor.elementCount {
                    let text = UnsafeRawBufferPointer(rebasing: bytes[tensor.offsets[index]..<tensor.offsets[index + 1]])
                    var target: UnsafeMutablePointer<CChar>?
                    let status = runtime.table.GetResizedStringTensorElementBuffer(value, index, text.count, &target)
                    try runtime.check(status, "writing text \(index)")
                    guard let target, let source = text.baseAddress else { continue }
                    UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: text.count)
                }
            }
        } catch {
            runtime.table.ReleaseValue(value)
            throw error
        }
        return value
    }

    private func value(of result: OpaquePointer, named name: String) throws -> TensorValue {
        var isTensor: Int32 = 0
        try runtime.check(runtime.table.IsTensor(result, &isTensor), "reading output '\(name)'")
        guard isTensor != 0 else { throw OnnxRuntimeError(.invalidModel, "output '\(name)' is not a tensor") }
        var info: OpaquePointer?
        try runtime.check(runtime.table.GetTensorTypeAndShape(result, &info), "reading output '\(name)'")
        defer { runtime.table.ReleaseTensorTypeAndShapeInfo(info) }
        guard let info else { throw OnnxRuntimeError(.failed, "ONNX Runtime does not describe output '\(name)'") }
        let (datatype, shape) = try Session.form(of: info, runtime, named: name)
        if datatype == .bytes { return try texts(of: result, shape, named: name) }
        var data: UnsafeMutableRawPointer?
        try runtime.check(runtime.table.GetTensorMutableData(result, &data), "reading output '\(name)'")
        return try TensorValue(datatype, shape: shape) { target in
            if let data, let address = target.baseAddress { address.copyMemory(from: data, byteCount: target.count) }
        }
    }

    private func texts(of result: OpaquePointer, _ shape: [Int], named name: String) throws -> TensorValue {
        let count = try TensorValue.elementCount(of: shape)
        guard count > 0 else { return try TensorValue(texts: [], offsets: [0], shape: shape) }
        var length = 0
        try runtime.check(runtime.table.GetStringTensorDataLength(result, &length), "reading output '\(name)'")
        var bytes = [UInt8](repeating: 0, count: length)
        var offsets = [Int](repeating: 0, count: count)
        try runtime.check(runtime.table.GetStringTensorContent(result, &bytes, length, &offsets, count), "reading output '\(name)'")
        return try TensorValue(texts: bytes, offsets: offsets + [length], shape: shape)
    }
}
