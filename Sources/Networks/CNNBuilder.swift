/// Channels into and out of a block, and its stride.
struct BlockShape {
    let from: Int
    let to: Int
    let stride: Int

    var changes: Bool { from != to || stride != 1 }
}

/// The pieces that convolutional networks are built from.
struct CNNBuilder {
    var builder = NetworkBuilder()
    let activation: Activation

    init(activation: Activation) { self.activation = activation }

    mutating func input(_ image: ImageSize) -> String {
        builder.input("image", .image(height: image.height, width: image.width, channels: image.channels))
    }

    /// Convolution that keeps the size (but for the stride), batch norm, and usually the activation.
    mutating func convolution(
        _ source: String, _ channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1, activated: Bool = true,
        startsAtZero: Bool = false, named name: String
    ) -> String {
        let conv = Conv2d(
            outChannels: channels, kernel: Extent(kernel), stride: Extent(stride), padding: Extent(kernel / 2), groups: groups, bias: false)
        let made = builder.add(.conv2d(conv), source, named: name)
        let normed = builder.add(.batchNorm(BatchNorm(startsAtZero: startsAtZero)), made, named: "\(name).norm")
        return activated ? activate(normed, named: name) : normed
    }

    mutating func stem(_ stem: Stem, image: ImageSize, width: Int) -> String {
        let source = input(image)
        switch stem {
        case .plain: return convolution(source, width, kernel: 3, named: "stem")
        case .strided: return convolution(source, width, kernel: 3, stride: 2, named: "stem")
        case .stridedPooled:
            let made = convolution(source, width, kernel: 7, stride: 2, named: "stem")
            return builder.add(.maxPool(Pool(kernel: 3, stride: 2, padding: 1)), made, named: "stem.pool")
        case .spaceToDepth, .spaceToDepth4:
            let blocks = SpaceToDepth(block: stem == .spaceToDepth ? 2 : 4)
            return convolution(builder.add(.spaceToDepth(blocks), source, named: "stem.blocks"), width, kernel: 3, named: "stem")
        }
    }

    mutating func basic(_ source: String, _ shape: BlockShape, squeezeExcite: Bool, named name: String) -> String {
        var value = convolution(source, shape.to, kernel: 3, stride: shape.stride, named: "\(name).conv1")
        value = convolution(value, shape.to, kernel: 3, activated: false, startsAtZero: true, named: "\(name).conv2")
        if squeezeExcite { value = excited(value, channels: shape.to, named: name) }
        return joined(value, source, shape, named: name)
    }

    mutating func bottleneck(_ source: String, _ shape: BlockShape, squeezeExcite: Bool, named name: String) -> String {
        let inner = max(shape.to / 4, 1)
        var value = convolution(source, inner, kernel: 1, named: "\(name).conv1")
        value = convolution(value, inner, kernel: 3, stride: shape.stride, named: "\(name).conv2")
        value = convolution(value, shape.to, kernel: 1, activated: false, startsAtZero: true, named: "\(name).conv3")
        if squeezeExcite { value = excited(value, channels: shape.to, named: name) }
        return joined(value, source, shape, named: name)
    }

    mutating func separable(_ source: String, _ shape: BlockShape, squeezeExcite: Bool, named name: String) -> String {
        let inner = shape.from * 4
        var value = convolution(source, inner, kernel: 1, named: "\(name).expand")
        value = convolution(value, inner, kernel: 3, stride: shape.stride, groups: inner, named: "\(name).depthwise")
        if squeezeExcite { value = excited(value, channels: inner, named: name) }
        // Without a skip a norm that starts at zero would stop every signal.
        value = convolution(value, shape.to, kernel: 1, activated: false, startsAtZero: !shape.changes, named: "\(name).project")
        return shape.changes ? value : builder.add(.add, value, source, named: "\(name).sum")
    }

    mutating func finish(_ source: String, head: Head, dropout: Double, outputs: Int) throws -> Network {
        var value: String
        switch head {
        case .mean: value = builder.add(.globalAveragePool, source, named: "mean")
        case .dense(let units):
            value = builder.add(.linear(Linear(outFeatures: units)), builder.add(.flatten, source, named: "flat"), named: "dense")
            value = activate(value, named: "dense")
        }
        if dropout > 0 { value = builder.add(.dropout(Dropout(probability: dropout)), value, named: "dropout") }
        let head = builder.add(.linear(Linear(outFeatures: outputs)), value, named: "head")
        return try builder.network(output: head)
    }

    private mutating func joined(_ value: String, _ source: String, _ shape: BlockShape, named name: String) -> String {
        var skip = source
        if shape.changes {
            skip = convolution(source, shape.to, kernel: 1, stride: shape.stride, activated: false, named: "\(name).skip")
        }
        return activate(builder.add(.add, value, skip, named: "\(name).sum"), named: name)
    }

    /// Squeeze and excitation with a reduction of 8.
    private mutating func excited(_ source: String, channels: Int, named name: String) -> String {
        var scale = builder.add(.globalAveragePool, source, named: "\(name).squeeze")
        scale = builder.add(.linear(Linear(outFeatures: max(channels / 8, 4))), scale, named: "\(name).reduce")
        scale = builder.add(.relu, scale, named: "\(name).reduce.relu")
        scale = builder.add(.linear(Linear(outFeatures: channels)), scale, named: "\(name).excite")
        scale = builder.add(.sigmoid, scale, named: "\(name).excite.sigmoid")
        return builder.add(.multiply, source, scale, named: "\(name).scaled")
    }

    private mutating func activate(_ source: String, named name: String) -> String {
        builder.add(activation.layer, source, named: "\(name).\(activation.rawValue)")
    }
}
