/// Size of an image that a network reads.
public struct ImageSize: Codable, Sendable, Hashable {
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }
}

/// How a convolutional network begins, and so at which resolution its first stage works.
public enum Stem: String, Codable, Sendable, Hashable, CaseIterable {
    /// 3×3 convolution at full resolution: for small images.
    case plain
    /// 3×3 convolution of stride 2: half the resolution.
    case strided
    /// 7×7 convolution of stride 2, then a pool of stride 2: a quarter (He et al. 2016, for photographs).
    case stridedPooled
    /// Blocks of 2×2 pixels become channels, then a 3×3 convolution: half, without loss.
    case spaceToDepth
    /// The same with blocks of 4×4: a quarter.
    case spaceToDepth4
}

/// What the stages of a residual network are made of.
public enum ResidualBlock: String, Codable, Sendable, Hashable, CaseIterable {
    /// Two 3×3 convolutions (He et al. 2016).
    case basic
    /// 1×1 to a quarter of the width, 3×3 (with the stride), 1×1 back.
    case bottleneck
    /// 1×1 to four times the width, depthwise 3×3, 1×1 back without activation (Sandler et al. 2018).
    case separable
}

/// How a convolutional network ends, before its last layer.
public enum Head: Codable, Sendable, Hashable {
    /// The mean of each channel: few weights, wants many passes over the data.
    case mean
    /// All values of the last stage into one hidden layer: learns faster where images are small.
    case dense(units: Int)
}

extension Network {
    /// A chain of 3×3 convolutions that shrinks the image early: `widths[i]` channels at stride `strides[i]`, then the head. The cheapest
    /// family per image, because little is computed at full resolution. The input is named `image`.
    /// - Throws: ``NetworkError`` where widths and strides do not match, or the image is too small.
    public static func stridedCNN(
        image: ImageSize, widths: [Int], strides: [Int], activation: Activation = .relu, head: Head, dropout: Double = 0, outputs: Int
    ) throws -> Network {
        guard !widths.isEmpty, widths.count == strides.count, widths.allSatisfy({ $0 > 0 }), strides.allSatisfy({ $0 > 0 }) else {
            throw NetworkError(.badStructure, "got \(widths.count) widths and \(strides.count) strides; each convolution needs one of both, above zero")
        }
        var cnn = CNNBuilder(activation: activation)
        var value = cnn.input(image)
        for (index, (width, stride)) in zip(widths, strides).enumerated() {
            value = cnn.convolution(value, width, kernel: 3, stride: stride, named: "conv\(index + 1)")
        }
        return try cnn.finish(value, head: head, dropout: dropout, outputs: outputs)
    }

    /// A residual convolutional network: stem, stages of blocks (each stage but the first halves the resolution), mean, `outputs`.
    ///
    /// The input is named `image`. Where a block changes shape, basic and bottleneck blocks project their skip by a 1×1 convolution,
    /// and separable blocks have none. The last norm of a block starts at zero.
    /// - Parameters:
    ///   - widths: channels that leave the blocks of each stage.
    ///   - blocks: blocks in each stage; as many as `widths`.
    ///   - squeezeExcite: scales the channels of each block by a small network on their means (Hu et al. 2018).
    ///   - dropout: share zeroed before the last layer.
    /// - Throws: ``NetworkError`` where widths and blocks do not match, or the image does not fit the stem.
    public static func residualCNN(
        image: ImageSize, stem: Stem = .plain, widths: [Int], blocks: [Int], block: ResidualBlock = .basic, squeezeExcite: Bool = false,
        activation: Activation = .relu, head: Head = .mean, dropout: Double = 0, outputs: Int
    ) throws -> Network {
        guard let first = widths.first, widths.count == blocks.count, blocks.allSatisfy({ $0 > 0 }), widths.allSatisfy({ $0 > 0 }) else {
            throw NetworkError(
                .badStructure, "got \(widths.count) widths and \(blocks.count) numbers of blocks; each stage needs one of both, above zero")
        }
        var cnn = CNNBuilder(activation: activation)
        var value = cnn.stem(stem, image: image, width: first)
        var width = first
        for (stage, (next, count)) in zip(widths, blocks).enumerated() {
            for index in 0..<count {
                let shape = BlockShape(from: width, to: next, stride: stage > 0 && index == 0 ? 2 : 1)
                let name = "stage\(stage + 1).block\(index + 1)"
                value =
                    switch block {
                    case .basic: cnn.basic(value, shape, squeezeExcite: squeezeExcite, named: name)
                    case .bottleneck: cnn.bottleneck(value, shape, squeezeExcite: squeezeExcite, named: name)
                    case .separable: cnn.separable(value, shape, squeezeExcite: squeezeExcite, named: name)
                    }
                width = next
            }
        }
        return try cnn.finish(value, head: head, dropout: dropout, outputs: outputs)
    }

    /// A plain convolutional network: stages of 3×3 convolutions with a 2×2 max pool between them (as Simonyan and Zisserman 2015, with
    /// batch norm), mean, `outputs`. The input is named `image`.
    /// - Throws: ``NetworkError`` where there is no stage, or the image is too small for the pools.
    public static func plainCNN(
        image: ImageSize, widths: [Int], convolutionsPerStage: Int = 2, activation: Activation = .relu, head: Head = .mean, dropout: Double = 0,
        outputs: Int
    ) throws -> Network {
        guard !widths.isEmpty, convolutionsPerStage > 0 else {
            throw NetworkError(.badStructure, "a plain network needs at least one stage with one convolution")
        }
        var cnn = CNNBuilder(activation: activation)
        var value = cnn.input(image)
        for (stage, width) in widths.enumerated() {
            if stage > 0 { value = cnn.builder.add(.maxPool(Pool(kernel: 2, stride: 2)), value, named: "stage\(stage + 1).pool") }
            for index in 0..<convolutionsPerStage {
                value = cnn.convolution(value, width, kernel: 3, named: "stage\(stage + 1).conv\(index + 1)")
            }
        }
        return try cnn.finish(value, head: head, dropout: dropout, outputs: outputs)
    }
}
