import Foundation
public import Networks

/// How raw data become a network's inputs inside the model.
public enum NetworkPreprocessing: Codable, Sendable, Hashable {
    /// One graph input per column. Features go to the network's input of numbers, indices to its categories in order.
    case table(TablePreprocessing)
    /// One graph input `pixels`.
    case image(ImagePreprocessing)
    /// The graph takes the network's inputs as they are: float `[N, …]`, and int64 `[N]` for categories.
    case none
}

/// What the network's result becomes.
public enum NetworkHead: Codable, Sendable, Hashable {
    /// Output `probabilities`, float `[N, classes]`: the softmax of one logit per class, also for two classes.
    case classification(classes: [String])
    /// Output `values`, float `[N, 1]`: result · scale + mean.
    case regression(mean: Double, scale: Double)
}

/// Writes a network with its trained weights as an ONNX model.
public enum NetworkExporter {
    /// - Parameters:
    ///   - weights: by the names in `network.parameters`, running statistics included.
    ///   - metadata: kept in the file; the classes are added as `classes`, a JSON array of strings.
    /// - Throws: `NetworkError` where weights are missing or not finite, ``ONNXError`` `.mismatch` where network, preprocessing and head
    ///   do not fit together, `.badValue` where preprocessing is spoilt, `.badName` where columns have no names of their own.
    public static func export(
        _ network: Network, weights: [String: WeightTensor], preprocessing: NetworkPreprocessing, head: NetworkHead,
        metadata: [String: String] = [:]
    ) throws -> ONNXModel {
        let serving = try ServingNetwork(network, weights: weights)
        let builder = GraphBuilder(name: "network")
        var values = try inputs(of: network, preprocessing, in: builder)
        var writer = LayerWriter(serving: serving, builder: builder)
        for node in serving.nodes {
            values[node.id] = writer.write(node, reading: node.inputs.map { values[serving.resolve($0)] ?? $0 })
        }
        let result = values[serving.resolve(network.output)] ?? network.output
        var metadata = metadata
        try write(head, of: result, shape: network.outputShape, metadata: &metadata, in: builder)
        return try builder.model(metadata: metadata)
    }

    /// - Returns: for each input of the network, the value in the graph.
    private static func inputs(
        of network: Network, _ preprocessing: NetworkPreprocessing, in builder: GraphBuilder
    ) throws -> [String: String] {
        switch preprocessing {
        case .table(let table): return try inputs(of: network, table, in: builder)
        case .image(let image):
            let expected = Network.InputKind.image(height: image.height, width: image.width, channels: image.channels)
            guard network.inputs.count == 1, network.inputs[0].kind == expected else {
                throw ONNXError(.mismatch, "the preprocessing makes \(expected) and the network reads \(network.inputs.map(\.kind))")
            }
            return [network.inputs[0].name: try image.encode(in: builder)]
        case .none:
            for input in network.inputs {
                switch input.kind {
                case .numbers(let count): try builder.input(input.name, .float, ["N", .fixed(count)])
                case .category: try builder.input(input.name, .int64, ["N"])
                case .image(let height, let width, let channels):
                    try builder.input(input.name, .float, ["N", .fixed(channels), .fixed(height), .fixed(width)])
                }
            }
            return Dictionary(network.inputs.map { ($0.name, $0.name) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private static func inputs(of network: Network, _ table: TablePreprocessing, in builder: GraphBuilder) throws -> [String: String] {
        let numbers: [Network.InputKind] = table.featureCount > 0 ? [.numbers(count: table.featureCount)] : []
        let made = numbers + table.categories.map { .category(levels: $0.indexCount) }
        let isCategory = { (input: Network.Input) -> Bool in if case .category = input.kind { true } else { false } }
        let read = network.inputs.filter { !isCategory($0) } + network.inputs.filter(isCategory)
        guard made == read.map(\.kind) else {
            throw ONNXError(
                .mismatch, "the preprocessing makes \(made) and the network reads \(read.map(\.kind)); make both from one table")
        }
        let encoded = try table.encode(in: builder)
        let values = (encoded.features.map { [$0] } ?? []) + encoded.indices
        return Dictionary(zip(read.map(\.name), values), uniquingKeysWith: { first, _ in first })
    }

    private static func write(
        _ head: NetworkHead, of value: String, shape: ValueShape, metadata: inout [String: String], in builder: GraphBuilder
    ) throws {
        switch head {
        case .classification(let classes):
            guard shape == .vector(classes.count), classes.count >= 2 else {
                throw ONNXError(.mismatch, "the network gives \(shape) and there are \(classes.count) classes; it needs one logit for each")
            }
            metadata["classes"] = String(decoding: try JSONEncoder().encode(classes), as: UTF8.self)
            let probabilities = builder.node("Softmax", [value], ["axis": 1], named: "softmax")
            try builder.output(probabilities, as: "probabilities", .float, ["N", .fixed(classes.count)])
        case .regression(let mean, let scale):
            guard shape == .vector(1) else {
                throw ONNXError(.mismatch, "the network gives \(shape); a regression needs a vector of 1")
            }
            guard mean.isFinite, scale.isFinite else {
                throw ONNXError(.badValue, "a regression's mean and scale must be finite; got \(mean) and \(scale)")
            }
            let scaled = builder.node("Mul", [value, builder.constant(.scalar(Float(scale)), named: "target.scale")])
            let shifted = builder.node("Add", [scaled, builder.constant(.scalar(Float(mean)), named: "target.mean")])
            try builder.output(shifted, as: "values", .float, ["N", 1])
        }
    }
}
