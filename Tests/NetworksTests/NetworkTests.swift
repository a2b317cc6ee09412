import Foundation
import Networks
import Testing

@Suite struct NetworkTests {
    private let tiny = """
        {"inputs": [{"name": "image", "kind": {"image": {"height": 8, "width": 6, "channels": 3}}}],
         "nodes": [
          {"id": "conv", "inputs": ["image"], "layer": {"conv2d":
            {"outChannels": 4, "kernel": [3, 1], "stride": 2, "padding": [1, 0], "groups": 1, "bias": true}}},
          {"id": "relu", "inputs": ["conv"], "layer": {"relu": {}}},
          {"id": "flat", "inputs": ["relu"], "layer": {"flatten": {}}}],
         "output": "flat"}
        """

    private func message(_ body: () throws -> Network) -> String {
        do {
            _ = try body()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `a network is read from readable JSON and written back the same`() throws {
        let network = try JSONDecoder().decode(Network.self, from: Data(tiny.utf8))
        #expect(network.shapes["conv"] == .image(channels: 4, height: 4, width: 3))
        #expect(network.outputShape == .vector(48))
        let again = try JSONDecoder().decode(Network.self, from: JSONEncoder().encode(network))
        #expect(again == network)
    }

    @Test func `every layer survives JSON`() throws {
        let layers: [Layer] = [
            .conv2d(Conv2d(outChannels: 3, kernel: Extent(height: 1, width: 7))), .linear(Linear(outFeatures: 3)),
            .embedding(Embedding(levels: 3, dimension: 2)), .batchNorm(BatchNorm()), .layerNorm(LayerNorm()), .relu, .gelu, .silu, .tanh,
            .sigmoid, .dropout(Dropout(probability: 0.5)), .maxPool(Pool(kernel: 2, stride: 2)), .averagePool(Pool(kernel: 2, stride: 1)),
            .globalAveragePool, .flatten, .add, .multiply, .concatenate, .spaceToDepth(SpaceToDepth(block: 2)),
        ]
        #expect(Set(layers.map(\.kind)).count == Layer.Kind.allCases.count)
        let again = try JSONDecoder().decode([Layer].self, from: JSONEncoder().encode(layers))
        #expect(again == layers)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Layer.self, from: Data(#"{"lstm": {}}"#.utf8)) }
    }

    @Test func `a network that cannot work says why`() throws {
        let image = Network.Input(name: "image", kind: .image(height: 4, width: 4, channels: 3))
        let flat = Network.Node(id: "flat", layer: .flatten, inputs: ["image"])
        func node(_ layer: Layer, _ source: String = "image") -> Network.Node { Network.Node(id: "it", layer: layer, inputs: [source]) }
        func complaint(_ nodes: [Network.Node], output: String = "it") -> String {
            message { try Network(inputs: [image], nodes: nodes, output: output) }
        }
        #expect(complaint([node(.relu, "later")]).contains("neither an input nor an earlier node"))
        #expect(complaint([node(.relu)], output: "gone").contains("'gone' is not a node"))
        #expect(complaint([flat, node(.relu)]).contains("nothing reads 'flat'"))
        #expect(complaint([flat, flat], output: "flat").contains("used twice"))
        #expect(complaint([node(.linear(Linear(outFeatures: 2)))]).contains("flatten it first"))
        #expect(complaint([node(.conv2d(Conv2d(outChannels: 4, kernel: 7)))]).contains("does not fit"))
        #expect(complaint([node(.conv2d(Conv2d(outChannels: 4, kernel: 1, groups: 2)))]).contains("groups"))
        #expect(complaint([node(.spaceToDepth(SpaceToDepth(block: 3)))]).contains("do not divide"))
        #expect(complaint([node(.spaceToDepth(SpaceToDepth(block: .max)))]).contains("do not divide"))
        #expect(complaint([node(.dropout(Dropout(probability: 1)))]).contains("outside"))
        #expect(complaint([flat, Network.Node(id: "it", layer: .add, inputs: ["flat", "image"])]).contains("one shape"))
        #expect(complaint([flat, node(.linear(Linear(outFeatures: .max)), "flat")]).contains("too large"))
        #expect(complaint([node(.conv2d(Conv2d(outChannels: 1, kernel: 1, padding: Extent(.max))))]).contains("padding"))
        #expect(complaint([node(.embedding(Embedding(levels: 3, dimension: 1)))]).contains("category"))
    }

    @Test func `parameters have PyTorch's names and shapes`() throws {
        let network = try Network.mlp(numbers: 3, categories: [4], hidden: [5], outputs: 2)
        let expected: [(String, [Int])] = [
            ("embedding0.weight", [4, 4]), ("hidden1.weight", [5, 7]), ("hidden1.norm.weight", [5]), ("hidden1.norm.bias", [5]),
            ("hidden1.norm.running_mean", [5]), ("hidden1.norm.running_var", [5]), ("head.weight", [2, 5]), ("head.bias", [2]),
        ]
        #expect(network.parameters.map(\.name) == expected.map(\.0))
        #expect(network.parameters.map(\.shape) == expected.map(\.1))
        #expect(network.parameters.filter(\.decays).map(\.name) == ["hidden1.weight", "head.weight"])
        #expect(network.parameters.filter { !$0.isTrainable }.count == 2)
        #expect(network.counts.weights == 16 + 35 + 10 + 12)
    }

    @Test func `weights of another network are refused`() throws {
        let network = try Network.mlp(numbers: 2, hidden: [], outputs: 1)
        var weights = ["head.weight": WeightTensor(shape: [1, 2], values: [1, 2])]
        #expect(throws: NetworkError.self) { try network.check(weights) }
        weights["head.bias"] = WeightTensor(shape: [1], values: [.nan])
        #expect(throws: NetworkError.self) { try network.check(weights) }
        weights["head.bias"] = WeightTensor(shape: [1], values: [0])
        try network.check(weights)
    }
}
