import Networks
import Testing

@Suite struct BuildersTests {
    @Test func `the dimension of an embedding grows slowly with its levels`() {
        #expect([1, 2, 3, 10, 100, 1000, 100_000].map(Embedding.usualDimension(levels:)) == [2, 3, 3, 6, 22, 50, 50])
    }

    @Test func `an MLP joins embeddings and numbers`() throws {
        let network = try Network.mlp(numbers: 2, categories: [3, 10], hidden: [16, 16, 8], dropout: 0.1, residual: true, outputs: 4)
        #expect(network.inputs.map(\.name) == ["numbers", "category0", "category1"])
        #expect(network.shapes["features"] == .vector(2 + 3 + 6))
        #expect(network.outputShape == .vector(4))
        #expect(network.nodes.filter { $0.layer.kind == .add }.count == 2)
        #expect(network.parameters.contains { $0.name == "hidden3.skip.weight" && $0.shape == [8, 16] })
    }

    @Test func `an MLP may read only numbers, only categories, or have no hidden layer`() throws {
        #expect(try Network.mlp(numbers: 0, categories: [5], hidden: [4], outputs: 1).inputs.map(\.name) == ["category0"])
        #expect(try Network.mlp(numbers: 3, hidden: [], outputs: 1).nodes.count == 1)
        #expect(throws: NetworkError.self) { try Network.mlp(numbers: 0, hidden: [4], outputs: 1) }
        #expect(throws: NetworkError.self) { try Network.mlp(numbers: 2, hidden: [0], outputs: 1) }
    }

    @Test(arguments: Stem.allCases, ResidualBlock.allCases)
    func `residual networks fit for every stem and block`(stem: Stem, block: ResidualBlock) throws {
        let network = try Network.residualCNN(
            image: ImageSize(height: 28, width: 28, channels: 1), stem: stem, widths: [8, 16], blocks: [1, 2], block: block,
            squeezeExcite: true, activation: .silu, dropout: 0.2, outputs: 10)
        let side = [.plain: 28, .strided: 14, .stridedPooled: 7, .spaceToDepth: 14, .spaceToDepth4: 7][stem] ?? 0
        #expect(network.shapes["stem.silu"]?.channelCount == 8)
        #expect(network.outputShape == .vector(10))
        let halved = (side + 1) / 2
        let last = network.nodes.last { $0.layer.kind == .globalAveragePool }
        #expect(last?.inputs.first.flatMap { network.shapes[$0] } == .image(channels: 16, height: halved, width: halved))
    }

    @Test func `ResNet-50 from the builder has the published weights`() throws {
        let network = try Network.residualCNN(
            image: ImageSize(height: 224, width: 224, channels: 3), stem: .stridedPooled, widths: [256, 512, 1024, 2048],
            blocks: [3, 4, 6, 3], block: .bottleneck, outputs: 1000)
        // The stem is as wide as the first stage here, 256 and not 64, so the first block reads more and needs no projection.
        let wider = 192 * (7 * 7 * 3 + 2) + 192 * 64
        let projection = 64 * 256 + 2 * 256
        #expect(network.counts.weights == 25_557_032 + wider - projection)
    }

    @Test func `a plain network halves between its stages`() throws {
        let network = try Network.plainCNN(image: ImageSize(height: 32, width: 32, channels: 3), widths: [8, 16, 32], outputs: 10)
        #expect(network.shapes["stage3.conv2.relu"] == .image(channels: 32, height: 8, width: 8))
        #expect(throws: NetworkError.self) {
            try Network.plainCNN(image: ImageSize(height: 2, width: 2, channels: 3), widths: [8, 8, 8], outputs: 2)
        }
    }
}
