import Foundation
import SearchSpaces

/// Reads the documents of ConfigSpace: the JSON and YAML of 1.x, and the JSON of 0.4 to 0.7.
///
/// Quantisation (`q`) becomes a step, a normal prior without bounds one of five deviations to both sides. The mean and deviation of a normal prior on a log scale are logarithms up to 0.7; from 1.0 the mean
/// is a value and the deviation is scaled as `ln(lower + sigma)`, which is followed here.
enum ConfigSpaceReader {
    static func read(_ document: DocumentNode) throws -> SearchSpace {
        // 1.x calls it `format_version`; 0.4 to 0.7 call it `json_format_version`.
        let isOld = document["json_format_version"] != nil
        var parameters: [Parameter] = []
        for node in try document["hyperparameters"]?.items("hyperparameters") ?? [] {
            let parameter = try parameter(node, isOld: isOld)
            try DocumentReader.located(node, parameter.name) { try parameter.check() }
            parameters.append(parameter)
        }
        let domains = Dictionary(parameters.map { ($0.name, $0.domain) }, uniquingKeysWith: { first, _ in first })
        for node in try document["conditions"]?.items("conditions") ?? [] {
            let child = try child(of: node)
            guard let index = parameters.firstIndex(where: { $0.name == child }) else {
                throw SearchSpaceError(
                    .unknownParameter, "A condition's child \"\(child)\" is not among the hyperparameters.", parameter: child, line: node.line,
                    column: node.column)
            }
            parameters[index] = parameters[index].when(try condition(node, domains))
        }
        let forbidden = try (document["forbiddens"]?.items("forbiddens") ?? []).map { try clause($0, domains) }
        return try DocumentReader.located(document, nil) { try SearchSpace(parameters, forbidden: forbidden) }
    }

    private static func parameter(_ node: DocumentNode, isOld: Bool) throws -> Parameter {
        let name = try text(node, "name")
        let type = try text(node, "type")
        func number(_ key: String) throws -> Double { try field(node, key, of: name).number("\(key) of \"\(name)\"") }
        let log = try node["log"]?.flag("log of \"\(name)\"") ?? false
        var parameter: Parameter
        switch type {
        case "uniform_float", "normal_float", "beta_float":
            let step = try node["q"]?.number("q of \"\(name)\"")
            let ends = try node["lower"] == nil && isOld && type == "normal_float" ? unbounded(node, name, log: log) : (number("lower"), number("upper"))
            parameter = Parameter(name, .float(low: ends.0, high: ends.1, log: log, step: step))
        case "uniform_int", "normal_int", "beta_int":
            let step = try node["q"]?.wholeNumber("q of \"\(name)\"") ?? 1
            func whole(_ key: String) throws -> Int { try field(node, key, of: name).wholeNumber("\(key) of \"\(name)\"") }
            var ends = (0, 0)
            if node["lower"] == nil, isOld, type == "normal_int" {
                let (low, high) = try unbounded(node, name, log: log)
                guard max(abs(low), abs(high)) < 1e15 else { throw node.fail("The range of \"\(name)\" is too wide.", parameter: name) }
                ends = (Int(log ? max(low.rounded(), 1) : low.rounded()), Int(high.rounded()))
            } else {
                ends = (try whole("lower"), try whole("upper"))
            }
            parameter = Parameter(name, .integer(low: ends.0, high: ends.1, log: log, step: step))
        case "categorical": parameter = Parameter(name, .categorical(try values(field(node, "choices", of: name), name)))
        case "ordinal": parameter = Parameter(name, .ordinal(try values(field(node, "sequence", of: name), name)))
        case "constant", "unparametrized": return .constant(name, try field(node, "value", of: name).value("value of \"\(name)\""))
        default:
            throw (node["type"] ?? node).fail(
                "Hyperparameter \"\(name)\" has the type \"\(type)\"; expected uniform, normal or beta _float or _int, categorical, ordinal or constant.",
                parameter: name)
        }
        if type.hasPrefix("normal") {
            parameter.prior = try normal(mean: number("mu"), deviation: number("sigma"), parameter, isOld: isOld, at: node)
        } else if type.hasPrefix("beta") {
            parameter.prior = .beta(alpha: try number("alpha"), beta: try number("beta"))
        } else if let weights = node["weights"] ?? node["probabilities"] {
            let numbers = try weights.items("weights of \"\(name)\"").map { try $0.number("A weight of \"\(name)\"") }
            if Set(numbers).count > 1 { parameter.prior = .weights(numbers) }
        }
        parameter.setDefault(try (node["default_value"] ?? node["default"])?.value("default of \"\(name)\""))
        return parameter
    }

    /// Up to 0.7 a normal distribution may have no bounds: five deviations to both sides stand for them.
    private static func unbounded(_ node: DocumentNode, _ name: String, log: Bool) throws -> (Double, Double) {
        let mean = try field(node, "mu", of: name).number("mu of \"\(name)\"")
        let width = 5 * (try field(node, "sigma", of: name).number("sigma of \"\(name)\""))
        return log ? (exp(mean - width), exp(mean + width)) : (mean - width, mean + width)
    }

    private static func normal(
        mean: Double, deviation: Double, _ parameter: Parameter, isOld: Bool, at node: DocumentNode
    ) throws -> Prior {
        guard parameter.domain.isLogarithmic, let ends = parameter.domain.numericEnds else { return .normal(mean: mean, deviation: deviation) }
        if isOld { return .normal(mean: exp(mean), deviation: deviation) }
        let scaled = abs(log(ends.low + deviation))
        guard scaled.isFinite, scaled > 0 else {
            throw node.fail("The sigma \(deviation) of \"\(parameter.name)\" gives no width on the log scale.", parameter: parameter.name)
        }
        return .normal(mean: mean, deviation: scaled)
    }

    // MARK: Conditions

    /// The parameter that a condition is about; conjunctions of 0.x name it in their parts only.
    private static func child(of node: DocumentNode) throws -> String {
        if let child = node["child"] { return child.text }
        for part in try node["conditions"]?.items("conditions") ?? [] { return try child(of: part) }
        throw node.fail("A condition must have a child.")
    }

    private static func condition(_ node: DocumentNode, _ domains: [String: Domain]) throws -> Condition {
        let type = try text(node, "type")
        switch type {
        case "AND": return .all(try field(node, "conditions", of: type).items("conditions").map { try condition($0, domains) })
        case "OR": return .any(try field(node, "conditions", of: type).items("conditions").map { try condition($0, domains) })
        default:
            let test = try test(type, node, try text(node, "parent"), domains, ["EQ": .equals, "NEQ": .differs, "LT": .less, "GT": .greater])
            return try checked(test, domains, at: node)
        }
    }

    private static func clause(_ node: DocumentNode, _ domains: [String: Domain]) throws -> Condition {
        let type = try text(node, "type")
        switch type {
        case "AND": return .all(try field(node, "clauses", of: type).items("clauses").map { try clause($0, domains) }).withoutSingletons
        case "OR": return .any(try field(node, "clauses", of: type).items("clauses").map { try clause($0, domains) }).withoutSingletons
        case _ where type.hasPrefix("RELATION"):
            // 0.x: {"type": "RELATION", "lambda": "LESS"}, from 1.0: {"type": "RELATION_LT"}.
            let word = type == "RELATION" ? try text(node, "lambda") : String(type.dropFirst("RELATION_".count))
            guard let comparison = comparisons[word] ?? ["LESS": .less, "EQUALS": .equals, "GREATER": .greater][word] else {
                throw node.fail("unknown relation \"\(word)\"; expected LT, LE, EQ, GE or GT.")
            }
            return try checked(.relation(try text(node, "left"), comparison, try text(node, "right")), domains, at: node)
        default:
            var types: [String: Condition.Comparison] = ["EQUALS": .equals]
            for (word, comparison) in comparisons { types["CLAUSE_" + word] = comparison }
            return try checked(try test(type, node, try text(node, "name"), domains, types), domains, at: node)
        }
    }

    private static let comparisons: [String: Condition.Comparison] = ["LT": .less, "LE": .atMost, "EQ": .equals, "GE": .atLeast, "GT": .greater]

    private static func test(
        _ type: String, _ node: DocumentNode, _ name: String, _ domains: [String: Domain], _ types: [String: Condition.Comparison]
    ) throws -> Condition {
        func operand(_ value: DocumentNode) throws -> ParameterValue {
            let value = try value.value("A value")
            return domains[name]?.canonical(value) ?? value
        }
        if type == "IN" { return .parameter(name, .isIn(try field(node, "values", of: type).items("values").map(operand))) }
        guard let comparison = types[type] else {
            throw (node["type"] ?? node).fail("unknown type \"\(type)\"; expected \((types.keys.sorted() + ["IN", "AND", "OR"]).joined(separator: ", ")).")
        }
        return .parameter(name, Condition.Test(comparison, try operand(field(node, "value", of: type))))
    }

    private static func checked(_ condition: Condition, _ domains: [String: Domain], at node: DocumentNode) throws -> Condition {
        let parents = condition.parents.sorted().compactMap { name in domains[name].map { Parameter(name, $0) } }
        return try DocumentReader.located(node, nil) {
            _ = try SearchSpace(parents, forbidden: [condition])
            return condition
        }
    }

    // MARK: Fields

    private static func field(_ node: DocumentNode, _ key: String, of name: String) throws -> DocumentNode {
        guard let value = node[key] else { throw node.fail("\"\(name)\" lacks \"\(key)\".", parameter: name) }
        return value
    }

    private static func text(_ node: DocumentNode, _ key: String) throws -> String { try field(node, key, of: "An entry").text }

    private static func values(_ node: DocumentNode, _ name: String) throws -> [ParameterValue] {
        try node.items("The choices of \"\(name)\"").map { try $0.value("A choice of \"\(name)\"") }
    }
}
