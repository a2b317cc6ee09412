import SearchSpaces

/// Reads our form for people:
///
/// ```yaml
/// learning_rate: {float: [1e-4, 1e-1], log: true, default: 1e-2}
/// momentum: {float: [0, 0.99], prior: {beta: [5, 1]}}
/// layers: {integer: [1, 4]}
/// activation: {choice: [relu, silu], weights: [3, 1], when: layers > 1}
/// size: {ordinal: [small, medium, large]}
/// bias: {boolean: true}
/// version: 2
/// forbidden:
///   - size == large and layers >= 3
/// ```
///
/// A list is a choice, a lone value a constant. Where parameters are named `parameters` or `forbidden`, all stand under a key
/// `parameters`.
enum YAMLReader {
    static func read(_ document: DocumentNode) throws -> SearchSpace {
        var entries = try document.entries("A search space")
        var forbidden = document["forbidden"]
        if case .mapping(let inner)? = document["parameters"]?.content, inner.allSatisfy({ isParameter($0.value) }),
            !isParameter(entries[0].value) || entries.count <= 2
        {
            for entry in entries where !["parameters", "forbidden"].contains(entry.key.text) {
                throw entry.key.fail("unknown key \"\(entry.key.text)\" beside parameters; expected parameters and forbidden.")
            }
            entries = inner
        } else if let node = forbidden {
            if case .sequence(let items) = node.content, !isList(of: items) { forbidden = nil } else { entries.removeAll { $0.key.text == "forbidden" } }
        }
        var parameters: [(parameter: Parameter, node: DocumentNode)] = []
        for entry in entries {
            let parameter = try parameter(entry.key.text, entry.value)
            try DocumentReader.located(entry.key, entry.key.text) { try parameter.check() }
            parameters.append((parameter, entry.value))
        }
        let domains = Dictionary(parameters.map { ($0.parameter.name, $0.parameter.domain) }, uniquingKeysWith: { first, _ in first })
        let complete = try parameters.map { parameter, node in
            guard let when = node["when"] else { return parameter }
            var copy = parameter
            copy.condition = try condition(when, domains, of: "The condition of parameter \"\(parameter.name)\"")
            return copy
        }
        let clauses = try forbidden?.items("forbidden").enumerated().map { number, node in
            try condition(node, domains, of: "The forbidden combination \(number + 1)" + (node.text.isEmpty ? "" : ", \"\(node.text)\""))
        }
        let space = try DocumentReader.located(document, nil) { try SearchSpace(complete, forbidden: clauses ?? []) }
        try LikelySlips.check(space) { name, member in parameters.first { $0.parameter.name == name }.map { $0.node[member] ?? $0.node } }
        return space
    }

    /// Whether a node can only be a parameter's description.
    private static func isParameter(_ node: DocumentNode) -> Bool {
        guard case .mapping(let entries) = node.content else {
            if case .null = node.content { return false }
            return true
        }
        return entries.contains { kinds.contains($0.key.text) }
    }

    /// Whether `forbidden` lists clauses; a choice lists values.
    private static func isList(of items: [DocumentNode]) -> Bool {
        items.isEmpty || items.contains { $0.text.contains { " <>=".contains($0) } }
    }

    private static func condition(_ node: DocumentNode, _ domains: [String: Domain], of owner: String) throws -> Condition {
        guard case .scalar = node.content else { throw node.fail("\(owner) must be text, got \(node.kind).") }
        return try ConditionReader.read(node.text, domains: domains, of: owner, line: node.line, column: node.column)
    }

    private static let kinds: Set<String> = ["float", "integer", "int", "choice", "categorical", "ordinal", "boolean", "bool", "constant"]
    private static let keys = kinds.union(["log", "step", "default", "when", "prior", "weights"])

    private static func parameter(_ name: String, _ node: DocumentNode) throws -> Parameter {
        switch node.content {
        case .null: throw node.fail("Parameter \"\(name)\" has no values; expected one of \(kinds.sorted().joined(separator: ", ")).", parameter: name)
        case .scalar(let value): return Parameter(name, .constant(value))
        case .sequence(let items): return .categorical(name, try items.map { try $0.value("A choice of \"\(name)\"") })
        case .mapping(let entries):
            for entry in entries where !keys.contains(entry.key.text) {
                throw entry.key.fail(
                    "Parameter \"\(name)\" has the unknown key \"\(entry.key.text)\"; expected \(keys.sorted().joined(separator: ", ")).", parameter: name)
            }
            let given = entries.filter { kinds.contains($0.key.text) }
            guard given.count == 1 else {
                throw node.fail(
                    "Parameter \"\(name)\" must have exactly one of \(kinds.sorted().joined(separator: ", ")), got "
                        + (given.isEmpty ? "none." : given.map(\.key.text).joined(separator: " and ") + "."), parameter: name)
            }
            return try parameter(name, node, kind: given[0].key.text, given[0].value)
        }
    }

    private static func parameter(_ name: String, _ node: DocumentNode, kind: String, _ values: DocumentNode) throws -> Parameter {
        let log = try node["log"]?.flag("log of \"\(name)\"") ?? false
        var parameter: Parameter
        switch kind {
        case "float":
            let (low, high) = try bounds(values, name)
            parameter = Parameter(
                name,
                .float(
                    low: try low.number("low of \"\(name)\""), high: try high.number("high of \"\(name)\""), log: log,
                    step: try node["step"]?.number("step of \"\(name)\"")))
        case "integer", "int":
            let (low, high) = try bounds(values, name)
            let step = try node["step"]?.wholeNumber("step of \"\(name)\"") ?? 1
            let ends = (try low.wholeNumber("low of \"\(name)\""), try high.wholeNumber("high of \"\(name)\""))
            parameter = Parameter(name, .integer(low: ends.0, high: ends.1, log: log, step: step))
        case "choice", "categorical", "ordinal":
            let choices = try values.items("The choices of \"\(name)\"").map { try $0.value("A choice of \"\(name)\"") }
            parameter = Parameter(name, kind == "ordinal" ? .ordinal(choices) : .categorical(choices))
        case "boolean", "bool":
            parameter = .boolean(name)
            if case .scalar = values.content { parameter.defaultValue = .boolean(try values.flag("boolean of \"\(name)\"")) }
        default: parameter = .constant(name, try values.value("The constant \"\(name)\""))
        }
        if parameter.domain.choices != nil, let stray = node["log"] ?? node["step"] {
            throw stray.fail("Parameter \"\(name)\" has no numbers; log and step are for float and integer.", parameter: name)
        }
        if let value = try node["default"]?.value("default of \"\(name)\"") {
            // A domain that is refused later must not be asked for its values.
            let isSound = (try? Parameter(name, parameter.domain).check()) != nil
            parameter.defaultValue = isSound ? parameter.domain.canonical(value) ?? value : value
        }
        parameter.prior = try prior(node, name)
        return parameter
    }

    private static func bounds(_ node: DocumentNode, _ name: String) throws -> (DocumentNode, DocumentNode) {
        let items = try node.items("The range of \"\(name)\"")
        guard items.count == 2 else { throw node.fail("The range of \"\(name)\" must be [low, high], got \(items.count) values.", parameter: name) }
        return (items[0], items[1])
    }

    private static func prior(_ node: DocumentNode, _ name: String) throws -> Prior? {
        if let weights = node["weights"] { return .weights(try weights.items("weights of \"\(name)\"").map { try $0.number("A weight of \"\(name)\"") }) }
        guard let prior = node["prior"] else { return nil }
        if let pair = try prior["normal"]?.items("normal"), pair.count == 2 {
            return .normal(mean: try pair[0].number("The mean of \"\(name)\""), deviation: try pair[1].number("The deviation of \"\(name)\""))
        }
        if let pair = try prior["beta"]?.items("beta"), pair.count == 2 {
            return .beta(alpha: try pair[0].number("alpha of \"\(name)\""), beta: try pair[1].number("beta of \"\(name)\""))
        }
        throw prior.fail("The prior of \"\(name)\" must be {normal: [mean, deviation]} or {beta: [alpha, beta]}, got \(prior.kind).", parameter: name)
    }
}
