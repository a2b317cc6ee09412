/// Gradient descent with momentum (Polyak 1964), also Nesterov's (Sutskever et al. 2013), on libtorch's fused operator: one call
/// per group and step. The weight decay is part of the gradient.
public final class SGD: Optimizer {
    public let groups: [ParameterGroup]
    public var learningRate: Double
    public private(set) var steps = 0
    let momentum: Double
    let nesterov: Bool
    private let velocities: OptimizerMemory?

    /// - Parameters:
    ///   - momentum: share of the last step that is made again.
    ///   - nesterov: whether the gradient is taken as if that share were already made. Needs a momentum.
    /// - Throws: ``TorchError`` when there is no memory for the velocities.
    public init(_ groups: [ParameterGroup], learningRate: Double, momentum: Double = 0, nesterov: Bool = false) throws {
        self.groups = groups
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov && momentum > 0
        velocities = momentum == 0 ? nil : try OptimizerMemory(groups, suffix: "velocity")
    }

    public func step() throws {
        steps += 1
        for (index, group) in groups.enumerated() {
            var parameters: [Tensor] = [], gradients: [Tensor] = [], moving: [Tensor] = []
            for (position, parameter) in group.parameters.enumerated() {
                guard let gradient = parameter.tensor.gradient else { continue }
                parameters.append(parameter.tensor)
                gradients.append(gradient)
                if let velocities { moving.append(velocities.tensors[index][position]) }
            }
            guard let any = parameters.first else { continue }
            try withoutGradients {
                // Velocities start at zero, so no step is a first one to the operator.
                _ = try any.functions.call(
                    "aten::_fused_sgd_",
                    [
                        .tensors(parameters), .tensors(gradients), .tensors(moving), .double(group.weightDecay), .double(momentum),
                        .double(learningRate * group.learningRateFactor), .double(0), .bool(nesterov), .bool(false), .bool(false),
                        .none, .none,
                    ], results: 0)
            }
        }
    }

    public func state() throws -> [NamedTensor] {
        (velocities?.named ?? []) + [NamedTensor(stepsName, try Tensor([Int64(steps)]))]
    }

    public func restore(_ state: [NamedTensor]) throws {
        let steps = try state.storedSteps()
        let copies = try velocities?.matches(in: state.byName) ?? []
        for copy in copies { try copy.to.copyValues(from: copy.from) }
        self.steps = steps
    }
}
