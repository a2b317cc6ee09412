import Foundation
import SearchSpaces

/// Writes our form for people, one line per parameter.
struct YAMLWriter {
    private let space: SearchSpace

    init(_ space: SearchSpace) { self.space = space }

    func written() throws -> SpaceText {
        let isWrapped = space.names.contains { $0 == "parameters" || $0 == "forbidden" || $0 == "hyperparameters" }
        var lines = isWrapped ? ["parameters:"] : []
        if space.parameters.isEmpty { lines = ["{}"] }
        for parameter in space.parameters {
            lines.append((isWrapped ? "  " : "") + "\(Self.scalar(.category(parameter.name))): {\(try parts(of: parameter).joined(separator: ", "))}")
        }
        if !space.forbidden.isEmpty {
            lines.append("forbidden:")
            for clause in space.forbidden { lines.append("  - " + Self.scalar(.category(try clause.written(in: .yaml)))) }
        }
        let text = lines.joined(separator: "\n") + "\n"
        // A comparison with a parameter whose name is also a value would be read as one with the value.
        guard try DocumentReader.read(text, isJSON: false).isSame(as: space) else {
            throw SearchSpaceError(.inexpressible, "The YAML form would not give the space back; use json.")
        }
        return SpaceText(text: text)
    }

    private func parts(of parameter: Parameter) throws -> [String] {
        var parts: [String] = []
        switch parameter.domain {
        case .float(let low, let high, let log, let step):
            parts.append("float: [\(low), \(high)]")
            if log { parts.append("log: true") }
            if let step { parts.append("step: \(step)") }
        case .integer(let low, let high, let log, let step):
            parts.append("integer: [\(low), \(high)]")
            if log { parts.append("log: true") }
            if step != 1 { parts.append("step: \(step)") }
        case .categorical(let values): parts.append("choice: [\(values.map(Self.scalar).joined(separator: ", "))]")
        case .ordinal(let values): parts.append("ordinal: [\(values.map(Self.scalar).joined(separator: ", "))]")
        case .constant(let value): parts.append("constant: \(Self.scalar(value))")
        }
        if let value = parameter.defaultValue { parts.append("default: \(Self.scalar(value))") }
        switch parameter.prior {
        case .normal(let mean, let deviation)?: parts.append("prior: {normal: [\(mean), \(deviation)]}")
        case .beta(let alpha, let beta)?: parts.append("prior: {beta: [\(alpha), \(beta)]}")
        case .weights(let weights)?: parts.append("weights: [\(weights.map { "\($0)" }.joined(separator: ", "))]")
        case nil: break
        }
        if let condition = parameter.condition { parts.append("when: " + Self.scalar(.category(try condition.written(in: .yaml)))) }
        return parts
    }

    /// A value as YAML reads it back: text in quotes wherever it could be taken for something else.
    private static func scalar(_ value: ParameterValue) -> String {
        guard case .category(let text) = value else { return value.description }
        let isSafe = text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.<>=() \/-]*/) != nil && !text.hasSuffix(" ")
        let isTaken = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isSafe && !isTaken ? text : JSONText.quoted(text)
    }
}

/// Text in the quotes of JSON, which YAML understands too.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
                || scalar.value == 0xFEFF:
                result += "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count) + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension SearchSpace {
    /// Whether two spaces differ at most in conjunctions and disjunctions of one.
    func isSame(as other: SearchSpace) -> Bool {
        func plain(_ space: SearchSpace) -> [Parameter] {
            space.parameters.map { parameter in
                var copy = parameter
                copy.condition = copy.condition?.withoutSingletons
                copy.defaultValue = copy.defaultValue.flatMap(copy.domain.canonical)
                return copy
            }
        }
        return plain(self) == plain(other) && forbidden.map(\.withoutSingletons) == other.forbidden.map(\.withoutSingletons)
    }
}
