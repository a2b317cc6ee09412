import COnnxRuntime

/// An input that lies in memory of the caller: what ``TensorValue`` is without owning anything.
public struct TensorView {
    public var datatype: Datatype
    public var shape: [Int]
    /// Elements in row-major order; the memory must stay as it is until the call is over.
    public var bytes: UnsafeRawBufferPointer

    public init(_ datatype: Datatype, shape: [Int], bytes: UnsafeRawBufferPointer) {
        self.datatype = datatype
        self.shape = shape
        self.bytes = bytes
    }
}

extension Session {
    /// Runs the model with input and output in memory of the caller: nothing is copied. For loops over batches.
    ///
    /// - Parameters:
    ///   - views: every input of the model, numbers only.
    ///   - output: the output wanted, an FP32 one; the model's first when nil.
    ///   - shape: the output's shape. The model has to come to the same one.
    ///   - target: the output's elements, as many as `shape` has.
    /// - Throws: ``OnnxRuntimeError``: `.invalidArgument` where something does not fit the model, else ONNX Runtime's reason.
    public func run(
        _ views: [String: TensorView], output: String? = nil, shape: [Int], into target: UnsafeMutableBufferPointer<Float>
    ) throws {
        try checkNames(views.keys)
        let position = try output.map(outputPosition) ?? 0
        guard outputs.indices.contains(position), outputs[position].datatype == .fp32 else {
            throw OnnxRuntimeError(.invalidArgument, "the output is not FP32, so it cannot be written into memory of Float")
        }
        guard try TensorValue.elementCount(of: shape) == target.count else {
            throw OnnxRuntimeError(.invalidArgument, "an output of shape \(shape) does not fit into memory of \(target.count) numbers")
        }
        if target.isEmpty { return }

        var natives: [OpaquePointer?] = []
        var results: [OpaquePointer?] = []
        // The library leaves an output that it was given in its place, so all of these are ours to release.
        defer { for value in natives + results { if let value { runtime.table.ReleaseValue(value) } } }
        for info in inputs {
            guard let view = views[info.name] else { continue }
            try check(view.datatype, view.shape, for: info)
            // Checks of the sizes come from the library, but not of a negative length.
            let count = try TensorValue.elementCount(of: view.shape)
            guard let width = view.datatype.byteWidth, count * width == view.bytes.count else {
                throw OnnxRuntimeError(
                    .invalidArgument,
                    "input '\(info.name)' of shape \(view.shape) does not have \(view.bytes.count) bytes, "
                        + "or has texts, which need run(_:outputs:)")
            }
            natives.append(try numberTensor(over: view.bytes, view.datatype, view.shape))
        }
        results.append(try numberTensor(over: UnsafeRawBufferPointer(target), .fp32, shape))
        try call(inputs: natives, outputs: [position], &results)
    }
}
