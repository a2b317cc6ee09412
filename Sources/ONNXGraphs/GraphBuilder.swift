/// Builds an ONNX graph node by node. Values are known by their names; every name given out is unique in the graph.
///
///     let builder = GraphBuilder(name: "doubled")
///     let x = try builder.input("x", .float, ["N", 4])
///     let doubled = builder.node("Mul", [x, builder.constant(.scalar(2))])
///     try builder.output(doubled, as: "y", .float, ["N", 4])
///     let model = try builder.model()
///
/// A graph's inputs are declared first: names made for inner values keep clear of them.
public final class GraphBuilder {
    /// The standard operators, and the operators of classical learners.
    public static let standardDomain = ""
    public static let learnersDomain = "ai.onnx.ml"

    var graph = Onnx_GraphProto()
    var versions: [String: Int]
    private var taken: Set<String> = []
    private var madeFrom: [String: Int] = [:]
    private var nodeCount: [String: Int] = [:]

    /// - Parameters:
    ///   - opset: version of the standard operators that nodes are meant for.
    ///   - learnersOpset: version of the operators in `ai.onnx.ml`.
    public init(name: String, opset: Int = 17, learnersOpset: Int = 3) {
        graph.name = name
        versions = [Self.standardDomain: opset, Self.learnersDomain: learnersOpset]
    }

    public var inputs: [TensorDescription] { graph.input.map { TensorDescription($0) } }

    /// Declares an input of the graph.
    /// - Returns: its name.
    /// - Throws: ``ONNXError`` `.badName` where the name is empty or taken.
    @discardableResult
    public func input(_ name: String, _ type: ElementType, _ dimensions: [Dimension]) throws -> String {
        try declare(TensorDescription(name: name, elementType: type, dimensions: dimensions))
    }

    func declare(_ input: TensorDescription) throws -> String {
        let name = input.name
        guard input.elementType != nil else {
            throw ONNXError(.unsupported, "the input '\(name)' is not a tensor of a known type; only tensors are taken")
        }
        guard !name.isEmpty else { throw ONNXError(.badName, "an input of a model needs a name; got an empty one") }
        guard taken.insert(name).inserted else {
            throw ONNXError(.badName, "the name '\(name)' is taken; inputs need names of their own and are declared before nodes")
        }
        graph.input.append(input.proto)
        return name
    }

    /// Stores numbers or strings in the model.
    /// - Returns: a name to read them by, made from the wish.
    public func constant(_ tensor: ConstantTensor, named wish: String = "constant") -> String {
        let name = uniqueName(wish)
        graph.initializer.append(tensor.proto(named: name))
        return name
    }

    /// Adds a node with one output.
    /// - Parameter wish: what the output's name is made from; the operator's name where there is no wish.
    /// - Returns: the name of its output.
    public func node(
        _ operation: String, _ inputs: [String], _ attributes: KeyValuePairs<String, NodeAttribute> = [:],
        domain: String = GraphBuilder.standardDomain, named wish: String? = nil
    ) -> String {
        let output = uniqueName(wish ?? operation)
        append(operation, inputs, [output], attributes, domain: domain)
        return output
    }

    /// Adds a node with several outputs.
    /// - Returns: the names of the outputs, made from the wishes.
    public func node(
        _ operation: String, _ inputs: [String], _ attributes: KeyValuePairs<String, NodeAttribute> = [:],
        domain: String = GraphBuilder.standardDomain, outputs wishes: [String]
    ) -> [String] {
        let outputs = wishes.map { uniqueName($0) }
        append(operation, inputs, outputs, attributes, domain: domain)
        return outputs
    }

    /// Declares a value as an output of the graph. Outputs are declared last: inner values with the wished name make way for it.
    ///
    /// Where an input or another output has the name already, an underscore is put behind it, as ONNX needs names of their own.
    /// - Returns: the output's name. The value must be read by this name from now on.
    /// - Throws: ``ONNXError`` `.badName` where the name is empty.
    @discardableResult
    public func output(_ value: String, as wish: String, _ type: ElementType, _ dimensions: [Dimension]) throws -> String {
        guard !wish.isEmpty else { throw ONNXError(.badName, "an output of a model needs a name; got an empty one") }
        let fixed = Set(graph.input.map(\.name) + graph.output.map(\.name))
        var name = wish
        while fixed.contains(name) { name += "_" }
        // Only a node can give its output another name; what is an input, a constant or an output already is copied.
        let isMade = !fixed.contains(value) && graph.node.contains { $0.output.contains(value) }
        if name != value || !isMade {
            if !taken.insert(name).inserted { rename(name, to: uniqueName(name)) }
            if isMade { rename(value, to: name) } else { append("Identity", [value], [name], [:], domain: Self.standardDomain) }
        }
        graph.output.append(TensorDescription(name: name, elementType: type, dimensions: dimensions).proto)
        return name
    }

    /// The finished model.
    /// - Parameter metadata: kept in the file as it is, sorted by key.
    /// - Throws: ``ONNXError`` `.badValue` where the graph has no output.
    public func model(metadata: [String: String] = [:]) throws -> ONNXModel {
        guard !graph.output.isEmpty else { throw ONNXError(.badValue, "the graph '\(graph.name)' has no output; declare one") }
        var proto = Onnx_ModelProto()
        proto.irVersion = Self.fileFormat(ofOpset: versions[Self.standardDomain] ?? 17)
        proto.producerName = "tutti"
        proto.graph = graph
        let used = Set(graph.node.map(\.domain)).union([Self.standardDomain])
        for (domain, version) in versions.sorted(by: { $0.key < $1.key }) where used.contains(domain) {
            var opset = Onnx_OperatorSetIdProto()
            if !domain.isEmpty { opset.domain = domain }
            opset.version = Int64(version)
            proto.opsetImport.append(opset)
        }
        var model = ONNXModel(proto)
        model.metadata = metadata
        return model
    }

    /// The wish itself, or the wish with a number behind it where it is taken. The name counts as taken from now on.
    public func uniqueName(_ wish: String) -> String {
        var name = wish
        while !taken.insert(name).inserted {
            madeFrom[wish, default: 0] += 1
            name = "\(wish)_\(madeFrom[wish, default: 0])"
        }
        return name
    }

    /// The version of the file format that ONNX published together with a version of the standard operators.
    private static func fileFormat(ofOpset opset: Int) -> Int64 {
        switch opset {
        case ...18: 8
        case 19...20: 9
        case 21...22: 10
        case 23: 11
        default: 12
        }
    }

    private func append(
        _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: KeyValuePairs<String, NodeAttribute>, domain: String
    ) {
        var node = Onnx_NodeProto()
        node.opType = operation
        node.input = inputs
        node.output = outputs
        if !domain.isEmpty { node.domain = domain }
        nodeCount[operation, default: 0] += 1
        node.name = "\(operation)\(nodeCount[operation, default: 0])"
        node.attribute = attributes.map { $0.value.proto(named: $0.key) }
        append(node)
    }

    func append(_ node: Onnx_NodeProto) { graph.node.append(node) }

    /// Gives a value another name wherever it is made and read.
    private func rename(_ value: String, to name: String) {
        for index in graph.node.indices {
            graph.node[index].output = graph.node[index].output.map { $0 == value ? name : $0 }
            graph.node[index].input = graph.node[index].input.map { $0 == value ? name : $0 }
        }
        for index in graph.initializer.indices where graph.initializer[index].name == value { graph.initializer[index].name = name }
    }
}
