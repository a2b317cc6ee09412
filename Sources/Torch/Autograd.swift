import CTorch

extension Tensor {
    /// Says whether gradients are recorded for this tensor, and returns it. For parameters: a tensor computed from parameters keeps
    /// being recorded whatever is said here; ``detached()`` ends that.
    /// - Throws: ``TorchError`` for a tensor that is not of a floating-point type.
    @discardableResult
    public func requireGradient(_ required: Bool = true) throws -> Tensor {
        try functions.check(functions.setRequiresGrad(handle, required), "requires_grad_")
        return self
    }

    /// Whether gradients are recorded for this tensor: a parameter, or computed from one.
    public var requiresGradient: Bool { functions.requiresGrad(implementation) }

    /// The gradient that ``backward(_:parameters:)`` left, or nil before it. It is the stored tensor, not a copy.
    public var gradient: Tensor? {
        let stored = gradientHandle
        var isDefined = false
        guard functions.isDefined(stored, &isDefined) == 0, isDefined else { return nil }
        return try? functions.tensor("new_tensor_handle") { functions.newHandle(stored, $0) }
    }

    /// Removes the gradient, so that the next backward pass starts from none.
    public func resetGradient() {
        var undefined: TorchTensorHandle?
        guard functions.newUndefined(&undefined) == 0, let undefined else { return }
        _ = functions.assign(undefined, gradientHandle)
        _ = functions.deleteTensor(undefined)
    }

    /// The gradient's place, a borrowed handle.
    ///
    /// The one step outside the C ABI, which has no reader for gradients. `c10::TensorImpl::mutable_grad()` is an ordinary exported
    /// function from an implementation pointer to the address of a gradient tensor; such an address is what a handle is. Its
    /// symbol is checked at load.
    private var gradientHandle: TorchTensorHandle { functions.mutableGrad(implementation) }

    /// The implementation pointer: a tensor is one pointer wide, and its handle points to it.
    private var implementation: TorchTensorImplementationPointer {
        UnsafeRawPointer(handle).load(as: TorchTensorImplementationPointer.self)
    }
}

/// Adds the derivatives of `loss` to the gradients of `parameters`. Runs the recorded way back and lets go of it.
/// - Parameter loss: one element, computed from every one of the parameters.
/// - Throws: ``TorchError`` when `loss` has several elements or does not depend on a parameter.
public func backward(_ loss: Tensor, parameters: [Tensor]) throws {
    try loss.functions.call(
        "aten::_backward", [.tensor(loss), .tensors(parameters), .none, .none, .bool(false)], results: 0)
}

/// Runs `body` without recording anything for gradients on this thread: faster, and the only way to change parameters in place.
///
/// The state belongs to the thread, which is why `body` cannot suspend.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let functions = try? LibTorch.functions, functions.gradModeIsEnabled() else { return try body() }
    functions.gradModeSetEnabled(false)
    defer { functions.gradModeSetEnabled(true) }
    return try body()
}

/// Scales the gradients of `parameters` together so that their Euclidean norm is at most `maximumNorm`.
/// - Returns: the norm before; infinite or not a number when training has run away, and then nothing is scaled.
/// - Throws: ``TorchError`` with libtorch's text.
@discardableResult
public func clipGradients(of parameters: [Tensor], maximumNorm: Double) throws -> Double {
    try withoutGradients {
        let gradients = parameters.compactMap(\.gradient)
        guard !gradients.isEmpty else { return 0 }
        // The norm operators take a Scalar, which cannot be passed, so each square sum is a product with itself. The sums are
        // added on the device: one wait for the result, not one for each parameter.
        let squares = try gradients.map { gradient in
            let flat = try gradient.flattenedInMemoryOrder()
            return try flat.call("aten::dot", [.tensor(flat), .tensor(flat)])
        }
        let norm = try stacked(squares).sum().item().squareRoot()
        if norm.isFinite, norm > maximumNorm {
            let factor = try Tensor.full(maximumNorm / (norm + 1e-6), [], dtype: gradients[0].dtype, device: gradients[0].device)
            try gradients[0].functions.call("aten::_foreach_mul_", overload: "Tensor", [.tensors(gradients), .tensor(factor)], results: 0)
        }
        return norm
    }
}

extension Tensor {
    /// One dimension, without copying a channels-last tensor into another order first.
    fileprivate func flattenedInMemoryOrder() throws -> Tensor {
        guard shape.count == 4 else { return try reshaped([-1]) }
        let pixelFirst = try call("aten::permute", [.tensor(self), .ints([0, 2, 3, 1])])
        return try strides[1] == 1 ? pixelFirst.reshaped([-1]) : reshaped([-1])
    }
}
