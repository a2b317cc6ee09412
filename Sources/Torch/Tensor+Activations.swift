extension Tensor {
    /// `max(x, 0)`.
    /// - Throws: ``TorchError`` with libtorch's text, as every method here.
    public func relu() throws -> Tensor { try call("aten::relu", [.tensor(self)]) }

    /// `relu` written over the elements themselves, recorded for gradients; saves a pass over memory.
    ///
    /// For a result that only this call reads, of an operator whose gradient does not need its result: a convolution, a product with a
    /// matrix, a norm, a sum. After others (`sigmoid`, `exp`) ``backward(_:parameters:)`` throws.
    /// - Returns: the same tensor.
    /// - Throws: ``TorchError`` also for a parameter, which only changes without gradients.
    @discardableResult
    public func rectifyInPlace() throws -> Tensor { try call("aten::relu_", [.tensor(self)]) }

    /// `relu`, held at 6 from above.
    public func relu6() throws -> Tensor { try call("aten::relu6", [.tensor(self)]) }

    /// `x` where positive, `slope · x` elsewhere.
    public func leakyRelu(slope: Double = 0.01) throws -> Tensor {
        // leaky_relu takes a Scalar; prelu with a constant is the same function.
        let slope = try Tensor.full(slope, [1], dtype: dtype, device: device)
        return try call("aten::prelu", [.tensor(self), .tensor(slope)])
    }

    /// `x · Φ(x)` with the exact normal distribution function (Hendrycks and Gimpel 2016).
    public func gelu() throws -> Tensor { try call("aten::gelu", [.tensor(self), .string("none")]) }

    /// `x · sigmoid(x)`, also called swish.
    public func silu() throws -> Tensor { try call("aten::silu", [.tensor(self)]) }

    /// `x · relu6(x + 3) / 6` (Howard et al. 2019).
    public func hardswish() throws -> Tensor { try call("aten::hardswish", [.tensor(self)]) }

    /// `relu6(x + 3) / 6`.
    public func hardsigmoid() throws -> Tensor { try call("aten::hardsigmoid", [.tensor(self)]) }

    /// `x · tanh(ln(1 + eˣ))` (Misra 2019).
    public func mish() throws -> Tensor { try call("aten::mish", [.tensor(self)]) }

    /// `1 / (1 + e⁻ˣ)`.
    public func sigmoid() throws -> Tensor { try call("aten::sigmoid", [.tensor(self)]) }

    /// Hyperbolic tangent.
    public func tanh() throws -> Tensor { try call("aten::tanh", [.tensor(self)]) }

    /// Values that are positive and sum to 1 along `dimension`.
    public func softmax(_ dimension: Int = -1) throws -> Tensor {
        try call("aten::softmax", overload: "int", [.tensor(self), .int(dimension), .none])
    }

    /// Logarithm of ``softmax(_:)``.
    public func logSoftmax(_ dimension: Int = -1) throws -> Tensor {
        try call("aten::log_softmax", overload: "int", [.tensor(self), .int(dimension), .none])
    }
}
