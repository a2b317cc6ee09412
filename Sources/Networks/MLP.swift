import Foundation

/// The non-linearity between layers.
public enum Activation: String, Codable, Sendable, Hashable, CaseIterable {
    case relu, gelu, silu, tanh

    public var layer: Layer {
        switch self {
        case .relu: .relu
        case .gelu: .gelu
        case .silu: .silu
        case .tanh: .tanh
        }
    }
}

extension Embedding {
    /// The dimension that fast.ai found to work across tables: min(50, ⌈1.6 · levels^0.56⌉).
    public static func usualDimension(levels: Int) -> Int { min(50, Int((1.6 * pow(Double(max(levels, 1)), 0.56)).rounded(.up))) }
}

extension Network {
    /// A network for tables: embeddings of the categories joined with the numbers, then hidden layers, then `outputs`.
    ///
    /// Inputs are named `numbers` (absent where there are none) and `category0`, `category1`, ….
    /// With `residual`, each hidden layer adds what it is given to what it makes (through a matrix where widths differ).
    /// - Parameters:
    ///   - categories: rows of each embedding, so with the row for missing and unseen levels.
    ///   - embeddingDimension: from levels to dimension.
    ///   - dropout: share zeroed after each hidden layer.
    /// - Throws: ``NetworkError`` where a width is not positive, or there is neither number nor category.
    public static func mlp(
        numbers: Int, categories: [Int] = [], embeddingDimension: (Int) -> Int = Embedding.usualDimension(levels:), hidden: [Int],
        activation: Activation = .relu, dropout: Double = 0, batchNorm: Bool = true, residual: Bool = false, outputs: Int
    ) throws -> Network {
        var builder = NetworkBuilder()
        var parts = numbers > 0 ? [builder.input("numbers", .numbers(count: numbers))] : []
        for (index, levels) in categories.enumerated() {
            let category = builder.input("category\(index)", .category(levels: levels))
            let embedding = Embedding(levels: levels, dimension: embeddingDimension(levels))
            parts.append(builder.add(.embedding(embedding), category, named: "embedding\(index)"))
        }
        guard var value = parts.first else {
            throw NetworkError(.badStructure, "an MLP of no numbers and no categories has nothing to read; give it at least one column")
        }
        if parts.count > 1 { value = builder.add(.concatenate, parts, named: "features") }
        var width: Int?
        for (index, next) in hidden.enumerated() {
            let given = value
            let name = "hidden\(index + 1)"
            value = builder.add(.linear(Linear(outFeatures: next, bias: !batchNorm)), value, named: name)
            if batchNorm { value = builder.add(.batchNorm(BatchNorm()), value, named: "\(name).norm") }
            value = builder.add(activation.layer, value, named: "\(name).\(activation.rawValue)")
            if dropout > 0 { value = builder.add(.dropout(Dropout(probability: dropout)), value, named: "\(name).dropout") }
            if residual, index > 0 {
                let skip =
                    width == next ? given : builder.add(.linear(Linear(outFeatures: next, bias: false)), given, named: "\(name).skip")
                value = builder.add(.add, value, skip, named: "\(name).sum")
            }
            width = next
        }
        let head = builder.add(.linear(Linear(outFeatures: outputs)), value, named: "head")
        return try builder.network(output: head)
    }
}
