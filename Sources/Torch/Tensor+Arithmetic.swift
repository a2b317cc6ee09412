extension Tensor {
    /// `self + other`, sizes of 1 stretched to fit.
    /// - Throws: ``TorchError`` when the shapes do not fit, as every method here.
    public func adding(_ other: Tensor) throws -> Tensor {
        // add takes a Scalar, which cannot be passed; subtracting -1 times the other side is the C ABI's own way to it.
        try functions.tensor("subtract") { functions.subtract(handle, other.handle, -1, $0) }
    }

    /// `self + number`.
    public func adding(_ number: Double) throws -> Tensor { try adding(try self.number(number)) }

    /// `self - other`.
    public func subtracting(_ other: Tensor) throws -> Tensor {
        try functions.tensor("subtract") { functions.subtract(handle, other.handle, 1, $0) }
    }

    /// `self · other`, element by element.
    public func multiplied(by other: Tensor) throws -> Tensor { try call("aten::mul", overload: "Tensor", [.tensor(self), .tensor(other)]) }

    /// `self · factor`.
    public func multiplied(by factor: Double) throws -> Tensor { try multiplied(by: try number(factor)) }

    /// `self / other`, element by element.
    public func divided(by other: Tensor) throws -> Tensor { try call("aten::div", overload: "Tensor", [.tensor(self), .tensor(other)]) }

    /// Matrix product of the last two dimensions, batched over the others.
    public func matmul(_ other: Tensor) throws -> Tensor { try call("aten::matmul", [.tensor(self), .tensor(other)]) }

    /// Mean of all elements, without dimensions.
    public func mean() throws -> Tensor { try mean(over: []) }

    /// Mean over `dimensions`, which disappear, or become 1 with `keepingDimensions`. None means all.
    public func mean(over dimensions: [Int], keepingDimensions: Bool = false) throws -> Tensor {
        try call("aten::mean", overload: "dim", [.tensor(self), .optional(.ints(dimensions)), .bool(keepingDimensions), .none])
    }

    /// Sum of all elements, without dimensions.
    public func sum() throws -> Tensor { try sum(over: []) }

    /// Sum over `dimensions`, which disappear, or become 1 with `keepingDimensions`. None means all.
    public func sum(over dimensions: [Int], keepingDimensions: Bool = false) throws -> Tensor {
        try call("aten::sum", overload: "dim_IntList", [.tensor(self), .optional(.ints(dimensions)), .bool(keepingDimensions), .none])
    }

    /// Position of the largest value along `dimension` (Int64).
    public func argmax(_ dimension: Int = -1) throws -> Tensor {
        try call("aten::argmax", [.tensor(self), .optional(.int(dimension)), .bool(false)])
    }

    /// Whether the elements of two tensors are equal, as booleans.
    public func equals(_ other: Tensor) throws -> Tensor { try call("aten::eq", overload: "Tensor", [.tensor(self), .tensor(other)]) }

    /// Moves the elements towards `target` by the share `weight`, in place, not recording it: `self += weight · (target - self)`.
    /// With a small weight, step after step, this is an exponential moving average of a parameter.
    public func moveTowards(_ target: Tensor, weight: Double) throws {
        try withoutGradients {
            let share = try Tensor.full(weight, [], dtype: dtype, device: device)
            _ = try call("aten::lerp_", overload: "Tensor", [.tensor(self), .tensor(target), .tensor(share)])
        }
    }
}
