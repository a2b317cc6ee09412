import Networks
import Testing

@Suite struct NetworkCountsTests {
    /// Sums over convolutions and over linear layers.
    private func split(_ network: Network) -> (convWeights: Int, convMACs: Int, linearWeights: Int, linearMACs: Int) {
        var result = (0, 0, 0, 0)
        for (node, layer) in zip(network.nodes, network.counts.layers) {
            switch node.layer.kind {
            case .conv2d: result = (result.0 + layer.kernelWeights, result.1 + layer.macs, result.2, result.3)
            case .linear: result = (result.0, result.1, result.2 + layer.kernelWeights, result.3 + layer.macs)
            default: break
            }
        }
        return result
    }

    private func near(_ value: Int, _ printed: Double, digits: Double) -> Bool { abs(Double(value) - printed) <= digits / 2 * 1.0001 }

    @Test func `AlexNet costs what the tutorials print, layer by layer`() throws {
        let network = try KnownNetworks.alexNet()
        let layers = Dictionary(uniqueKeysWithValues: network.counts.layers.map { ($0.id, $0) })
        let weights = ["conv1": 34_848, "conv2": 307_200, "conv3": 884_736, "conv4": 663_552, "conv5": 442_368]
        for (name, expected) in weights { #expect(layers[name]?.kernelWeights == expected, "\(name)") }
        let macs = ["conv1": 105.4e6, "conv2": 223.9e6, "conv3": 149.5e6, "conv4": 112.1e6, "conv5": 74.8e6]
        for (name, expected) in macs { #expect(near(layers[name]?.macs ?? 0, expected, digits: 0.1e6), "\(name)") }
        let parts = split(network)
        #expect(near(parts.convWeights, 2.333e6, digits: 1e3))
        #expect(near(parts.convMACs, 665.8e6, digits: 0.1e6))
        #expect(near(parts.linearMACs, 58.62e6, digits: 1e4))
        #expect(near(network.counts.macs, 724.4e6, digits: 0.1e6))
        #expect(network.counts.kernelWeights == 60_954_656)
        // torchvision's alexnet has no groups; with the paper's two groups and biases there are 60.97 million.
        #expect(network.counts.weights == 60_965_224)
    }

    @Test func `VGG-16 costs what the tutorials print`() throws {
        let network = try KnownNetworks.vgg16()
        let parts = split(network)
        #expect(near(parts.convWeights, 14.71e6, digits: 1e4))
        #expect(near(parts.convMACs, 15.347e9, digits: 1e6))
        #expect(near(parts.linearWeights, 123.63e6, digits: 1e4))
        #expect(near(network.counts.macs, 15.470e9, digits: 1e6))
        #expect(near(network.counts.kernelWeights, 138.34e6, digits: 1e4))
        // torchvision's vgg16 holds this many numbers, biases included.
        #expect(network.counts.weights == 138_357_544)
    }

    @Test(arguments: [(true, 3.856e9, 3.858e9), (false, 4.087e9, 4.089e9)])
    func `both versions of ResNet-50 cost what they should`(strideInFirst: Bool, convMACs: Double, macs: Double) throws {
        let network = try KnownNetworks.resNet50(strideInFirst: strideInFirst)
        let parts = split(network)
        #expect(near(parts.convMACs, convMACs, digits: 1e6))
        #expect(near(network.counts.macs, macs, digits: 1e6))
        #expect(near(parts.linearWeights, 2.05e6, digits: 1e4))
        #expect(parts.convWeights == 23_454_912)
        #expect(near(network.counts.kernelWeights, 25.50e6, digits: 1e4))
        // torchvision's resnet50 holds this many trainable numbers.
        #expect(network.counts.weights == 25_557_032)
    }

    @Test func `the peak of activations follows the last reader`() throws {
        var builder = NetworkBuilder()
        let image = builder.input("image", .image(height: 4, width: 4, channels: 1))
        let wide = builder.add(.conv2d(Conv2d(outChannels: 8, kernel: 3, padding: 1)), image)
        let narrow = builder.add(.conv2d(Conv2d(outChannels: 2, kernel: 1)), wide)
        let skip = builder.add(.conv2d(Conv2d(outChannels: 2, kernel: 1)), image)
        let head = builder.add(.flatten, builder.add(.add, narrow, skip))
        let counts = try builder.network(output: head).counts
        // The image (16) stays for the skip while wide (128) and narrow (32) are there.
        #expect(counts.peakActivations == 16 + 128 + 32)
        #expect(counts.activations == 128 + 32 + 32 + 32 + 32)
    }
}
