/// Collects inputs and layers, and gives names to those that have none.
///
///     var builder = NetworkBuilder()
///     let image = builder.input("image", .image(height: 8, width: 8, channels: 1))
///     let features = builder.add(.flatten, image)
///     let logits = builder.add(.linear(Linear(outFeatures: 10)), features, named: "head")
///     let network = try builder.network(output: logits)
public struct NetworkBuilder: Sendable {
    private var inputs: [Network.Input] = []
    private var nodes: [Network.Node] = []
    private var made: [Layer.Kind: Int] = [:]

    public init() {}

    /// - Returns: the name, to be given to ``add(_:_:named:)``.
    public mutating func input(_ name: String, _ kind: Network.InputKind) -> String {
        inputs.append(Network.Input(name: name, kind: kind))
        return name
    }

    /// Adds a layer. Without a name it is called after its kind and a running number: `conv2d3`.
    /// - Returns: the id, to be given to layers that read it.
    @discardableResult
    public mutating func add(_ layer: Layer, _ sources: String..., named name: String? = nil) -> String {
        add(layer, sources, named: name)
    }

    /// The same, for any number of sources.
    @discardableResult
    public mutating func add(_ layer: Layer, _ sources: [String], named name: String? = nil) -> String {
        made[layer.kind, default: 0] += 1
        let id = name ?? "\(layer.kind.rawValue)\(made[layer.kind, default: 0])"
        nodes.append(Network.Node(id: id, layer: layer, inputs: sources))
        return id
    }

    /// - Throws: ``NetworkError`` where the parts do not make a valid network.
    public func network(output: String) throws -> Network { try Network(inputs: inputs, nodes: nodes, output: output) }
}
