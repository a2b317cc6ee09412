import Foundation
import SearchSpaces

/// Writes parameter files of irace. Forbidden clauses and more than four digits need irace 4: they are sections of the file.
///
/// irace has no priors, defaults (they are given as initial configurations) and steps, and takes choices as text, so that tests by the
/// rank of an ordinal are written as sets.
struct IraceWriter {
    /// What irace rounds to without being told.
    static let usualDigits = 4
    static let mostDigits = 15

    private var space: SearchSpace
    private var losses: [String] = []
    private var digits = IraceWriter.usualDigits

    init(_ space: SearchSpace) { self.space = space }

    func written() throws -> SpaceText {
        var writer = self
        return try writer.write()
    }

    private mutating func write() throws -> SpaceText {
        space = try ListedSpace.list(space, where: { _ in true }, losses: &losses)
        guard !space.parameters.isEmpty else { throw inexpressible("it has no parameters, and a file needs at least one") }
        var lines: [String] = []
        for parameter in space.parameters {
            var line = try description(of: parameter)
            if let condition = parameter.condition { line += " | " + (try text(of: space.requiringParents(condition))) }
            lines.append(line)
        }
        if !space.forbidden.isEmpty {
            lines.append("\n[forbidden]")
            lines += try space.forbidden.map(text)
        }
        if digits > Self.usualDigits { lines.append("\n[global]\ndigits = \(digits)") }
        return SpaceText(text: lines.joined(separator: "\n") + "\n", losses: losses)
    }

    private mutating func description(of parameter: Parameter) throws -> String {
        let name = parameter.name
        guard name.wholeMatch(of: /[A-Za-z.][A-Za-z0-9._]*/) != nil else {
            throw inexpressible("the name \"\(name)\" has other characters than letters, digits, dots and underscores", name)
        }
        if parameter.prior != nil { losses.append("\"\(name)\" has no prior") }
        if parameter.defaultValue != nil, parameter.startValue != parameter.domain.middle { losses.append("\"\(name)\" has no default") }
        let start = "\(name) \"--\(name)=\""
        switch parameter.domain {
        case .integer(let low, let high, let log, _): return "\(start) i\(log ? ",log" : "") (\(low), \(high))"
        case .float(let low, let high, let log, _):
            try raiseDigits(low: low, high: high, log: log, name)
            return "\(start) r\(log ? ",log" : "") (\(low), \(high))"
        case .categorical(let values): return "\(start) c (\(try choices(values, name)))"
        case .ordinal(let values): return "\(start) o (\(try choices(values, name)))"
        case .constant(let value): return "\(start) c (\(try choices([value], name)))"
        }
    }

    private mutating func choices(_ values: [ParameterValue], _ name: String) throws -> String {
        if !ParameterValue.areRecognizable(values) { losses.append("the choices of \"\(name)\" are words without types") }
        return try values.map { value in
            let text = value.description
            guard !text.contains(where: { "\"|#\\".contains($0) || $0.isNewline }) else {
                throw inexpressible("the value \"\(text)\" of \"\(name)\" has a quote, a bar, a hash or a backslash", name)
            }
            return text.wholeMatch(of: /[A-Za-z0-9_.+-]+/) != nil ? text : "\"\(text)\""
        }.joined(separator: ", ")
    }

    /// irace rounds numbers: the bounds must survive that, and a thousandth of the smallest scale.
    private mutating func raiseDigits(low: Double, high: Double, log isLog: Bool, _ name: String) throws {
        func decimals(_ number: Double) -> Int {
            (0...Self.mostDigits + 1).first { place in
                let scale = pow(10, Double(place))
                return (number * scale).rounded() / scale == number
            } ?? Self.mostDigits + 1
        }
        let scale = isLog ? low : high - low
        let needed = max(decimals(low), decimals(high), Int((3 - log10(scale)).rounded(.up)))
        guard needed <= Self.mostDigits else { throw inexpressible("\"\(name)\" needs more than \(Self.mostDigits) decimal places", name) }
        digits = max(digits, needed)
    }

    private func text(of condition: Condition) throws -> String { try worded(rankless(condition)).written(in: .r) }

    /// With choices as the texts that they are to irace: R would round the digits of a number away before it compares.
    private func worded(_ condition: Condition) -> Condition {
        switch condition {
        case .all(let parts): return .all(parts.map(worded))
        case .any(let parts): return .any(parts.map(worded))
        case .relation: return condition
        case .parameter(let name, let test):
            guard space[name]?.domain.choices != nil else { return condition }
            let words = test.operands.map { ParameterValue.category($0.description) }
            if case .isIn = test { return .parameter(name, .isIn(words)) }
            return words.first.map { .parameter(name, Condition.Test(test.comparison, $0)) } ?? condition
        }
    }

    /// With tests by rank as sets.
    private func rankless(_ condition: Condition) throws -> Condition {
        switch condition {
        case .all(let parts): return .all(try parts.map(rankless))
        case .any(let parts): return .any(try parts.map(rankless))
        case .parameter(let name, let test):
            switch test {
            case .equals, .differs, .isIn: return condition
            case .greater, .less, .atLeast, .atMost:
                guard case .ordinal? = space[name]?.domain, let values = space.values(of: name, passing: condition, limit: .max) else { return condition }
                return .parameter(name, .isIn(values))
            }
        case .relation(let left, let comparison, let right):
            if comparison == .equals || comparison == .differs { return condition }
            if [left, right].allSatisfy({ space[$0]?.domain.numericEnds != nil }) { return condition }
            return try space.asCombinations(condition, limit: 1000)
        }
    }

    private func inexpressible(_ why: String, _ name: String? = nil) -> SearchSpaceError {
        SearchSpaceError(.inexpressible, "irace's files cannot express the space: \(why).", parameter: name)
    }
}
