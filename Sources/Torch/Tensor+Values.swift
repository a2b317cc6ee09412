import CTorch

extension Tensor {
    /// All elements in row-major order, converted to `Element`, whatever the device and the memory order.
    /// - Throws: ``TorchError`` when the elements cannot be brought to the CPU.
    public func toArray<Element: TensorElement>(of element: Element.Type = Float.self) throws -> [Element] {
        // To the CPU first: not every device has every type.
        let source = try to(.cpu).to(Element.dtype).contiguous()
        return try source.withBytes { bytes in
            [Element](unsafeUninitializedCapacity: source.count) { target, count in
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
                count = source.count
            }
        }
    }

    /// The value of a tensor with one element.
    /// - Throws: ``TorchError`` `.invalidArgument` for any other number of elements.
    public func item() throws -> Double {
        guard count == 1 else { throw TorchError(.invalidArgument, "item", "got a tensor of shape \(shape), expected one element") }
        return try toArray(of: Double.self)[0]
    }

    /// Reads the elements where they are: row-major, of type ``dtype``.
    /// - Throws: ``TorchError`` `.invalidArgument` when the tensor is not on the CPU or not row-major; what `body` throws.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        try withMutableBytes { try body(UnsafeRawBufferPointer($0)) }
    }

    /// Overwrites the elements of another tensor of the same number of elements, converting type and device, not recording it.
    /// - Throws: ``TorchError`` when the shapes do not fit.
    public func copyValues(from source: Tensor) throws {
        try withoutGradients { try functions.check(functions.copy(handle, source.handle, 0), "copy_") }
    }

    /// Sets every element to `value`, not recording it.
    /// - Throws: ``TorchError`` with libtorch's text.
    public func fill(_ value: Double) throws {
        try withoutGradients { try functions.check(functions.fill(handle, value), "fill_") }
    }

    /// The same elements on another device; itself where it already is there.
    /// - Throws: ``TorchError`` when the device is missing or full.
    public func to(_ device: TorchDevice) throws -> Tensor {
        if device == self.device { return self }
        return try call("aten::to", overload: "device", [.tensor(self), .device(device), .dtype(dtype), .bool(false), .bool(false), .none])
    }

    /// The elements converted to another type; itself where it already has it.
    /// - Throws: ``TorchError`` when there is no memory for it.
    public func to(_ dtype: DType) throws -> Tensor {
        if dtype == self.dtype { return self }
        return try call("aten::to", overload: "dtype", [.tensor(self), .dtype(dtype), .bool(false), .bool(false), .none])
    }

    /// The elements side by side in this order; itself where they already are.
    /// - Throws: ``TorchError``: channels-last order needs `[images, channels, height, width]`.
    public func contiguous(_ format: MemoryFormat = .contiguous) throws -> Tensor {
        try call("aten::contiguous", [.tensor(self), .memoryFormat(format)])
    }

    /// The same elements, cut off from the recorded way that led to them.
    /// - Throws: ``TorchError`` with libtorch's text.
    public func detached() throws -> Tensor { try call("aten::detach", [.tensor(self)]) }

    /// A copy with memory of its own.
    /// - Throws: ``TorchError`` when there is no memory for it.
    public func copied() throws -> Tensor { try call("aten::clone", [.tensor(self), .none]) }

    /// Row-major elements on the CPU, for reading and writing.
    func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) throws -> Result {
        let shape = shape
        guard device == .cpu, count < 2 || hasRowMajorOrder(shape) else {
            throw TorchError(
                .invalidArgument, "withBytes",
                "got \(self) with strides \(strides), expected a row-major tensor on the cpu: to(.cpu).contiguous() makes one")
        }
        var start: UnsafeMutableRawPointer?
        try functions.check(functions.getData(handle, &start), "get_data_ptr")
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeMutableRawBufferPointer(start: start, count: start == nil ? 0 : byteCount))
    }

    private func hasRowMajorOrder(_ shape: [Int]) -> Bool {
        let expected = Self.rowMajorStrides(shape.map { Int64($0) })
        return zip(shape, zip(strides, expected)).allSatisfy { size, pair in size == 1 || pair.0 == Int(pair.1) }
    }
}
