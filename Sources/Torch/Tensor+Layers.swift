extension Tensor {
    /// Two-dimensional convolution (cross-correlation).
    ///
    /// Shapes: self `[images, channels, height, width]`, weight `[outputs, channels / groups, kernel height, kernel width]`,
    /// bias `[outputs]`.
    /// - Throws: ``TorchError`` when the shapes do not fit.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Size2D = 1, padding: Size2D = 0, dilation: Size2D = 1, groups: Int = 1
    ) throws -> Tensor {
        try call(
            "aten::conv2d",
            [
                .tensor(self), .tensor(weight), .optional(bias), .ints(stride.list), .ints(padding.list), .ints(dilation.list), .int(groups),
            ])
    }

    /// `self · weightᵀ + bias`. Shapes: self `[..., inputs]`, weight `[outputs, inputs]`, bias `[outputs]`.
    /// - Throws: ``TorchError`` when the shapes do not fit.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
        try call("aten::linear", [.tensor(self), .tensor(weight), .optional(bias)])
    }

    /// Batch normalisation over every dimension but the second (Ioffe and Szegedy 2015).
    ///
    /// All four tensors are `[channels]`. In training the running statistics are moved by `momentum` towards the batch's, in place;
    /// otherwise they are what is normalised with.
    /// - Throws: ``TorchError`` when the shapes do not fit, or for training on a single value per channel.
    public func batchNorm(
        weight: Tensor?, bias: Tensor?, runningMean: Tensor, runningVariance: Tensor, training: Bool,
        momentum: Double = 0.1, epsilon: Double = 1e-5
    ) throws -> Tensor {
        try call(
            "aten::batch_norm",
            [
                .tensor(self), .optional(weight), .optional(bias), .optional(runningMean), .optional(runningVariance),
                .bool(training), .double(momentum), .double(epsilon), .bool(true),
            ])
    }

    /// Layer normalisation over the last dimensions, as many as `weight` has (Ba et al. 2016).
    /// - Throws: ``TorchError`` when the shapes do not fit.
    public func layerNorm(weight: Tensor, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
        try call(
            "aten::layer_norm",
            [
                .tensor(self), .ints(weight.shape), .optional(weight), .optional(bias), .double(epsilon), .bool(true),
            ])
    }

    /// Group normalisation of `[images, channels, ...]`, weight and bias `[channels]` (Wu and He 2018).
    /// - Throws: ``TorchError`` when the channels cannot be divided into `groups`.
    public func groupNorm(groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double = 1e-5) throws -> Tensor {
        try call(
            "aten::group_norm",
            [
                .tensor(self), .int(groups), .optional(weight), .optional(bias), .double(epsilon), .bool(true),
            ])
    }

    /// Largest value of each window. `stride` nil means the kernel's size.
    /// - Throws: ``TorchError`` when a window is larger than the image.
    public func maxPool2d(_ kernel: Size2D, stride: Size2D? = nil, padding: Size2D = 0) throws -> Tensor {
        try call(
            "aten::max_pool2d",
            [
                .tensor(self), .ints(kernel.list), .ints((stride ?? kernel).list), .ints(padding.list), .ints([1, 1]), .bool(false),
            ])
    }

    /// Mean of each window, padding not counted. `stride` nil means the kernel's size.
    /// - Throws: ``TorchError`` when a window is larger than the image.
    public func avgPool2d(_ kernel: Size2D, stride: Size2D? = nil, padding: Size2D = 0) throws -> Tensor {
        try call(
            "aten::avg_pool2d",
            [
                .tensor(self), .ints(kernel.list), .ints((stride ?? kernel).list), .ints(padding.list), .bool(false), .bool(false), .none,
            ])
    }

    /// Means over a grid of `output` windows that cover the image.
    /// - Throws: ``TorchError`` when self is not an image tensor.
    public func adaptiveAvgPool2d(_ output: Size2D) throws -> Tensor {
        try call("aten::adaptive_avg_pool2d", [.tensor(self), .ints(output.list)])
    }

    /// Mean of each channel: `[images, channels, height, width]` to `[images, channels]`.
    /// - Throws: ``TorchError`` when self is not an image tensor.
    public func globalAvgPool2d() throws -> Tensor { try mean(over: [2, 3]) }

    /// Rows of a table: self `[rows, width]`, indices of any shape (Int64), result `indices.shape + [width]`.
    /// - Throws: ``TorchError`` for an index outside the table.
    public func embedding(_ indices: Tensor) throws -> Tensor {
        try call("aten::embedding", [.tensor(self), .tensor(indices), .int(-1), .bool(false), .bool(false)])
    }

    /// Sets a random share `rate` of the elements to zero and scales the others by `1 / (1 - rate)` (Srivastava et al. 2014).
    ///
    /// The mask is drawn from `generator`, not from libtorch's own: a training repeats exactly under its seed, on every device, also
    /// while others train beside it. Only called in training.
    /// - Throws: ``TorchError`` `.invalidArgument` for a rate outside 0..<1.
    public func dropout(_ rate: Double, using generator: inout TensorGenerator) throws -> Tensor {
        guard rate != 0 else { return self }
        return try multiplied(by: generator.dropoutMask(shape, rate: rate, device: device).to(dtype))
    }

    /// Dropout of whole channels: self `[images, channels, ...]` (Tompson et al. 2015).
    /// - Throws: as ``dropout(_:using:)``.
    public func channelDropout(_ rate: Double, using generator: inout TensorGenerator) throws -> Tensor {
        guard rate != 0 else { return self }
        let maskShape = shape.enumerated().map { $0.offset < 2 ? $0.element : 1 }
        return try multiplied(by: generator.dropoutMask(maskShape, rate: rate, device: device).to(dtype))
    }
}
