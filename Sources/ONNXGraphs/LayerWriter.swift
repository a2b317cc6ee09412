import Networks

/// Writes single layers of a network as nodes of a graph.
struct LayerWriter {
    let serving: ServingNetwork
    let builder: GraphBuilder
    private var scalars: [Float: String] = [:]

    init(serving: ServingNetwork, builder: GraphBuilder) {
        self.serving = serving
        self.builder = builder
    }

    /// - Parameter sources: values that the layer reads, in its order.
    /// - Returns: the value it makes.
    mutating func write(_ node: Network.Node, reading sources: [String]) -> String {
        guard let first = sources.first else { return node.id }
        let name = node.id
        switch node.layer {
        case .conv2d(let conv): return convolution(first, conv, name)
        case .linear:
            return builder.node("Gemm", [first] + kernel(name), ["transB": 1], named: name)
        case .embedding:
            return builder.node("Gather", [parameter("\(name).weight"), first], ["axis": 0], named: name)
        case .batchNorm: return scaled(first, name)
        case .layerNorm(let norm):
            let inputs = [first, parameter("\(name).weight"), parameter("\(name).bias")]
            return builder.node("LayerNormalization", inputs, ["axis": -1, "epsilon": .float(Float(norm.epsilon))], named: name)
        case .relu: return builder.node("Relu", [first], named: name)
        case .tanh: return builder.node("Tanh", [first], named: name)
        case .sigmoid: return builder.node("Sigmoid", [first], named: name)
        case .silu: return builder.node("Mul", [first, builder.node("Sigmoid", [first], named: "\(name).sigmoid")], named: name)
        case .gelu: return gelu(first, name)
        case .dropout: return first
        case .maxPool(let pool): return builder.node("MaxPool", [first], window(pool), named: name)
        case .averagePool(let pool): return builder.node("AveragePool", [first], window(pool), named: name)
        case .globalAveragePool:
            return builder.node("Flatten", [builder.node("GlobalAveragePool", [first], named: "\(name).pool")], ["axis": 1], named: name)
        case .flatten: return builder.node("Flatten", [first], ["axis": 1], named: name)
        case .add: return builder.node(sources.count == 2 ? "Add" : "Sum", sources, named: name)
        case .multiply: return product(sources, node)
        case .concatenate: return builder.node("Concat", sources, ["axis": 1], named: name)
        case .spaceToDepth(let layer): return blocked(first, node, side: layer.block)
        }
    }

    private func convolution(_ source: String, _ conv: Conv2d, _ name: String) -> String {
        builder.node(
            "Conv", [source] + kernel(name),
            [
                "kernel_shape": .ints([conv.kernel.height, conv.kernel.width]), "strides": .ints([conv.stride.height, conv.stride.width]),
                "pads": margins(conv.padding), "group": .int(conv.groups),
            ], named: name)
    }

    private func window(_ pool: Pool) -> KeyValuePairs<String, NodeAttribute> {
        [
            "kernel_shape": .ints([pool.kernel.height, pool.kernel.width]), "strides": .ints([pool.stride.height, pool.stride.width]),
            "pads": margins(pool.padding),
        ]
    }

    /// Begin of both axes, then their end.
    private func margins(_ padding: Extent) -> NodeAttribute {
        .ints([padding.height, padding.width, padding.height, padding.width])
    }

    /// Names of weight and, where there is one, bias.
    private func kernel(_ name: String) -> [String] {
        guard let kernel = serving.kernels[name] else { return [] }
        let weight = builder.constant(.floats(kernel.weight.values, shape: kernel.weight.shape), named: "\(name).weight")
        return [weight] + (kernel.bias.map { [builder.constant(.floats($0), named: "\(name).bias")] } ?? [])
    }

    private func parameter(_ name: String) -> String {
        let tensor = serving.weights[name] ?? WeightTensor(shape: [0], values: [])
        return builder.constant(.floats(tensor.values, shape: tensor.shape), named: name)
    }

    private func scaled(_ source: String, _ name: String) -> String {
        guard let (factor, offset) = serving.scales[name] else { return source }
        var shape = [factor.count]
        if case .image = serving.network.shapes[name] { shape += [1, 1] }
        let product = builder.node("Mul", [source, builder.constant(.floats(factor, shape: shape), named: "\(name).factor")])
        return builder.node("Add", [product, builder.constant(.floats(offset, shape: shape), named: "\(name).offset")], named: name)
    }

    /// x · ½ · (1 + erf(x / √2)), in the pattern that runtimes recognise and fuse.
    private mutating func gelu(_ source: String, _ name: String) -> String {
        let inner = builder.node("Div", [source, scalar(Float(2).squareRoot())], named: "\(name).inner")
        let sum = builder.node("Add", [builder.node("Erf", [inner], named: "\(name).erf"), scalar(1)], named: "\(name).sum")
        return builder.node("Mul", [builder.node("Mul", [source, sum], named: "\(name).twice"), scalar(0.5)], named: name)
    }

    private func product(_ sources: [String], _ node: Network.Node) -> String {
        let shapes = node.inputs.compactMap { serving.network.shapes[$0] }
        guard shapes.count == 2, shapes[0] != shapes[1] else { return builder.node("Mul", sources, named: node.id) }
        let axes = builder.constant(.int64s([2, 3]), named: "\(node.id).axes")
        let planes = builder.node("Unsqueeze", [sources[1], axes], named: "\(node.id).planes")
        return builder.node("Mul", [sources[0], planes], named: node.id)
    }

    /// ONNX's own SpaceToDepth orders channels otherwise, so blocks are moved by hand. A 0 in a shape keeps the axis as it is.
    private func blocked(_ source: String, _ node: Network.Node, side: Int) -> String {
        guard case .image(let channels, let height, let width) = serving.network.shapes[node.id] else { return source }
        let b = Int64(side)
        let before = Int64(channels) / (b * b)
        let split = builder.constant(.int64s([0, before, Int64(height), b, Int64(width), b]), named: "\(node.id).split")
        let joined = builder.constant(.int64s([0, Int64(channels), Int64(height), Int64(width)]), named: "\(node.id).shape")
        let blocks = builder.node("Reshape", [source, split], named: "\(node.id).blocks")
        let moved = builder.node("Transpose", [blocks], ["perm": .ints([0, 1, 3, 5, 2, 4])], named: "\(node.id).moved")
        return builder.node("Reshape", [moved, joined], named: node.id)
    }

    private mutating func scalar(_ value: Float) -> String {
        if let known = scalars[value] { return known }
        let name = builder.constant(.scalar(value), named: "scalar")
        scalars[value] = name
        return name
    }
}
