/// How a parameter begins.
public enum Initialization: Codable, Sendable, Hashable {
    /// Normal with standard deviation √(2 / fan) (He et al. 2015).
    case heNormal(fan: Int)
    /// Normal with this standard deviation.
    case normal(deviation: Double)
    /// Uniform in ±bound.
    case uniform(bound: Double)
    case zeros
    case ones
}

/// Name, shape and treatment of one array of numbers that a network learns or keeps.
///
/// Names are those that PyTorch would give: `conv1.weight`, `bn1.running_mean`.
public struct Parameter: Codable, Sendable, Hashable {
    public enum Role: String, Codable, Sendable, Hashable, CaseIterable {
        case weight, bias, embedding, normScale, normShift, runningMean, runningVariance
    }

    public var name: String
    public var shape: [Int]
    public var initialization: Initialization
    public var role: Role

    public init(name: String, shape: [Int], initialization: Initialization, role: Role) {
        self.name = name
        self.shape = shape
        self.initialization = initialization
        self.role = role
    }

    public var elementCount: Int { shape.reduce(1, *) }
    /// False for running statistics, which training updates without a gradient.
    public var isTrainable: Bool { role != .runningMean && role != .runningVariance }
    /// True where weight decay is usual: matrices and kernels, not biases, norms or embeddings.
    public var decays: Bool { role == .weight }
}

extension Network {
    /// All parameters, in the order of the nodes; for each node weight, bias, running mean, running variance.
    public var parameters: [Parameter] { nodes.flatMap(parameters(of:)) }

    /// Parameters of one node, in the order above; empty for a layer without any.
    public func parameters(of node: Node) -> [Parameter] {
        guard let source = node.inputs.first, let shape = shapes[source] else { return [] }
        func parameter(_ name: String, _ shape: [Int], _ start: Initialization, _ role: Parameter.Role) -> Parameter {
            Parameter(name: "\(node.id).\(name)", shape: shape, initialization: start, role: role)
        }
        let channels = shape.channelCount
        switch node.layer {
        case .conv2d(let conv):
            // The fan out keeps the variance of gradients, as usual for residual networks (He et al. 2015, section 2.2).
            let fan = conv.outChannels / conv.groups * conv.kernel.area
            let dimensions = [conv.outChannels, channels / conv.groups, conv.kernel.height, conv.kernel.width]
            return [parameter("weight", dimensions, .heNormal(fan: fan), .weight)]
                + (conv.bias ? [parameter("bias", [conv.outChannels], .zeros, .bias)] : [])
        case .linear(let linear):
            // The last layer starts small, so that the first probabilities are nearly even.
            let start: Initialization = node.id == output ? .uniform(bound: 1 / Double(channels).squareRoot()) : .heNormal(fan: channels)
            return [parameter("weight", [linear.outFeatures, channels], start, .weight)]
                + (linear.bias ? [parameter("bias", [linear.outFeatures], .zeros, .bias)] : [])
        case .embedding(let embedding):
            // Vectors of expected length near 1, whatever their dimension.
            let deviation = 1 / Double(embedding.dimension).squareRoot()
            return [parameter("weight", [embedding.levels, embedding.dimension], .normal(deviation: deviation), .embedding)]
        case .batchNorm(let norm):
            return [
                parameter("weight", [channels], norm.startsAtZero ? .zeros : .ones, .normScale),
                parameter("bias", [channels], .zeros, .normShift),
                parameter("running_mean", [channels], .zeros, .runningMean),
                parameter("running_var", [channels], .ones, .runningVariance),
            ]
        case .layerNorm:
            return [parameter("weight", [channels], .ones, .normScale), parameter("bias", [channels], .zeros, .normShift)]
        default: return []
        }
    }
}

/// Trained numbers of one parameter.
public struct WeightTensor: Sendable, Hashable {
    public var shape: [Int]
    /// Row-major.
    public var values: [Float]

    /// - Precondition: `values` fill `shape`.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "values do not fill their shape")
        self.shape = shape
        self.values = values
    }
}

extension Network {
    /// Checks that weights are those of this network. More than needed is allowed.
    /// - Throws: ``NetworkError`` `.badWeights`, naming the first that is missing, of another shape, or not finite.
    public func check(_ weights: [String: WeightTensor]) throws {
        for parameter in parameters {
            guard let tensor = weights[parameter.name] else {
                throw NetworkError(.badWeights, "the weights lack '\(parameter.name)' of shape \(parameter.shape)")
            }
            guard tensor.shape == parameter.shape else {
                throw NetworkError(.badWeights, "'\(parameter.name)' has shape \(tensor.shape); the network has \(parameter.shape)")
            }
            guard tensor.values.allSatisfy(\.isFinite) else {
                throw NetworkError(.badWeights, "'\(parameter.name)' holds values that are not finite; the training diverged")
            }
        }
    }
}
