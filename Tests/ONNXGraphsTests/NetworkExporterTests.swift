import Foundation
import Networks
import ONNXGraphs
import Testing

@Suite struct NetworkExporterTests {
    private let nan = Double.nan

    /// Exports a network of images, and leaves it with what the reference says of random pixels.
    private func image(_ network: Network, size: ImageSize, named name: String, seed: UInt64 = 1) throws -> ONNXModel {
        var numbers = SeededNumbers(seed: seed)
        let weights = numbers.weights(for: network)
        let preprocessing = ImagePreprocessing(
            height: size.height, width: size.width, mean: (0..<size.channels).map { 0.4 + 0.05 * Double($0) },
            deviation: (0..<size.channels).map { 0.2 + 0.05 * Double($0) })
        let classes = (0..<network.outputShape.elementCount).map { "class \($0)" }
        let model = try NetworkExporter.export(
            network, weights: weights, preprocessing: .image(preprocessing), head: .classification(classes: classes))
        let rows = 3
        let valueCount = size.height * size.width * size.channels
        let pixels = (0..<rows * valueCount).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        let values = preprocessing.values(pixels).map { Double($0) }
        let reference = ReferenceForward(network: network, weights: weights)
        let expected = (0..<rows).flatMap { row in
            ModelFiles.softmax(reference([network.inputs[0].name: Array(values[row * valueCount..<(row + 1) * valueCount])]))
        }
        try ModelFiles.leave(
            model, named: name,
            inputs: [("pixels", [rows, size.height, size.width, size.channels], .numbers(pixels.map { Double($0) }))],
            outputs: [("probabilities", [rows, classes.count], .numbers(expected))])
        return model
    }

    @Test(arguments: ResidualBlock.allCases, Stem.allCases)
    func `residual networks are exported with their norms folded`(block: ResidualBlock, stem: Stem) throws {
        let size = ImageSize(height: 12, width: 8, channels: stem == .plain ? 1 : 3)
        let network = try Network.residualCNN(
            image: size, stem: stem, widths: [4, 8], blocks: [1, 2], block: block, squeezeExcite: stem == .strided,
            activation: stem == .plain ? .relu : .silu, dropout: 0.1, outputs: 3)
        let model = try image(network, size: size, named: "residual-\(block)-\(stem)")
        #expect(!model.operators.contains("BatchNormalization") && !model.operators.contains("Dropout"))
        #expect(model.operators.filter { $0 == "Conv" }.count == network.nodes.filter { $0.layer.kind == .conv2d }.count)
        // Two for the pixels and none for norms; the rest are the activation's and the gates'.
        let gates = network.nodes.filter { $0.layer.kind == .multiply || $0.layer.kind == .silu }.count
        #expect(model.operators.filter { $0 == "Mul" }.count == 1 + gates)
        #expect(model.inputs.map(\.name) == ["pixels"])
        #expect(model.outputs == [TensorDescription(name: "probabilities", elementType: .float, dimensions: ["N", 3])])
        #expect(model.metadata["classes"] == #"["class 0","class 1","class 2"]"#)
    }

    @Test func `every layer is exported, and norms stay where they cannot be folded`() throws {
        var builder = NetworkBuilder()
        let source = builder.input("image", .image(height: 8, width: 8, channels: 2))
        // The norm reads the image itself, and later a convolution that something else reads too.
        let normed = builder.add(.batchNorm(BatchNorm()), source, named: "first norm")
        let conv = builder.add(
            .conv2d(Conv2d(outChannels: 4, kernel: Extent(height: 3, width: 1), padding: Extent(height: 1, width: 0), groups: 2)), normed)
        let dropped = builder.add(.dropout(Dropout(probability: 0.3)), conv)
        let shared = builder.add(.batchNorm(BatchNorm()), dropped, named: "shared norm")
        let sum = builder.add(.add, [shared, conv, builder.add(.tanh, shared)])
        let most = builder.add(.maxPool(Pool(kernel: 3, stride: 2, padding: 1)), sum)
        let mean = builder.add(.averagePool(Pool(kernel: 3, stride: 2, padding: 1)), sum)
        let joined = builder.add(.concatenate, most, mean)
        let blocks = builder.add(.spaceToDepth(SpaceToDepth(block: 2)), joined)
        let gate = builder.add(.sigmoid, builder.add(.globalAveragePool, blocks))
        let scaled = builder.add(.multiply, blocks, gate)
        let flat = builder.add(.flatten, scaled)
        let hidden = builder.add(.linear(Linear(outFeatures: 6)), flat)
        let centered = builder.add(.layerNorm(LayerNorm()), builder.add(.batchNorm(BatchNorm()), hidden, named: "folded norm"))
        let product = builder.add(.multiply, builder.add(.gelu, centered), builder.add(.silu, centered))
        let ends = builder.add(.concatenate, product, centered)
        let logits = builder.add(.linear(Linear(outFeatures: 2, bias: false)), ends)
        let network = try builder.network(output: logits)
        let model = try image(network, size: ImageSize(height: 8, width: 8, channels: 2), named: "every-layer")
        // Two norms of images stay as a scale and a shift each.
        #expect(model.operators.filter { $0 == "Add" }.count == 1 + 2 + 1)
        #expect(model.operators.filter { $0 == "Gemm" }.count == 2)
    }

    private let table = TablePreprocessing(
        numbers: [
            .init(name: "when", isDate: true, center: 1.6e9, scale: 1e6, replacement: 1.6e9, hasIndicator: true),
            .init(name: "price in €", center: 10, scale: 4, replacement: 11, hasIndicator: false),
            .init(name: "size", center: -1, scale: 0.5, replacement: -1, hasIndicator: true),
        ],
        categories: [.init(name: "color", levels: ["red", "blue", ""]), .init(name: "probabilities", levels: ["no", "yes"])])

    /// Columns for the preprocessing above: odd numbers, unknown and missing levels.
    private var columns: (numbers: [[Double]], strings: [[String]], indices: [[Double]]) {
        (
            [[1.6e9, 1.601e9 + 1, nan, -.infinity], [10, nan, .infinity, 400], [nan, -1, 0.5, 3e38]],
            [["blue", "red", "purple", ""], ["yes", "no", "maybe", "yes"]], [[2, 1, 0, 3], [2, 1, 0, 2]]
        )
    }

    private func columns(of table: TablePreprocessing) -> [[Double]] {
        table.clipping == .none ? columns.numbers.map { $0.map { $0 > 1e38 && $0.isFinite ? 400 : $0 } } : columns.numbers
    }

    private func reference(_ network: Network, _ weights: [String: WeightTensor], _ table: TablePreprocessing) -> [[Double]] {
        // Without clipping, the largest of floats would pass what a float can hold.
        let features = table.features(columns(of: table)).map { Double($0) }
        let forward = ReferenceForward(network: network, weights: weights)
        return (0..<4).map { row in
            forward([
                "numbers": Array(features[row * table.featureCount..<(row + 1) * table.featureCount]),
                "category0": [columns.indices[0][row]], "category1": [columns.indices[1][row]],
            ])
        }
    }

    private func example(of table: TablePreprocessing) -> ModelFiles.Example {
        zip(table.numbers.map(\.name), columns(of: table)).map { ($0, [4, 1], .numbers($1)) }
            + zip(table.categories.map(\.name), columns.strings).map { ($0, [4, 1], .strings($1)) }
    }

    @Test(arguments: [TablePreprocessing.Clipping.none, .hard(limit: 2), .smooth(limit: 3)], [false, true])
    func `a table network reads raw columns, missing and unknown values among them`(
        clipping: TablePreprocessing.Clipping, residual: Bool
    ) throws {
        var table = table
        table.clipping = clipping
        let network = try Network.mlp(
            numbers: table.featureCount, categories: table.categories.map(\.indexCount), hidden: [8, 8], activation: .gelu, dropout: 0.2,
            batchNorm: residual, residual: residual, outputs: 2)
        var numbers = SeededNumbers(seed: 7)
        let weights = numbers.weights(for: network)
        let model = try NetworkExporter.export(
            network, weights: weights, preprocessing: .table(table), head: .classification(classes: ["no", "yes"]))
        #expect(model.inputs.map(\.name) == ["when", "price in €", "size", "color", "probabilities"])
        #expect(model.inputs.map(\.elementType) == [.double, .float, .float, .string, .string])
        // A column is called like the output, which steps aside.
        #expect(model.outputs.map(\.name) == ["probabilities_"])
        let word =
            switch clipping {
            case .none: "none";
            case .hard: "hard";
            case .smooth: "smooth"
            }
        let expected = reference(network, weights, table).flatMap(ModelFiles.softmax)
        try ModelFiles.leave(
            model, named: "table-\(word)-\(residual)", inputs: example(of: table),
            outputs: [("probabilities_", [4, 2], .numbers(expected))])
    }

    @Test func `a regression gives values on the scale of the target`() throws {
        let network = try Network.mlp(
            numbers: table.featureCount, categories: table.categories.map(\.indexCount), hidden: [6], outputs: 1)
        var numbers = SeededNumbers(seed: 11)
        let weights = numbers.weights(for: network)
        let model = try NetworkExporter.export(
            network, weights: weights, preprocessing: .table(table), head: .regression(mean: 100, scale: 25), metadata: ["unit": "€"])
        #expect(model.outputs == [TensorDescription(name: "values", elementType: .float, dimensions: ["N", 1])])
        #expect(model.metadata == ["unit": "€"])
        let expected = reference(network, weights, table).map { $0[0] * 25 + 100 }
        try ModelFiles.leave(model, named: "regression", inputs: example(of: table), outputs: [("values", [4, 1], .numbers(expected))])
    }

    @Test func `a folded network gives golden numbers`() throws {
        // By hand: conv weight 2 and bias 1; norm (x − 3) / √(0.99999 + 1e-5) · 4 + 5; so the weight is 8 and the bias −3.
        var builder = NetworkBuilder()
        let image = builder.input("image", .image(height: 1, width: 1, channels: 1))
        let conv = builder.add(.conv2d(Conv2d(outChannels: 1, kernel: 1)), image, named: "conv")
        let flat = builder.add(.flatten, builder.add(.batchNorm(BatchNorm()), conv, named: "norm"))
        let network = try builder.network(output: flat)
        func one(_ value: Float, _ shape: [Int] = [1]) -> WeightTensor { WeightTensor(shape: shape, values: [value]) }
        let weights = [
            "conv.weight": one(2, [1, 1, 1, 1]), "conv.bias": one(1), "norm.weight": one(4), "norm.bias": one(5),
            "norm.running_mean": one(3), "norm.running_var": one(0.99999),
        ]
        let model = try NetworkExporter.export(network, weights: weights, preprocessing: .none, head: .regression(mean: 0, scale: 1))
        #expect(model.operators == ["Conv", "Flatten", "Mul", "Add"])
        try ModelFiles.leave(
            model, named: "golden", inputs: [("image", [3, 1, 1, 1], .numbers([0, 1, -2]))],
            outputs: [("values", [3, 1], .numbers([-3, 5, -19]))])
    }

    @Test func `parts that do not fit together are refused with a reason`() throws {
        let network = try Network.mlp(numbers: 2, hidden: [], outputs: 2)
        var numbers = SeededNumbers(seed: 3)
        let weights = numbers.weights(for: network)
        func refused(_ preprocessing: NetworkPreprocessing, _ head: NetworkHead, _ weights: [String: WeightTensor]) -> String {
            do {
                _ = try NetworkExporter.export(network, weights: weights, preprocessing: preprocessing, head: head)
                return "no error"
            } catch { return "\(error)" }
        }
        let classes = NetworkHead.classification(classes: ["a", "b"])
        #expect(refused(.none, classes, weights) == "no error")
        #expect(refused(.none, .classification(classes: ["a", "b", "c"]), weights).contains("3 classes"))
        #expect(refused(.none, .regression(mean: 0, scale: 1), weights).contains("vector of 1"))
        #expect(refused(.table(table), classes, weights).contains("the network reads"))
        #expect(refused(.none, classes, [:]).contains("lack 'head.weight'"))
        let image = ImagePreprocessing(height: 2, width: 2, mean: [0], deviation: [1])
        #expect(refused(.image(image), classes, weights).contains("the network reads"))
    }

    @Test func `pixels become planes`() {
        let image = ImagePreprocessing(height: 1, width: 2, mean: [0, 0.5], deviation: [1, 0.5])
        let values = image.values([255, 0, 0, 255])
        #expect(zip(values, [1, 0, -1, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(throws: ONNXError.self) { try ImagePreprocessing(height: 1, width: 2, mean: [0], deviation: [0]).validate() }
    }
}
