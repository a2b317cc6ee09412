import SearchSpaces

/// Reads parameter configuration spaces, of AClib 1 (`name {a, b} [a]`, `name [1, 9] [3]il`) and of AClib 2
/// (`name categorical {a, b} [a]`, `name integer [1, 9] [3] log`).
///
/// Lines `child | parent in {a, b}` are conditions; several for one child must all hold. Lines `{a=1, b=2}` are forbidden
/// combinations. A lone choice is a constant. Forbidden formulas in Python, which SMAC 2 knows beside them, are not read.
struct PCSReader {
    private var parameters: [Parameter] = []
    private var domains: [String: Domain] = [:]
    private var forbidden: [Condition] = []

    static func read(_ text: String) throws -> SearchSpace {
        var reader = PCSReader()
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map { number, line in
            LineCursor(line.prefix { $0 != "#" }.map { $0 == "'" ? " " : $0 }.reduce(into: "") { $0.append($1) }, line: number + 1)
        }
        // Conditions and clauses may precede their parameters.
        let entries = lines.filter { !$0.isAtEnd && !$0.rest.lowercased().hasPrefix("conditionals:") && !$0.rest.lowercased().hasPrefix("forbidden:") }
        for line in entries where !line.rest.contains("|") && !line.rest.hasPrefix("{") { try reader.readParameter(line) }
        for line in entries where line.rest.contains("|") { try reader.readCondition(line) }
        for line in entries where !line.rest.contains("|") && line.rest.hasPrefix("{") { try reader.readForbidden(line) }
        return try SearchSpace(reader.parameters, forbidden: reader.forbidden)
    }

    private mutating func readParameter(_ line: LineCursor) throws {
        var line = line
        let start = line
        let name = line.take { !$0.isWhitespace && $0 != "[" && $0 != "{" }
        guard !name.isEmpty else { throw line.fail("expected the name of a parameter") }
        let type = line.take { $0.isLetter }
        guard ["", "integer", "real", "categorical", "ordinal"].contains(type) else {
            throw start.fail("\"\(name)\" has the type \"\(type)\"; expected integer, real, categorical or ordinal", at: start.column, parameter: name)
        }
        var parameter =
            line.rest.hasPrefix("[") ? try readNumber(name, type, &line) : try readChoice(name, type, &line)
        guard line.isAtEnd else { throw line.fail("expected the end of the line after \"\(name)\"", parameter: name) }
        if case .categorical(let choices) = parameter.domain, choices.count == 1, let only = choices.first { parameter = .constant(name, only) }
        do { try parameter.check() } catch var error as SearchSpaceError {
            (error.line, error.column) = (start.line, start.column)
            throw error
        }
        guard domains.updateValue(parameter.domain, forKey: name) == nil else {
            throw SearchSpaceError(.duplicateName, "\"\(name)\" is declared twice.", parameter: name, line: start.line, column: start.column)
        }
        parameters.append(parameter)
    }

    private func readNumber(_ name: String, _ type: String, _ line: inout LineCursor) throws -> Parameter {
        let start = line
        let bounds = try line.list(from: "[", to: "]", "the range of \"\(name)\"")
        let value = try line.list(from: "[", to: "]", "the default of \"\(name)\"")
        let suffix = line.take { $0.isLetter }
        guard suffix.isEmpty || (type.isEmpty ? suffix.allSatisfy { "il".contains($0) } : suffix == "log") else {
            throw line.fail("\"\(name)\" ends in \"\(suffix)\"; expected i, l or il, or log after a type", at: line.column, parameter: name)
        }
        func numbers(_ items: [(text: String, column: Int)]) throws -> [ParameterValue] {
            try items.map { item in
                guard let number = ParameterValue(number: item.text) else {
                    throw line.fail("\"\(item.text)\" is not a number", at: item.column, parameter: name)
                }
                return number
            }
        }
        let ends = try numbers(bounds)
        guard ends.count == 2, value.count == 1 else { throw start.fail("expected [low, high] [default]", parameter: name) }
        let isLog = suffix.contains("l")
        var parameter: Parameter
        if type == "integer" || type.isEmpty && suffix.contains("i") {
            guard let low = ends[0].wholeNumber, let high = ends[1].wholeNumber else {
                throw line.fail("the bounds of \"\(name)\" must be whole numbers", at: bounds[0].column, parameter: name)
            }
            parameter = Parameter(name, .integer(low: low, high: high, log: isLog))
        } else if type == "real" || type.isEmpty, let low = ends[0].number, let high = ends[1].number {
            parameter = Parameter(name, .float(low: low, high: high, log: isLog))
        } else {
            throw start.fail("a range is for integer and real", parameter: name)
        }
        parameter.setDefault(try numbers(value).first)
        return parameter
    }

    private func readChoice(_ name: String, _ type: String, _ line: inout LineCursor) throws -> Parameter {
        guard ["", "categorical", "ordinal"].contains(type) else { throw line.fail("expected [low, high] for \"\(name)\"", parameter: name) }
        let words = try line.list(from: "{", to: "}", "the choices of \"\(name)\"").map(\.text)
        let choices = ParameterValue.choices(of: words)
        var parameter = Parameter(name, type == "ordinal" ? .ordinal(choices) : .categorical(choices))
        let start = line
        let value = try line.list(from: "[", to: "]", "the default of \"\(name)\"")
        guard value.count == 1, let start = parameter.domain.value(written: value[0].text) else {
            throw start.fail("the default of \"\(name)\" must be one of its choices", at: start.column, parameter: name)
        }
        parameter.setDefault(start)
        return parameter
    }

    // MARK: Conditions

    private mutating func readCondition(_ line: LineCursor) throws {
        var line = line
        let start = line
        let child = line.take { !$0.isWhitespace && $0 != "|" }
        guard let index = parameters.firstIndex(where: { $0.name == child }) else { throw unknown(child, start) }
        try line.expect("|", "after the child \"\(child)\"")
        var alternatives: [Condition] = []
        repeat {
            var parts: [Condition] = []
            repeat { parts.append(try test(&line)) } while line.take("&&")
            alternatives.append(parts.count == 1 ? parts[0] : .all(parts))
        } while line.take("||")
        guard line.isAtEnd else { throw line.fail("expected && or || or the end of the line") }
        parameters[index] = parameters[index].when(alternatives.count == 1 ? alternatives[0] : .any(alternatives))
    }

    private func test(_ line: inout LineCursor) throws -> Condition {
        let start = line
        let parent = line.take { !$0.isWhitespace && !"=!<>".contains($0) }
        guard let domain = domains[parent] else { throw unknown(parent, start) }
        if line.take("in") {
            let values = try line.list(from: "{", to: "}", "the values of \"\(parent)\"")
            let known = try values.map { try value($0.text, of: parent, domain, line, at: $0.column) }
            return .parameter(parent, known.count == 1 ? .equals(known[0]) : .isIn(known))
        }
        for (symbol, comparison) in [("==", Condition.Comparison.equals), ("!=", .differs), ("<", .less), (">", .greater)] where line.take(symbol) {
            let column = line.column
            let word = line.take { !$0.isWhitespace }
            return .parameter(parent, Condition.Test(comparison, try value(word, of: parent, domain, line, at: column)))
        }
        throw line.fail("expected in, ==, !=, < or > after \"\(parent)\"")
    }

    private mutating func readForbidden(_ line: LineCursor) throws {
        var line = line
        let start = line
        let items = try line.list(from: "{", to: "}", "a forbidden combination")
        guard line.isAtEnd else { throw line.fail("expected the end of the line after a forbidden combination") }
        let tests = try items.map { item -> Condition in
            let sides = item.text.split(separator: "=", maxSplits: 1).map(\.trimmingSpace)
            guard sides.count == 2, !item.text.contains("==") else {
                throw start.fail("a forbidden combination is {name=value, …}, got \"\(item.text)\"", at: item.column)
            }
            guard let domain = domains[sides[0]] else { throw unknown(sides[0], start) }
            return .parameter(sides[0], .equals(try value(sides[1], of: sides[0], domain, start, at: item.column)))
        }
        forbidden.append(tests.count == 1 ? tests[0] : .all(tests))
    }

    private func value(_ word: String, of name: String, _ domain: Domain, _ line: LineCursor, at column: Int) throws -> ParameterValue {
        if let value = domain.value(written: word) { return value }
        throw line.fail("\"\(word)\" is no value of \"\(name)\", which is \(domain)", at: column, parameter: name)
    }

    private func unknown(_ name: String, _ line: LineCursor) -> SearchSpaceError {
        SearchSpaceError(
            .unknownParameter, "\"\(name)\" is not a parameter; the file has \(domains.keys.sorted().joined(separator: ", ")).", parameter: name,
            line: line.line, column: line.column)
    }
}
