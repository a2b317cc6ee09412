import CTorch

/// A tensor of libtorch: owned by its last reference, on the CPU or a GPU, recorded for gradients when it depends on parameters.
///
/// **Threads.** References may be passed between threads, and any number of threads may read one tensor. Whatever writes
/// (``copyValues(from:)``, ``fill(_:)``, an optimiser's step, batch normalisation in training, ``backward(_:parameters:)``)
/// needs the tensors it writes to itself. Whether gradients are recorded is a state of the thread: see ``withoutGradients(_:)``.
public final class Tensor: @unchecked Sendable {
    let handle: TorchTensorHandle
    let functions: TorchFunctions

    /// Takes over an owned handle.
    init(adopting handle: TorchTensorHandle, functions: TorchFunctions) {
        self.handle = handle
        self.functions = functions
    }

    deinit { _ = functions.deleteTensor(handle) }

    /// Elements along each dimension; empty for a single number.
    public var shape: [Int] { dimensions(functions.getSizes) }

    /// Steps in memory, in elements, along each dimension.
    public var strides: [Int] { dimensions(functions.getStrides) }

    /// Number of elements.
    public var count: Int {
        var count: Int64 = 0
        _ = functions.getNumel(handle, &count)
        return Int(count)
    }

    /// Type of the elements.
    /// - Precondition: it is one of ``DType``'s; libtorch makes others only when asked for by name.
    public var dtype: DType {
        var code: Int32 = -1
        _ = functions.getDType(handle, &code)
        guard let position = functions.dtypeCodes.firstIndex(of: code), let dtype = DType(rawValue: position) else {
            preconditionFailure("a tensor has an element type that is not supported here (libtorch's code \(code))")
        }
        return dtype
    }

    /// Where the elements are.
    public var device: TorchDevice {
        var type: Int32 = -1
        var index: Int32 = 0
        _ = functions.getDeviceType(handle, &type)
        _ = functions.getDeviceIndex(handle, &index)
        return switch functions.deviceTypeCodes.firstIndex(of: type) {
        case 1: .cuda(Int(index))
        case 2: .mps
        default: .cpu
        }
    }

    /// Bytes of the elements.
    public var byteCount: Int { count * dtype.byteCount }

    // Reading a defined tensor's own description cannot fail, which is why the statuses here and above are not looked at.
    private func dimensions(_ read: torch_get_dimensions_function) -> [Int] {
        var rank: Int64 = 0
        var values: UnsafeMutablePointer<Int64>?
        _ = functions.getDim(handle, &rank)
        _ = read(handle, &values)
        guard let values else { return [] }
        return UnsafeBufferPointer(start: values, count: Int(rank)).map { Int($0) }
    }

    /// Calls an operator with one result.
    func call(_ name: StaticString, overload: StaticString = "", _ arguments: [TorchArgument]) throws(TorchError) -> Tensor {
        try functions.call(name, overload: overload, arguments, results: 1)[0]
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String { "Tensor(\(dtype), \(shape), \(device))" }
}
