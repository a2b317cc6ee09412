import Foundation
import SearchSpaces

/// Writes the JSON of ConfigSpace: format version 0.4 of 1.x, or 0.2 of the versions before.
///
/// A number with a step becomes an ordinal (0.x: a quantisation), a range of one value a constant. An inclusive test of a condition
/// is written with the strict one and equality. Where the default configuration is forbidden, which ConfigSpace refuses, an allowed one near
/// it is written. 0.x has no priors that can be read back, and neither orders nor alternatives in forbidden clauses: they are written as the
/// combinations they stand for.
struct ConfigSpaceWriter {
    static let combinationLimit = 10_000

    private var space: SearchSpace
    private let isOld: Bool
    private var losses: [String] = []

    init(_ space: SearchSpace, isOld: Bool) {
        self.space = space
        self.isOld = isOld
    }

    func written() throws -> SpaceText {
        var writer = self
        return try writer.write()
    }

    private mutating func write() throws -> SpaceText {
        let keepsSteps = isOld
        let given = space
        space = try ListedSpace.list(space, where: { !keepsSteps || $0.domain.count == 1 }, losses: &losses)
        try startAllowed(given)
        let hyperparameters = try space.parameters.map { JSONText.object(try fields(of: $0)) }
        let conditions = try space.parameters.compactMap { parameter -> String? in
            guard let condition = parameter.condition?.withoutSingletons else { return nil }
            return try written(space.requiringParents(condition), child: parameter.name)
        }
        var forbidden: [String] = []
        for clause in space.forbidden.map(\.simplified) where !clause.isNever {
            forbidden += try isOld ? combinations(of: clause) : [written(clause)]
        }
        let lists = [("hyperparameters", hyperparameters), ("conditions", conditions), ("forbiddens", forbidden)].map { name, items in
            "  \(JSONText.quoted(name)): [" + (items.isEmpty ? "]" : "\n    " + items.joined(separator: ",\n    ") + "\n  ]")
        }
        let version = isOld ? "\"json_format_version\": 0.2" : "\"format_version\": 0.4"
        return SpaceText(text: "{\n" + (lists + ["  \(version)"]).joined(separator: ",\n") + "\n}\n", losses: losses)
    }

    /// - Parameter given: The space as it was asked for: what it says of defaults is lost where it is changed.
    private mutating func startAllowed(_ given: SearchSpace) throws {
        guard space.isForbidden(space.defaultConfiguration) else { return }
        let allowed: SearchSpace
        do { allowed = try space.starting(at: space.allowedStart()) } catch let error as SearchSpaceError {
            throw SearchSpaceError(.inexpressible, "ConfigSpace refuses a space whose default configuration is forbidden. \(error.message)")
        }
        for (old, new) in zip(space.parameters, allowed.parameters) where old.startValue != new.startValue && given[old.name]?.defaultValue != nil {
            losses.append("the default of \"\(old.name)\" is \(new.startValue), for the default configuration with \(old.startValue) is forbidden")
        }
        space = allowed
    }

    // MARK: Parameters

    private mutating func fields(of parameter: Parameter) throws -> [(String, String)] {
        // Written all the same: what reads it is right, and 0.x passes over it.
        if isOld, (parameter.domain.step.map { $0 != 1 } ?? false) { losses.append("the steps of \"\(parameter.name)\" may be passed over") }
        let name = ("name", JSONText.quoted(parameter.name))
        let start = (isOld ? "default" : "default_value", JSONText.value(parameter.startValue))
        switch parameter.domain {
        case .constant(let value): return [name, ("type", "\"constant\""), ("value", JSONText.value(value))]
        case .ordinal(let values):
            if parameter.prior != nil { losses.append("the ordinal \"\(parameter.name)\" has no weights") }
            return [name, ("type", "\"ordinal\""), ("sequence", JSONText.list(values.map(JSONText.value))), start]
        case .categorical(let values):
            var weights: [(String, String)] = []
            if case .weights(let numbers)? = parameter.prior {
                weights = (isOld ? ["weights", "probabilities"] : ["weights"]).map { ($0, JSONText.list(numbers.map { "\($0)" })) }
            }
            return [name, ("type", "\"categorical\""), ("choices", JSONText.list(values.map(JSONText.value)))] + weights + [start]
        case .float(let low, let high, let log, let step):
            return try [name] + distribution(of: parameter, "float") + [("lower", "\(low)"), ("upper", "\(high)"), ("log", "\(log)"), start]
                + (step.map { [("q", "\($0)")] } ?? [])
        case .integer(let low, let high, let log, let step):
            return try [name] + distribution(of: parameter, "int") + [("lower", "\(low)"), ("upper", "\(high)"), ("log", "\(log)"), start]
                + (step == 1 ? [] : [("q", "\(step)")])
        }
    }

    private mutating func distribution(of parameter: Parameter, _ kind: String) throws -> [(String, String)] {
        if isOld, parameter.prior != nil {
            // Their readers ignore the bounds of normal priors and fail on beta ones.
            losses.append("\"\(parameter.name)\" has no prior")
            return [("type", "\"uniform_\(kind)\"")]
        }
        switch parameter.prior {
        case nil, .weights?: return [("type", "\"uniform_\(kind)\"")]
        case .beta(let alpha, let beta)?:
            guard alpha >= 1, beta >= 1 else {
                throw SearchSpaceError(
                    .inexpressible, "ConfigSpace has beta priors from 1 only, and \"\(parameter.name)\" has \(alpha) and \(beta).", parameter: parameter.name)
            }
            return [("type", "\"beta_\(kind)\""), ("alpha", "\(alpha)"), ("beta", "\(beta)")]
        case .normal(let mean, var deviation)?:
            if let low = parameter.domain.numericEnds?.low, parameter.domain.isLogarithmic {
                // The inverse of |ln(lower + sigma)|, on the side where sigma is positive.
                guard let sigma = [exp(deviation) - low, exp(-deviation) - low].first(where: { $0 > 0 && $0.isFinite }) else {
                    throw SearchSpaceError(
                        .inexpressible, "No sigma of ConfigSpace gives the prior of \"\(parameter.name)\" its deviation \(deviation).",
                        parameter: parameter.name)
                }
                deviation = sigma
            }
            return [("type", "\"normal_\(kind)\""), ("mu", "\(mean)"), ("sigma", "\(deviation)")]
        }
    }

    // MARK: Conditions

    private func written(_ condition: Condition, child: String) throws -> String {
        let owner = ("child", JSONText.quoted(child))
        func inexpressible(_ why: String) -> SearchSpaceError {
            SearchSpaceError(.inexpressible, "ConfigSpace cannot express the condition \"\(condition)\" of \"\(child)\": \(why).", parameter: child)
        }
        switch condition {
        case .all(let parts), .any(let parts):
            guard !parts.isEmpty else { throw inexpressible("it is empty") }
            var type = "OR"
            if case .all = condition { type = "AND" }
            return JSONText.object([owner, ("type", "\"\(type)\""), ("conditions", JSONText.list(try parts.map { try written($0, child: child) }))])
        case .relation: throw inexpressible("conditions compare parameters with values only")
        case .parameter(let name, let test):
            func simple(_ type: String, _ value: ParameterValue) -> String {
                JSONText.object([owner, ("parent", JSONText.quoted(name)), ("type", "\"\(type)\""), ("value", JSONText.value(value))])
            }
            func either(_ type: String, _ value: ParameterValue) -> String {
                JSONText.object([owner, ("type", "\"OR\""), ("conditions", JSONText.list([simple(type, value), simple("EQ", value)]))])
            }
            switch test {
            case .equals(let value): return simple("EQ", value)
            case .differs(let value): return simple("NEQ", value)
            case .isIn(let values):
                guard !values.isEmpty else { throw inexpressible("it never holds") }
                return JSONText.object([
                    owner, ("parent", JSONText.quoted(name)), ("type", "\"IN\""), ("values", JSONText.list(values.map(JSONText.value))),
                ])
            case .greater(let value), .less(let value), .atLeast(let value), .atMost(let value):
                guard let domain = space[name]?.domain, domain.contains(value) else {
                    throw inexpressible("\(value) is not one of the parameter's values")
                }
                switch test.comparison {
                case .greater: return simple("GT", value)
                case .less: return simple("LT", value)
                case .atLeast: return either("GT", value)
                default: return either("LT", value)
                }
            }
        }
    }

    // MARK: Forbidden clauses

    private func written(_ clause: Condition) throws -> String {
        switch clause {
        case .all(let parts), .any(let parts):
            guard !parts.isEmpty else { throw SearchSpaceError(.inexpressible, "ConfigSpace has no forbidden clauses that hold always or never.") }
            var type = "OR"
            if case .all = clause { type = "AND" }
            return JSONText.object([("type", "\"\(type)\""), ("clauses", JSONText.list(try parts.map(written)))])
        case .relation(let left, let comparison, let right):
            guard space[left]?.domain.numericEnds != nil, space[right]?.domain.numericEnds != nil else {
                return try written(space.asCombinations(clause, limit: 1000).simplified)
            }
            if comparison == .differs { return try written(.any([.relation(left, .less, right), .relation(left, .greater, right)])) }
            return JSONText.object([
                ("type", "\"RELATION_\(Self.words[comparison] ?? "")\""), ("left", JSONText.quoted(left)), ("right", JSONText.quoted(right)),
            ])
        case .parameter(let name, .isIn(let values)):
            return JSONText.object([("name", JSONText.quoted(name)), ("type", "\"IN\""), ("values", JSONText.list(values.map(JSONText.value)))])
        case .parameter(let name, .differs(let value)):
            guard let values = space.values(of: name, passing: clause, limit: 1000) else {
                return try written(.any([.parameter(name, .less(value)), .parameter(name, .greater(value))]))
            }
            return try written(.parameter(name, .isIn(values)))
        case .parameter(let name, let test):
            // What ConfigSpace compares of an ordinal is the value.
            if test.comparison != .equals, case .ordinal? = space[name]?.domain, let values = space.values(of: name, passing: clause, limit: .max) {
                return try written(values.isEmpty ? .any([]) : .parameter(name, .isIn(values)))
            }
            let type = test.comparison == .equals ? "EQUALS" : "CLAUSE_\(Self.words[test.comparison] ?? "")"
            return JSONText.object([("name", JSONText.quoted(name)), ("type", "\"\(type)\""), ("value", test.operands.map(JSONText.value).joined())])
        }
    }

    private static let words: [Condition.Comparison: String] = [.less: "LT", .atMost: "LE", .equals: "EQ", .atLeast: "GE", .greater: "GT"]

    /// 0.x: conjunctions of equalities.
    private func combinations(of clause: Condition) throws -> [String] {
        let words: [Condition.Comparison: String] = [.less: "LESS", .equals: "EQUALS", .greater: "GREATER"]
        if case .relation(let left, let comparison, let right) = clause, let word = words[comparison], space[left]?.domain.numericEnds != nil,
            space[right]?.domain.numericEnds != nil
        {
            return [
                JSONText.object([
                    ("left", JSONText.quoted(left)), ("right", JSONText.quoted(right)), ("type", "\"RELATION\""), ("lambda", "\"\(word)\""),
                ])
            ]
        }
        guard let combinations = space.combinations(forbiddenBy: clause, limit: Self.combinationLimit) else {
            throw SearchSpaceError(
                .inexpressible, "ConfigSpace before 1.0 forbids combinations of values only, and \"\(clause)\" stands for too many.")
        }
        return combinations.map { combination in
            let parts = combination.map {
                JSONText.object([("name", JSONText.quoted($0.name)), ("type", "\"EQUALS\""), ("value", JSONText.value($0.value))])
            }
            return parts.count == 1 ? parts[0] : JSONText.object([("type", "\"AND\""), ("clauses", JSONText.list(parts))])
        }
    }
}

extension JSONText {
    static func value(_ value: ParameterValue) -> String {
        if case .category(let text) = value { return quoted(text) }
        return value.description
    }

    static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(quoted($0)): \($1)" }.joined(separator: ", ") + "}"
    }

    static func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
}
