public import Networks
public import Torch

/// A network value with weights, run on libtorch. Used by one thread at a time.
public final class TorchNetwork {
    let network: Network
    let device: TorchDevice
    /// Memory order of images between layers; decided by what is fast for the widths at hand.
    let format: MemoryFormat
    private(set) var tensors: [String: Tensor] = [:]
    private let parameters: [Networks.Parameter]
    /// How many nodes read each value; one more for the output.
    private let readers: [String: Int]
    /// Rectifiers that overwrite what they read: one pass over memory less, measured as 1 to 2 % of a step of a wide network.
    private let overwriting: Set<String>

    /// Fresh weights, the same for the same seed.
    /// - Parameter format: memory order of images between layers.
    /// - Throws: `TorchError` when the device cannot hold them; `NativeLibraryError` when libtorch is missing.
    public init(_ network: Network, device: TorchDevice, format: MemoryFormat, seed: UInt64) throws {
        self.network = network
        self.device = device
        self.format = format
        parameters = network.parameters
        readers = network.nodes.reduce(into: [network.output: 1]) { counts, node in
            for input in node.inputs { counts[input, default: 0] += 1 }
        }
        overwriting = Self.overwriting(network, readers: readers)
        var generator = TensorGenerator(seed: seed)
        for parameter in parameters {
            try place(Self.initialValues(of: parameter, using: &generator), as: parameter)
        }
    }

    /// Parameters that gradients are taken of, in the network's order.
    public var trainable: [(parameter: Networks.Parameter, tensor: Tensor)] {
        parameters.compactMap { parameter in
            parameter.isTrainable ? tensors[parameter.name].map { (parameter, $0) } : nil
        }
    }

    /// All weights and running statistics, copied.
    func weights() throws -> [String: WeightTensor] {
        try tensors.mapValues { try WeightTensor(shape: $0.shape, values: $0.toArray()) }
    }

    /// Overwrites weights in place.
    func load(_ weights: [String: WeightTensor]) throws {
        try network.check(weights)
        for parameter in parameters {
            guard let tensor = tensors[parameter.name], let weight = weights[parameter.name] else { continue }
            try tensor.copyValues(from: Tensor(weight.values, shape: weight.shape))
        }
    }

    /// The network's output for a batch: `[rows, outputs]`.
    /// - Parameters:
    ///   - inputs: by the names of the network's inputs, `[rows, ...]`.
    ///   - generator: draws dropout masks while training; nil computes as in serving.
    /// - Throws: `TorchError` when an input does not have the network's shape.
    public func callAsFunction(_ inputs: [String: Tensor], training generator: inout TensorGenerator?) throws -> Tensor {
        var values = inputs
        var readers = readers
        for node in network.nodes {
            let given = node.inputs.compactMap { values[$0] }
            values[node.id] = try apply(node, to: given, training: &generator)
            for input in node.inputs {
                readers[input, default: 0] -= 1
                if readers[input] == 0 { values[input] = nil }
            }
        }
        guard let output = values[network.output] else { preconditionFailure("a valid network computes its output") }
        return output
    }

    private func apply(_ node: Network.Node, to given: [Tensor], training generator: inout TensorGenerator?) throws -> Tensor {
        let input = given[0]
        func weight(_ name: String) -> Tensor? { tensors["\(node.id).\(name)"] }
        func needed(_ name: String) -> Tensor {
            guard let tensor = weight(name) else { preconditionFailure("\(node.id) has no \(name)") }
            return tensor
        }
        switch node.layer {
        case .conv2d(let conv):
            return try input.conv2d(
                needed("weight"), bias: weight("bias"), stride: Size2D(conv.stride), padding: Size2D(conv.padding), groups: conv.groups)
        case .linear: return try input.linear(needed("weight"), bias: weight("bias"))
        case .embedding: return try needed("weight").embedding(input)
        case .batchNorm(let norm):
            return try input.batchNorm(
                weight: weight("weight"), bias: weight("bias"), runningMean: needed("running_mean"), runningVariance: needed("running_var"),
                training: generator != nil, momentum: norm.momentum, epsilon: norm.epsilon)
        case .layerNorm(let norm): return try input.layerNorm(weight: needed("weight"), bias: weight("bias"), epsilon: norm.epsilon)
        case .relu: return overwriting.contains(node.id) ? try input.rectifyInPlace() : try input.relu()
        case .gelu: return try input.gelu()
        case .silu: return try input.silu()
        case .tanh: return try input.tanh()
        case .sigmoid: return try input.sigmoid()
        case .dropout(let dropout):
            guard generator != nil, dropout.probability > 0 else { return input }
            var drawn = generator ?? TensorGenerator(seed: 0)
            defer { generator = drawn }
            return try input.dropout(dropout.probability, using: &drawn)
        case .maxPool(let pool): return try input.maxPool2d(Size2D(pool.kernel), stride: Size2D(pool.stride), padding: Size2D(pool.padding))
        case .averagePool(let pool): return try input.avgPool2d(Size2D(pool.kernel), stride: Size2D(pool.stride), padding: Size2D(pool.padding))
        case .globalAveragePool: return try input.globalAvgPool2d()
        case .flatten: return try input.flattened()
        case .add: return try given.dropFirst().reduce(input) { try $0.adding($1) }
        case .multiply:
            guard given[1].shape.count < input.shape.count else { return try input.multiplied(by: given[1]) }
            return try input.multiplied(by: given[1].reshaped(given[1].shape + [1, 1]))
        case .concatenate: return try concatenated(given, dimension: 1)
        case .spaceToDepth(let block): return try input.spaceToDepth(block.block).contiguous(format)
        }
    }

    /// Rectifiers that alone read the result of a layer whose gradient does not need that result.
    private static func overwriting(_ network: Network, readers: [String: Int]) -> Set<String> {
        let replaceable = Set(
            network.nodes.filter { node in
                switch node.layer {
                case .conv2d, .linear, .batchNorm, .layerNorm, .add: readers[node.id] == 1
                default: false
                }
            }.map(\.id))
        return Set(network.nodes.filter { $0.layer.kind == .relu && $0.inputs.allSatisfy(replaceable.contains) }.map(\.id))
    }

    private func place(_ values: [Float], as parameter: Networks.Parameter) throws {
        var tensor = try Tensor(values, shape: parameter.shape, device: device)
        if parameter.shape.count == 4 { tensor = try tensor.contiguous(format) }
        if parameter.isTrainable { tensor = try tensor.requireGradient() }
        tensors[parameter.name] = tensor
    }

    private static func initialValues(of parameter: Networks.Parameter, using generator: inout TensorGenerator) -> [Float] {
        let count = parameter.elementCount
        return switch parameter.initialization {
        case .heNormal(let fan): generator.normal(count, standardDeviation: Float((2 / Double(max(fan, 1))).squareRoot()))
        case .normal(let deviation): generator.normal(count, standardDeviation: Float(deviation))
        case .uniform(let bound): generator.uniform(count, in: Float(-bound)...Float(bound))
        case .zeros: [Float](repeating: 0, count: count)
        case .ones: [Float](repeating: 1, count: count)
        }
    }
}

extension Size2D {
    fileprivate init(_ extent: Extent) { self.init(height: extent.height, width: extent.width) }
}
