import Networks

/// Networks from the literature, as their papers draw them, to check the counts against.
enum KnownNetworks {
    /// Krizhevsky et al. 2012, with its two groups; the input of 227×227 makes its printed sizes come out.
    static func alexNet() throws -> Network {
        var builder = NetworkBuilder()
        var value = builder.input("image", .image(height: 227, width: 227, channels: 3))
        func conv(_ channels: Int, _ kernel: Int, stride: Int = 1, padding: Int, groups: Int = 1) -> Layer {
            .conv2d(
                Conv2d(outChannels: channels, kernel: Extent(kernel), stride: Extent(stride), padding: Extent(padding), groups: groups))
        }
        let pool = Layer.maxPool(Pool(kernel: 3, stride: 2))
        let layers: [(String, Layer)] = [
            ("conv1", conv(96, 11, stride: 4, padding: 0)), ("relu1", .relu), ("pool1", pool),
            ("conv2", conv(256, 5, padding: 2, groups: 2)), ("relu2", .relu), ("pool2", pool),
            ("conv3", conv(384, 3, padding: 1)), ("relu3", .relu), ("conv4", conv(384, 3, padding: 1, groups: 2)), ("relu4", .relu),
            ("conv5", conv(256, 3, padding: 1, groups: 2)), ("relu5", .relu), ("pool5", pool), ("flat", .flatten),
            ("fc6", .linear(Linear(outFeatures: 4096))), ("relu6", .relu), ("fc7", .linear(Linear(outFeatures: 4096))), ("relu7", .relu),
            ("fc8", .linear(Linear(outFeatures: 1000))),
        ]
        for (name, layer) in layers { value = builder.add(layer, value, named: name) }
        return try builder.network(output: value)
    }

    /// Simonyan and Zisserman 2015, configuration D.
    static func vgg16() throws -> Network {
        var builder = NetworkBuilder()
        var value = builder.input("image", .image(height: 224, width: 224, channels: 3))
        for (channels, count) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
            for _ in 0..<count {
                value = builder.add(.conv2d(Conv2d(outChannels: channels, kernel: 3, padding: 1)), value)
                value = builder.add(.relu, value)
            }
            value = builder.add(.maxPool(Pool(kernel: 2, stride: 2)), value)
        }
        value = builder.add(.flatten, value)
        for width in [4096, 4096, 1000] { value = builder.add(.linear(Linear(outFeatures: width)), value) }
        return try builder.network(output: value)
    }

    /// He et al. 2016. Version 1 has the stride in the first 1×1 convolution of a block, version 1.5 in the 3×3.
    static func resNet50(strideInFirst: Bool) throws -> Network {
        var builder = NetworkBuilder()
        func conv(_ source: String, _ channels: Int, _ kernel: Int, stride: Int = 1) -> String {
            let layer = Conv2d(
                outChannels: channels, kernel: Extent(kernel), stride: Extent(stride), padding: Extent(kernel / 2), bias: false)
            return builder.add(.batchNorm(BatchNorm()), builder.add(.conv2d(layer), source))
        }
        var value = builder.input("image", .image(height: 224, width: 224, channels: 3))
        value = builder.add(.relu, conv(value, 64, 7, stride: 2))
        value = builder.add(.maxPool(Pool(kernel: 3, stride: 2, padding: 1)), value)
        for (stage, count) in [3, 4, 6, 3].enumerated() {
            let inner = 64 << stage
            for block in 0..<count {
                let stride = stage > 0 && block == 0 ? 2 : 1
                let skip = block == 0 ? conv(value, inner * 4, 1, stride: stride) : value
                var branch = builder.add(.relu, conv(value, inner, 1, stride: strideInFirst ? stride : 1))
                branch = builder.add(.relu, conv(branch, inner, 3, stride: strideInFirst ? 1 : stride))
                value = builder.add(.relu, builder.add(.add, conv(branch, inner * 4, 1), skip))
            }
        }
        value = builder.add(.linear(Linear(outFeatures: 1000)), builder.add(.globalAveragePool, value), named: "head")
        return try builder.network(output: value)
    }
}
