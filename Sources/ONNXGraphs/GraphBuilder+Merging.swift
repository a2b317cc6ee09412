extension GraphBuilder {
    /// Adds a whole model to the graph. Its inner names get the prefix.
    ///
    /// Each of its inputs is read from the value that `given` names; otherwise from the graph's own input of the same name and type, so
    /// that members of an ensemble share what they read; otherwise it becomes a new input of the graph.
    /// - Returns: for each output of the model, the name of its value in this graph.
    /// - Throws: ``ONNXError`` `.mismatch` where operator versions or types of shared inputs differ, `.unsupported` where the model has
    ///   functions of its own, sparse constants, or numbers in other files.
    public func embed(_ model: ONNXModel, prefix: String, inputs given: [String: String] = [:]) throws -> [String: String] {
        let source = model.proto.graph
        guard model.proto.functions.isEmpty, source.sparseInitializer.isEmpty else {
            throw ONNXError(.unsupported, "the model '\(model.name)' has functions of its own or sparse constants; merging takes neither")
        }
        guard source.initializer.allSatisfy({ $0.externalData.isEmpty }) else {
            throw ONNXError(.unsupported, "the model '\(model.name)' keeps numbers in other files; write it as one file first")
        }
        try adoptVersions(of: model)
        var renaming = Renaming(prefix: prefix, unique: { self.uniqueName($0) })
        for input in model.inputs { renaming.names[input.name] = try given[input.name] ?? shared(input) }
        for var tensor in source.initializer {
            tensor.name = renaming.name(tensor.name)
            graph.initializer.append(tensor)
        }
        for node in source.node { append(renaming.renamed(node)) }
        return Dictionary(source.output.map { ($0.name, renaming.name($0.name)) }, uniquingKeysWith: { first, _ in first })
    }

    private func adoptVersions(of model: ONNXModel) throws {
        let used = Set(model.proto.graph.node.map { $0.domain == "ai.onnx" ? "" : $0.domain })
        for (domain, version) in model.opsets.sorted(by: { $0.key < $1.key }) {
            if let mine = versions[domain], mine != version, used.contains(domain) {
                let shown = domain.isEmpty ? "ai.onnx" : domain
                throw ONNXError(
                    .mismatch,
                    "the model '\(model.name)' uses version \(version) of the operators '\(shown)' and the graph version "
                        + "\(mine); convert it to version \(mine) before merging")
            }
            if versions[domain] == nil { versions[domain] = version }
        }
    }

    private func shared(_ input: TensorDescription) throws -> String {
        guard let mine = inputs.first(where: { $0.name == input.name }) else {
            return try declare(input)
        }
        guard mine.elementType == input.elementType, mine.dimensions?.count == input.dimensions?.count else {
            throw ONNXError(
                .mismatch, "two models read '\(input.name)' as different things: \(mine) and \(input); rename the input of one of them")
        }
        return mine.name
    }
}

/// New names for the values of a model that becomes part of another, branches and loops included.
private struct Renaming {
    let prefix: String
    let unique: (String) -> String
    var names: [String: String] = [:]

    mutating func name(_ old: String) -> String {
        // An empty name stands for an optional input that is left out.
        if old.isEmpty { return old }
        if let known = names[old] { return known }
        let made = unique(prefix + old)
        names[old] = made
        return made
    }

    mutating func renamed(_ node: Onnx_NodeProto) -> Onnx_NodeProto {
        var result = node
        if !node.name.isEmpty { result.name = prefix + node.name }
        result.input = node.input.map { name($0) }
        result.output = node.output.map { name($0) }
        for index in result.attribute.indices {
            if result.attribute[index].hasG { result.attribute[index].g = renamed(result.attribute[index].g) }
            result.attribute[index].graphs = result.attribute[index].graphs.map { renamed($0) }
        }
        return result
    }

    private mutating func renamed(_ graph: Onnx_GraphProto) -> Onnx_GraphProto {
        var result = graph
        for index in result.initializer.indices { result.initializer[index].name = name(result.initializer[index].name) }
        for index in result.input.indices { result.input[index].name = name(result.input[index].name) }
        result.node = graph.node.map { renamed($0) }
        for index in result.output.indices { result.output[index].name = name(result.output[index].name) }
        result.valueInfo = []
        return result
    }
}

extension ONNXModel {
    /// One model that runs several on the same inputs and gives the weighted mean of what they give.
    ///
    /// The first tensor of floating-point numbers among a model's outputs counts; weights are scaled to a sum of one.
    /// - Throws: ``ONNXError`` `.mismatch` where models do not fit together, `.badValue` where there is none or weights are not
    ///   positive, `.unsupported` as ``GraphBuilder/embed(_:prefix:inputs:)``.
    public static func weightedMean(
        of members: [(model: ONNXModel, weight: Double)], metadata: [String: String] = [:]
    ) throws -> ONNXModel {
        let total = members.reduce(0) { $0 + $1.weight }
        guard let first = members.first?.model, members.allSatisfy({ $0.weight > 0 }), total.isFinite else {
            throw ONNXError(.badValue, "a mean needs at least one model and positive weights; got \(members.map(\.weight))")
        }
        let described = try numbers(of: first)
        let opset = first.opsets[""] ?? 17
        let learners = members.lazy.compactMap { $0.model.opsets[GraphBuilder.learnersDomain] }.first
        let builder = GraphBuilder(name: "ensemble", opset: opset, learnersOpset: learners ?? 3)
        for member in members {
            for input in member.model.inputs where !builder.inputs.contains(where: { $0.name == input.name }) {
                _ = try builder.declare(input)
            }
        }
        var terms: [String] = []
        for (index, member) in members.enumerated() {
            let output = try numbers(of: member.model)
            guard output.dimensions?.last == described.dimensions?.last, output.dimensions?.count == described.dimensions?.count else {
                throw ONNXError(.mismatch, "members give different things: \(described) and \(output)")
            }
            let made = try builder.embed(member.model, prefix: "member\(index).")
            var value = made[output.name] ?? output.name
            if output.elementType != .float { value = builder.node("Cast", [value], ["to": .int(Int(ElementType.float.rawValue))]) }
            let weight = builder.constant(.scalar(Float(member.weight / total)), named: "member\(index).weight")
            terms.append(builder.node("Mul", [value, weight], named: "member\(index).share"))
        }
        let mean = terms.count == 1 ? terms[0] : builder.node("Sum", terms, named: "mean")
        try builder.output(mean, as: described.name, .float, described.dimensions ?? [])
        return try builder.model(metadata: metadata)
    }

    private static func numbers(of model: ONNXModel) throws -> TensorDescription {
        guard let output = model.outputs.first(where: { $0.elementType == .float || $0.elementType == .double }) else {
            throw ONNXError(.mismatch, "the model '\(model.name)' gives no floating-point tensor: \(model.outputs)")
        }
        return output
    }
}
