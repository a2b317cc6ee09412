import CTorch

/// One argument of an operator, named after the type in the operator's schema.
public enum TorchArgument: Sendable {
    case tensor(Tensor)
    case tensors([Tensor])
    case int(Int)
    case ints([Int])
    case bool(Bool)
    case double(Double)
    case string(String)
    case dtype(DType)
    case device(TorchDevice)
    case memoryFormat(MemoryFormat)
    /// A value where the schema has a type with a question mark.
    indirect case optional(TorchArgument)
    /// No value where the schema has a type with a question mark.
    case none

    /// A tensor, or none, where the schema says `Tensor?`.
    public static func optional(_ tensor: Tensor?) -> TorchArgument { tensor.map { .optional(.tensor($0)) } ?? .none }
}

/// Any operator of libtorch by its name: what the methods of ``Tensor`` are made of, open for operators that have none.
public enum TorchOperator {
    /// Calls `name`, overload `overload`, with all the arguments of its schema in order, defaults included.
    ///
    /// Schema arguments of the type `Scalar` cannot be passed: the C ABI does not convert them. Use an overload that takes a tensor.
    /// ```swift
    /// let flat = try TorchOperator.call("aten::flatten", overload: "using_ints", [.tensor(images), .int(1), .int(-1)])[0]
    /// ```
    /// - Parameter results: number of tensors that the operator returns.
    /// - Throws: ``TorchError`` with libtorch's text. Cost: about 1.5 µs beyond the operator's own work.
    public static func call(
        _ name: StaticString, overload: StaticString = "", _ arguments: [TorchArgument], results: Int = 1
    ) throws -> [Tensor] {
        try LibTorch.functions.call(name, overload: overload, arguments, results: results)
    }
}

extension TorchFunctions {
    /// The version that the calls below were written for; newer libraries convert from it.
    private static let builtFor = LibTorch.minimumVersion.word

    @discardableResult
    func call(
        _ name: StaticString, overload: StaticString = "", _ arguments: [TorchArgument], results: Int
    ) throws(TorchError) -> [Tensor] {
        var stack: [UInt64] = []
        stack.reserveCapacity(max(arguments.count, results))
        for argument in arguments { stack.append(try slot(argument)) }
        while stack.count < max(results, 1) { stack.append(0) }
        let status = callDispatcher(Self.text(name), Self.text(overload), &stack, Self.builtFor)
        try check(status, Self.title(name, overload))
        var tensors: [Tensor] = []
        tensors.reserveCapacity(results)
        for index in 0..<results {
            guard let handle = OpaquePointer(bitPattern: UInt(stack[index])) else {
                throw TorchError(.operatorFailed, Self.title(name, overload), "libtorch returned no tensor as result \(index)")
            }
            tensors.append(Tensor(adopting: handle, functions: self))
        }
        return tensors
    }

    /// One argument as 64 bits. What it makes (handles, lists, strings) the dispatcher takes and releases; after an error here,
    /// which means that memory has run out, the slots before it are lost.
    private func slot(_ argument: TorchArgument) throws(TorchError) -> UInt64 {
        switch argument {
        case .tensor(let tensor):
            var handle: TorchTensorHandle?
            try check(newHandle(tensor.handle, &handle), "new_tensor_handle")
            return UInt64(UInt(bitPattern: handle))
        case .tensors(let tensors):
            return try list(tensors.count) { (index) throws(TorchError) in try slot(.tensor(tensors[index])) }
        case .int(let value):
            return UInt64(bitPattern: Int64(value))
        case .ints(let values):
            return try list(values.count) { (index) throws(TorchError) in UInt64(bitPattern: Int64(values[index])) }
        case .bool(let value):
            return value ? 1 : 0
        case .double(let value):
            return value.bitPattern
        case .string(let value):
            var handle: TorchStringHandle?
            try check(value.withCString { newString($0, value.utf8.count, &handle) }, "new_string_handle")
            return UInt64(UInt(bitPattern: handle))
        case .dtype(let dtype):
            return UInt64(UInt32(bitPattern: code(dtype)))
        case .device(let device):
            return UInt64(UInt32(bitPattern: code(device))) << 32 | UInt64(UInt32(bitPattern: device.index))
        case .memoryFormat(let format):
            return UInt64(UInt32(bitPattern: memoryFormatCodes[format.position]))
        case .optional(let wrapped):
            var pointer: UnsafeMutablePointer<UInt64>?
            try check(newSlot(&pointer), "new_stable_ivalue")
            pointer?.pointee = try slot(wrapped)
            return UInt64(UInt(bitPattern: pointer))
        case .none:
            return 0
        }
    }

    private func list(_ count: Int, _ element: (Int) throws(TorchError) -> UInt64) throws(TorchError) -> UInt64 {
        var handle: TorchListHandle?
        try check(newList(count, &handle), "new_list_reserve_size")
        guard let handle else { throw TorchError(.operatorFailed, "new_list_reserve_size", "libtorch returned no list") }
        for index in 0..<count { try check(pushBack(handle, try element(index)), "list_push_back") }
        return UInt64(UInt(bitPattern: handle))
    }

    func code(_ dtype: DType) -> Int32 { dtypeCodes[dtype.rawValue] }
    func code(_ device: TorchDevice) -> Int32 { deviceTypeCodes[device.position] }

    private static func title(_ name: StaticString, _ overload: StaticString) -> String {
        overload.utf8CodeUnitCount == 0 ? "\(name)" : "\(name).\(overload)"
    }

    /// A literal ends with a zero byte, so it is a C string as it is.
    private static func text(_ literal: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
