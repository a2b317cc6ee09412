/// Adam with weight decay apart from the gradient (Kingma and Ba 2015; Loshchilov and Hutter 2019), on libtorch's fused operator:
/// one call per group and step.
///
/// Ours differs from PyTorch's in one thing: the count of steps in the bias correction is one for all parameters, also for those
/// that had no gradient in some step.
public final class AdamW: Optimizer {
    public let groups: [ParameterGroup]
    public var learningRate: Double
    public private(set) var steps = 0
    let beta1: Double, beta2: Double, epsilon: Double
    private let firstMoments: OptimizerMemory
    private let secondMoments: OptimizerMemory
    /// The count of steps where the operator reads it: beside each group's parameters.
    private let stepTensors: [Tensor?]

    /// - Parameters:
    ///   - beta1: share of the running mean of gradients that stays in a step.
    ///   - beta2: the same for squared gradients.
    ///   - epsilon: added to the root of the squared gradients' mean.
    /// - Throws: ``TorchError`` when there is no memory for the moments.
    public init(
        _ groups: [ParameterGroup], learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
    ) throws {
        self.groups = groups
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        firstMoments = try OptimizerMemory(groups, suffix: "firstMoment")
        secondMoments = try OptimizerMemory(groups, suffix: "secondMoment")
        stepTensors = try groups.map { try $0.parameters.first.map { try Tensor.zeros([], device: $0.tensor.device) } }
    }

    public func step() throws {
        steps += 1
        for (index, group) in groups.enumerated() {
            guard let stepTensor = stepTensors[index] else { continue }
            try stepTensor.fill(Double(steps))
            var parameters: [Tensor] = [], gradients: [Tensor] = [], first: [Tensor] = [], second: [Tensor] = []
            for (position, parameter) in group.parameters.enumerated() {
                guard let gradient = parameter.tensor.gradient else { continue }
                parameters.append(parameter.tensor)
                gradients.append(gradient)
                first.append(firstMoments.tensors[index][position])
                second.append(secondMoments.tensors[index][position])
            }
            guard let any = parameters.first else { continue }
            try withoutGradients {
                _ = try any.functions.call(
                    "aten::_fused_adamw_",
                    [
                        .tensors(parameters), .tensors(gradients), .tensors(first), .tensors(second), .tensors([]),
                        .tensors([Tensor](repeating: stepTensor, count: parameters.count)),
                        .double(learningRate * group.learningRateFactor), .double(beta1), .double(beta2), .double(group.weightDecay),
                        .double(epsilon), .bool(false), .bool(false), .none, .none,
                    ], results: 0)
            }
        }
    }

    public func state() throws -> [NamedTensor] {
        firstMoments.named + secondMoments.named + [NamedTensor(stepsName, try Tensor([Int64(steps)]))]
    }

    public func restore(_ state: [NamedTensor]) throws {
        let byName = state.byName
        let steps = try state.storedSteps()
        let copies = try firstMoments.matches(in: byName) + secondMoments.matches(in: byName)
        for copy in copies { try copy.to.copyValues(from: copy.from) }
        self.steps = steps
    }
}
