extension Network.Node {
    /// Shape of one row that the layer makes of its inputs' shapes.
    /// - Throws: ``NetworkError`` `.badShape` or `.badLayer`, naming the node.
    func outputShape(from shapes: [ValueShape]) throws -> ValueShape {
        switch layer {
        case .add, .multiply, .concatenate: break
        default:
            guard shapes.count == 1 else { throw wrong(.badStructure, "\(layer.kind.rawValue) takes one input, not \(shapes.count)") }
        }
        guard let first = shapes.first else { throw wrong(.badStructure, "\(layer.kind.rawValue) has no input") }
        let result = try shape(first, shapes)
        try SizeLimit.check(result.dimensions, of: "its output", node: id)
        return result
    }

    private func shape(_ first: ValueShape, _ all: [ValueShape]) throws -> ValueShape {
        switch layer {
        case .conv2d(let conv): return try convolved(first, conv)
        case .linear(let linear):
            guard case .vector(let count) = first else { throw wrong(.badShape, "linear takes a vector, not \(first); flatten it first") }
            try SizeLimit.check([count, linear.outFeatures], of: "its weight", node: id)
            return .vector(linear.outFeatures)
        case .embedding(let embedding):
            guard first == .category(levels: embedding.levels) else {
                throw wrong(.badShape, "an embedding of \(embedding.levels) levels takes a category of as many, not \(first)")
            }
            try SizeLimit.check([embedding.levels, embedding.dimension], of: "its weight", node: id)
            return .vector(embedding.dimension)
        case .batchNorm(let norm):
            try checkEpsilon(norm.epsilon)
            guard norm.momentum > 0, norm.momentum <= 1 else { throw wrong(.badLayer, "momentum \(norm.momentum) is outside (0, 1]") }
            return try number(first)
        case .layerNorm(let norm):
            try checkEpsilon(norm.epsilon)
            guard case .vector = first else { throw wrong(.badShape, "layerNorm takes a vector, not \(first)") }
            return first
        case .dropout(let dropout):
            guard (0..<1).contains(dropout.probability) else {
                throw wrong(.badLayer, "dropout probability \(dropout.probability) is outside [0, 1)")
            }
            return try number(first)
        case .relu, .gelu, .silu, .tanh, .sigmoid: return try number(first)
        case .maxPool(let pool), .averagePool(let pool): return try pooled(first, pool)
        case .globalAveragePool: return .vector(try image(first).channels)
        case .flatten: return .vector(try number(first).elementCount)
        case .add: return try allAlike(all)
        case .multiply: return try product(all)
        case .concatenate: return try joined(all)
        case .spaceToDepth(let layer): return try blocked(first, layer.block)
        }
    }

    private func convolved(_ shape: ValueShape, _ conv: Conv2d) throws -> ValueShape {
        let (channels, height, width) = try image(shape)
        guard conv.groups > 0, conv.outChannels > 0, channels % conv.groups == 0, conv.outChannels % conv.groups == 0 else {
            throw wrong(
                .badLayer, "\(conv.groups) groups must divide both the \(channels) channels in and the \(conv.outChannels) channels out")
        }
        let (newHeight, newWidth) = try slid(height, width, conv.kernel, conv.stride, conv.padding)
        let weight = [conv.outChannels, channels / conv.groups, conv.kernel.height, conv.kernel.width]
        try SizeLimit.check(weight + [newHeight, newWidth], of: "its work", node: id)
        return .image(channels: conv.outChannels, height: newHeight, width: newWidth)
    }

    private func pooled(_ shape: ValueShape, _ pool: Pool) throws -> ValueShape {
        let (channels, height, width) = try image(shape)
        let (newHeight, newWidth) = try slid(height, width, pool.kernel, pool.stride, pool.padding)
        guard pool.padding.height <= pool.kernel.height / 2, pool.padding.width <= pool.kernel.width / 2 else {
            throw wrong(.badLayer, "a pool's padding must be at most half its kernel")
        }
        return .image(channels: channels, height: newHeight, width: newWidth)
    }

    /// Positions of a window: ⌊(size + 2·padding − kernel) / stride⌋ + 1 per axis.
    private func slid(_ height: Int, _ width: Int, _ kernel: Extent, _ stride: Extent, _ padding: Extent) throws -> (Int, Int) {
        let largest = 1 << 20
        guard (1...largest).contains(kernel.height), (1...largest).contains(kernel.width), (1...largest).contains(stride.height),
            (1...largest).contains(stride.width), (0...largest).contains(padding.height), (0...largest).contains(padding.width)
        else { throw wrong(.badLayer, "kernel and stride start at 1 and padding at 0; none is above \(largest)") }
        let room = (height + 2 * padding.height - kernel.height, width + 2 * padding.width - kernel.width)
        guard room.0 >= 0, room.1 >= 0 else {
            throw wrong(
                .badShape,
                "a window of \(kernel.height)×\(kernel.width) does not fit an image of \(height)×\(width); use a smaller "
                    + "kernel, more padding or fewer reductions before it")
        }
        return (room.0 / stride.height + 1, room.1 / stride.width + 1)
    }

    private func blocked(_ shape: ValueShape, _ block: Int) throws -> ValueShape {
        let (channels, height, width) = try image(shape)
        guard block > 0, height % block == 0, width % block == 0 else {
            throw wrong(.badShape, "blocks of \(block) do not divide an image of \(height)×\(width)")
        }
        try SizeLimit.check([channels, block, block, height / block, width / block], of: "its output", node: id)
        return .image(channels: channels * block * block, height: height / block, width: width / block)
    }

    private func allAlike(_ shapes: [ValueShape]) throws -> ValueShape {
        guard shapes.count >= 2 else { throw wrong(.badStructure, "add takes two or more inputs, not \(shapes.count)") }
        let first = try number(shapes[0])
        if let other = shapes.first(where: { $0 != first }) {
            throw wrong(.badShape, "adds \(first) and \(other); add takes values of one shape")
        }
        return first
    }

    private func product(_ shapes: [ValueShape]) throws -> ValueShape {
        guard shapes.count == 2 else { throw wrong(.badStructure, "multiply takes two inputs, not \(shapes.count)") }
        let first = try number(shapes[0])
        if first == shapes[1] { return first }
        if case .image(let channels, _, _) = first, shapes[1] == .vector(channels) { return first }
        throw wrong(
            .badShape, "multiplies \(first) and \(shapes[1]); it takes two of one shape, or an image and a vector with as many channels")
    }

    private func joined(_ shapes: [ValueShape]) throws -> ValueShape {
        guard shapes.count >= 2 else { throw wrong(.badStructure, "concatenate takes two or more inputs, not \(shapes.count)") }
        var channels = 0
        for shape in shapes {
            switch (try number(shapes[0]), shape) {
            case (.vector, .vector(let count)): channels += count
            case (.image(_, let height, let width), .image(let more, let itsHeight, let itsWidth))
            where height == itsHeight && width == itsWidth:
                channels += more
            default: throw wrong(.badShape, "joins \(shapes[0]) and \(shape); concatenate takes vectors, or images of one size")
            }
        }
        guard case .image(_, let height, let width) = shapes[0] else { return .vector(channels) }
        return .image(channels: channels, height: height, width: width)
    }

    private func image(_ shape: ValueShape) throws -> (channels: Int, height: Int, width: Int) {
        guard case .image(let channels, let height, let width) = shape else {
            throw wrong(.badShape, "\(layer.kind.rawValue) takes an image, not \(shape)")
        }
        return (channels, height, width)
    }

    private func number(_ shape: ValueShape) throws -> ValueShape {
        if case .category = shape { throw wrong(.badShape, "\(layer.kind.rawValue) cannot take \(shape); put an embedding before it") }
        return shape
    }

    private func checkEpsilon(_ epsilon: Double) throws {
        guard epsilon > 0, epsilon.isFinite else { throw wrong(.badLayer, "epsilon \(epsilon) is not a positive number") }
    }

    private func wrong(_ code: NetworkError.Code, _ message: String) -> NetworkError { NetworkError(code, message, node: id) }
}
