/// How the losses of a batch become one number.
public enum Reduction: Int, Sendable {
    /// One loss per entry.
    case none = 0
    case mean = 1
    case sum = 2
}

extension Tensor {
    /// Cross entropy of logits `[rows, classes]` and classes `[rows]` (Int64) or probabilities `[rows, classes]`.
    /// - Parameters:
    ///   - labelSmoothing: share of the target that is spread evenly over all classes (Szegedy et al. 2016), 0...1.
    ///   - classWeights: factor of each class's rows, `[classes]`; the mean is then the weighted one.
    /// - Throws: ``TorchError`` when the shapes do not fit or a class is not there.
    public func crossEntropy(
        _ target: Tensor, labelSmoothing: Double = 0, classWeights: Tensor? = nil, reduction: Reduction = .mean
    ) throws -> Tensor {
        try call(
            "aten::cross_entropy_loss",
            [
                .tensor(self), .tensor(target), .optional(classWeights), .int(reduction.rawValue), .int(-100), .double(labelSmoothing),
            ])
    }

    /// Cross entropy of independent yes-or-no logits and targets in 0...1 of the same shape.
    /// - Throws: ``TorchError`` when the shapes differ.
    public func binaryCrossEntropy(_ target: Tensor, reduction: Reduction = .mean) throws -> Tensor {
        try call(
            "aten::binary_cross_entropy_with_logits",
            [
                .tensor(self), .tensor(target), .none, .none, .int(reduction.rawValue),
            ])
    }

    /// Squared differences from a target of the same shape.
    /// - Throws: ``TorchError`` when the shapes cannot be made to fit.
    public func meanSquaredError(_ target: Tensor, reduction: Reduction = .mean) throws -> Tensor {
        try call("aten::mse_loss", [.tensor(self), .tensor(target), .int(reduction.rawValue)])
    }

    /// Half the squared difference up to `delta`, and from there `delta · (|difference| - delta / 2)` (Huber 1964).
    /// - Throws: ``TorchError`` when the shapes cannot be made to fit or `delta` is not positive.
    public func huberLoss(_ target: Tensor, delta: Double = 1, reduction: Reduction = .mean) throws -> Tensor {
        try call("aten::huber_loss", [.tensor(self), .tensor(target), .int(reduction.rawValue), .double(delta)])
    }

    /// ``huberLoss(_:delta:reduction:)`` divided by `beta`.
    /// - Throws: ``TorchError`` when the shapes cannot be made to fit or `beta` is negative.
    public func smoothL1Loss(_ target: Tensor, beta: Double = 1, reduction: Reduction = .mean) throws -> Tensor {
        try call("aten::smooth_l1_loss", [.tensor(self), .tensor(target), .int(reduction.rawValue), .double(beta)])
    }
}
