/// A network as a value: named inputs, layers in an order in which they can be computed, and one output.
///
/// It holds no weights. ``parameters`` names and shapes them for a trainer and an exporter; ``counts`` says what a row costs.
/// Every instance is valid: the initialiser and the decoder check structure and shapes.
public struct Network: Sendable, Hashable {
    /// What one row of an input is.
    public enum InputKind: Codable, Sendable, Hashable {
        /// A vector of `count` numbers.
        case numbers(count: Int)
        /// One index below `levels`.
        case category(levels: Int)
        /// Laid out `[channels, height, width]`.
        case image(height: Int, width: Int, channels: Int)
    }

    public struct Input: Codable, Sendable, Hashable {
        public var name: String
        public var kind: InputKind

        public init(name: String, kind: InputKind) {
            self.name = name
            self.kind = kind
        }
    }

    /// A layer and where its inputs come from.
    public struct Node: Codable, Sendable, Hashable {
        /// Unique among nodes and inputs; also the first part of the names of its parameters.
        public var id: String
        public var layer: Layer
        /// Ids of earlier nodes or names of inputs, in the order the layer takes them.
        public var inputs: [String]

        public init(id: String, layer: Layer, inputs: [String]) {
            self.id = id
            self.layer = layer
            self.inputs = inputs
        }
    }

    public let inputs: [Input]
    public let nodes: [Node]
    /// Id of the node whose value is the network's result: logits or values, never a softmax.
    public let output: String
    /// Shape of one row of every input and node, by name.
    public let shapes: [String: ValueShape]

    /// - Throws: ``NetworkError`` where names clash, a node reads what comes later or nowhere, nothing is read, or shapes do not fit.
    public init(inputs: [Input], nodes: [Node], output: String) throws {
        guard !inputs.isEmpty else { throw NetworkError(.badStructure, "a network needs at least one input") }
        var shapes: [String: ValueShape] = [:]
        for input in inputs {
            try Self.checkName(input.name, among: shapes)
            shapes[input.name] = try ValueShape(of: input)
        }
        for node in nodes {
            try Self.checkName(node.id, among: shapes)
            let shapesIn = try node.inputs.map { name in
                guard let shape = shapes[name] else {
                    throw NetworkError(
                        .badStructure,
                        "reads '\(name)', which is neither an input nor an earlier node; order nodes so that each comes "
                            + "after what it reads", node: node.id)
                }
                return shape
            }
            shapes[node.id] = try node.outputShape(from: shapesIn)
        }
        guard nodes.contains(where: { $0.id == output }) else {
            throw NetworkError(.badStructure, "the output '\(output)' is not a node; name one of the \(nodes.count) nodes")
        }
        let read = Set(nodes.flatMap(\.inputs)).union([output])
        if let idle = inputs.map(\.name).first(where: { !read.contains($0) }) ?? nodes.map(\.id).first(where: { !read.contains($0) }) {
            throw NetworkError(.badStructure, "nothing reads '\(idle)'; remove it or connect it")
        }
        self.inputs = inputs
        self.nodes = nodes
        self.output = output
        self.shapes = shapes
    }

    /// Shape of one row of the result.
    public var outputShape: ValueShape { shapes[output] ?? .vector(0) }

    private static func checkName(_ name: String, among taken: [String: ValueShape]) throws {
        guard !name.isEmpty else { throw NetworkError(.badStructure, "an input or node has an empty name") }
        guard taken[name] == nil else { throw NetworkError(.badStructure, "the name '\(name)' is used twice; names must be unique") }
    }
}

extension Network: Codable {
    private enum Keys: CodingKey { case inputs, nodes, output }

    /// - Throws: `DecodingError` where keys are missing, ``NetworkError`` where the network is not valid.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        try self.init(
            inputs: container.decode([Input].self, forKey: .inputs), nodes: container.decode([Node].self, forKey: .nodes),
            output: container.decode(String.self, forKey: .output))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(nodes, forKey: .nodes)
        try container.encode(output, forKey: .output)
    }
}
