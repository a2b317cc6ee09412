extension Layer {
    /// The key of the layer in JSON, and the word used for it in messages.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable, CodingKey {
        case conv2d, linear, embedding, batchNorm, layerNorm, relu, gelu, silu, tanh, sigmoid, dropout, maxPool, averagePool
        case globalAveragePool, flatten, add, multiply, concatenate, spaceToDepth
    }

    public var kind: Kind {
        switch self {
        case .conv2d: .conv2d
        case .linear: .linear
        case .embedding: .embedding
        case .batchNorm: .batchNorm
        case .layerNorm: .layerNorm
        case .relu: .relu
        case .gelu: .gelu
        case .silu: .silu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .dropout: .dropout
        case .maxPool: .maxPool
        case .averagePool: .averagePool
        case .globalAveragePool: .globalAveragePool
        case .flatten: .flatten
        case .add: .add
        case .multiply: .multiply
        case .concatenate: .concatenate
        case .spaceToDepth: .spaceToDepth
        }
    }
}

extension Layer: Codable {
    private struct Nothing: Codable {}

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a layer is an object with one key, one of: \(known)"))
        }
        switch kind {
        case .conv2d: self = .conv2d(try container.decode(Conv2d.self, forKey: kind))
        case .linear: self = .linear(try container.decode(Linear.self, forKey: kind))
        case .embedding: self = .embedding(try container.decode(Embedding.self, forKey: kind))
        case .batchNorm: self = .batchNorm(try container.decode(BatchNorm.self, forKey: kind))
        case .layerNorm: self = .layerNorm(try container.decode(LayerNorm.self, forKey: kind))
        case .dropout: self = .dropout(try container.decode(Dropout.self, forKey: kind))
        case .maxPool: self = .maxPool(try container.decode(Pool.self, forKey: kind))
        case .averagePool: self = .averagePool(try container.decode(Pool.self, forKey: kind))
        case .spaceToDepth: self = .spaceToDepth(try container.decode(SpaceToDepth.self, forKey: kind))
        case .relu: self = .relu
        case .gelu: self = .gelu
        case .silu: self = .silu
        case .tanh: self = .tanh
        case .sigmoid: self = .sigmoid
        case .globalAveragePool: self = .globalAveragePool
        case .flatten: self = .flatten
        case .add: self = .add
        case .multiply: self = .multiply
        case .concatenate: self = .concatenate
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .conv2d(let layer): try container.encode(layer, forKey: kind)
        case .linear(let layer): try container.encode(layer, forKey: kind)
        case .embedding(let layer): try container.encode(layer, forKey: kind)
        case .batchNorm(let layer): try container.encode(layer, forKey: kind)
        case .layerNorm(let layer): try container.encode(layer, forKey: kind)
        case .dropout(let layer): try container.encode(layer, forKey: kind)
        case .maxPool(let layer), .averagePool(let layer): try container.encode(layer, forKey: kind)
        case .spaceToDepth(let layer): try container.encode(layer, forKey: kind)
        case .relu, .gelu, .silu, .tanh, .sigmoid, .globalAveragePool, .flatten, .add, .multiply, .concatenate:
            try container.encode(Nothing(), forKey: kind)
        }
    }
}

extension Extent: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let side = try? container.decode(Int.self) {
            self.init(side)
            return
        }
        let sides = try container.decode([Int].self)
        guard sides.count == 2 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an extent is a number or [height, width], not \(sides.count) numbers")
        }
        self.init(height: sides[0], width: sides[1])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if height == width { try container.encode(height) } else { try container.encode([height, width]) }
    }
}
