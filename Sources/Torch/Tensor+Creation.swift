import CTorch

extension Tensor {
    /// Copies `values` in row-major order into a tensor of `shape`.
    ///
    /// ```swift
    /// let matrix = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    /// ```
    /// - Throws: ``TorchError`` `.invalidArgument` when the number of values is not the product of the shape; as ``LibTorch/load()``.
    public convenience init<Element: TensorElement>(
        _ values: [Element], shape: [Int], device: TorchDevice = .cpu
    ) throws {
        try self.init(
            bytes: try values.withUnsafeBytes { bytes in
                try Self.filled(bytes, shape: shape, dtype: Element.dtype, device: device)
            })
    }

    /// Copies `values` into a tensor of one dimension.
    /// - Throws: as ``init(_:shape:device:)``.
    public convenience init<Element: TensorElement>(_ values: [Element], device: TorchDevice = .cpu) throws {
        try self.init(values, shape: [values.count], device: device)
    }

    /// Copies row-major elements of type `dtype`.
    /// - Throws: as ``init(_:shape:device:)``.
    public convenience init(copying bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, device: TorchDevice = .cpu) throws {
        try self.init(bytes: try Self.filled(bytes, shape: shape, dtype: dtype, device: device))
    }

    /// Looks at memory of the caller without copying it. Row-major, on the CPU.
    /// - Parameter owner: kept alive as long as libtorch needs the memory, which may be longer than this reference.
    /// - Precondition: the memory stays where it is as long as `owner` lives, and nobody writes to it meanwhile.
    /// - Throws: ``TorchError`` `.invalidArgument` when the number of bytes does not fit the shape; as ``LibTorch/load()``.
    public convenience init(wrapping bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, owner: AnyObject) throws {
        try Self.checkCount(bytes.count, shape: shape, dtype: dtype)
        guard let start = bytes.baseAddress else {
            try self.init(bytes: Self.empty(shape, dtype: dtype, device: .cpu))
            return
        }
        let functions = try LibTorch.functions
        let context = Unmanaged.passRetained(owner).toOpaque()
        let sizes = shape.map { Int64($0) }
        var handle: TorchTensorHandle?
        let status = functions.fromBlob(
            UnsafeMutableRawPointer(mutating: start), Int64(shape.count), sizes, Self.rowMajorStrides(sizes), 0,
            functions.code(dtype), functions.code(TorchDevice.cpu), TorchDevice.cpu.index, &handle, functions.stridedLayout, nil, 0,
            { _, context in
                if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
            }, context)
        do {
            try functions.check(status, "from_blob")
        } catch {
            Unmanaged<AnyObject>.fromOpaque(context).release()
            throw error
        }
        guard let handle else { throw TorchError(.operatorFailed, "from_blob", "libtorch returned no tensor") }
        self.init(adopting: handle, functions: functions)
    }

    /// A tensor of zeros.
    /// - Throws: ``TorchError`` when the device cannot hold it; as ``LibTorch/load()``.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: TorchDevice = .cpu) throws -> Tensor {
        let tensor = try empty(shape, dtype: dtype, device: device)
        try tensor.functions.check(tensor.functions.zero(tensor.handle), "zero_")
        return tensor
    }

    /// A tensor of one value.
    /// - Throws: as ``zeros(_:dtype:device:)``.
    public static func full(_ value: Double, _ shape: [Int], dtype: DType = .float32, device: TorchDevice = .cpu) throws -> Tensor {
        let tensor = try empty(shape, dtype: dtype, device: device)
        try tensor.fill(value)
        return tensor
    }

    /// A tensor of zeros with this one's shape, type, device and memory order.
    /// - Throws: ``TorchError`` when the device cannot hold it.
    public func zerosLike() throws -> Tensor {
        try call("aten::zeros_like", [.tensor(self), .none, .none, .none, .none, .none])
    }

    /// A tensor without dimensions as the other side of element-by-element arithmetic: double where this one is, else float. It stays
    /// on the CPU, from where every device takes single numbers.
    func number(_ value: Double) throws(TorchError) -> Tensor {
        if dtype == .float64 { return try functions.tensor("scalar_to_tensor") { functions.scalarFloat64(value, $0) } }
        return try functions.tensor("scalar_to_tensor") { functions.scalarFloat32(Float(value), $0) }
    }

    /// A second reference to `tensor`, which lets the public initialisers be initialisers.
    private convenience init(bytes tensor: Tensor) throws {
        var handle: TorchTensorHandle?
        try tensor.functions.check(tensor.functions.newHandle(tensor.handle, &handle), "new_tensor_handle")
        guard let handle else { throw TorchError(.operatorFailed, "new_tensor_handle", "libtorch returned no tensor") }
        self.init(adopting: handle, functions: tensor.functions)
    }

    private static func filled(_ bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType, device: TorchDevice) throws -> Tensor {
        try checkCount(bytes.count, shape: shape, dtype: dtype)
        let tensor = try empty(shape, dtype: dtype, device: .cpu)
        try tensor.withMutableBytes { $0.copyMemory(from: bytes) }
        return device == .cpu ? tensor : try tensor.to(device)
    }

    /// Memory as it comes, row-major.
    static func empty(_ shape: [Int], dtype: DType, device: TorchDevice) throws -> Tensor {
        let functions = try LibTorch.functions
        _ = try elementCount(shape)
        let sizes = shape.map { Int64($0) }
        return try functions.tensor("empty_strided") { result in
            functions.emptyStrided(
                Int64(shape.count), sizes, rowMajorStrides(sizes), functions.code(dtype), functions.code(device), device.index, result)
        }
    }

    static func rowMajorStrides(_ sizes: [Int64]) -> [Int64] {
        var strides = sizes
        var step: Int64 = 1
        for index in sizes.indices.reversed() {
            strides[index] = step
            step *= max(sizes[index], 1)
        }
        return strides
    }

    private static func checkCount(_ byteCount: Int, shape: [Int], dtype: DType) throws {
        let count = try elementCount(shape)
        guard count.multipliedReportingOverflow(by: dtype.byteCount) == (byteCount, false) else {
            throw TorchError(
                .invalidArgument, "Tensor",
                "got \(byteCount / dtype.byteCount) values (\(byteCount) bytes of \(dtype)), expected \(count) for shape \(shape)")
        }
    }

    private static func elementCount(_ shape: [Int]) throws -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else {
                throw TorchError(.invalidArgument, "Tensor", "got shape \(shape), expected sizes of 0 or more whose product fits 64 bits")
            }
            count = product
        }
        return count
    }
}
