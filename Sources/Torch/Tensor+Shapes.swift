extension Tensor {
    /// The same elements under another shape; one size may be -1 and is worked out.
    /// - Throws: ``TorchError`` when the number of elements differs.
    public func reshaped(_ shape: [Int]) throws -> Tensor { try call("aten::reshape", [.tensor(self), .ints(shape)]) }

    /// The dimensions from `start` to the last as one, in row-major order.
    /// - Throws: ``TorchError`` when there is no such dimension.
    public func flattened(from start: Int = 1) throws -> Tensor {
        try call("aten::flatten", overload: "using_ints", [.tensor(self), .int(start), .int(-1)])
    }

    /// The dimensions in another order, without moving anything.
    /// - Throws: ``TorchError`` when `order` is not a permutation.
    public func permuted(_ order: [Int]) throws -> Tensor { try call("aten::permute", [.tensor(self), .ints(order)]) }

    /// Sizes of 1 stretched to `shape`, without moving anything.
    /// - Throws: ``TorchError`` when the shapes do not fit.
    public func expanded(_ shape: [Int]) throws -> Tensor {
        try call("aten::expand", [.tensor(self), .ints(shape), .bool(false)])
    }

    /// `length` elements from `start` along `dimension`, without copying.
    /// - Throws: ``TorchError`` when they are not there.
    public func narrowed(_ dimension: Int, start: Int, length: Int) throws -> Tensor {
        try call("aten::narrow", [.tensor(self), .int(dimension), .int(start), .int(length)])
    }

    /// The entries at `indices` (Int64, one dimension, same device) along `dimension`, copied.
    /// - Throws: ``TorchError`` for an index that is not there.
    public func selected(_ indices: Tensor, dimension: Int = 0) throws -> Tensor {
        try call("aten::index_select", [.tensor(self), .int(dimension), .tensor(indices)])
    }

    /// Blocks of `factor` × `factor` pixels as channels: `[n, c, h, w]` to `[n, c · factor², h / factor, w / factor]`.
    /// - Throws: ``TorchError`` when the image cannot be divided.
    public func spaceToDepth(_ factor: Int) throws -> Tensor {
        try call("aten::pixel_unshuffle", [.tensor(self), .int(factor)])
    }
}

/// Tensors one after the other along an existing dimension.
/// - Throws: ``TorchError`` when there are none, or their other sizes differ.
public func concatenated(_ tensors: [Tensor], dimension: Int = 0) throws -> Tensor {
    try TorchOperator.call("aten::cat", [.tensors(tensors), .int(dimension)])[0]
}

/// Tensors of one shape along a new dimension.
/// - Throws: ``TorchError`` when there are none, or their shapes differ.
public func stacked(_ tensors: [Tensor], dimension: Int = 0) throws -> Tensor {
    try TorchOperator.call("aten::stack", [.tensors(tensors), .int(dimension)])[0]
}
