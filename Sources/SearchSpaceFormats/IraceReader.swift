import SearchSpaces

/// Reads parameter files of irace: `name "switch" type (values) | condition`, with the sections `[forbidden]` and `[global]`.
///
/// Switches and digits are not kept. A bound that is another parameter's name becomes that parameter's widest value and a forbidden
/// relation; a bound that is a formula is refused. A lone choice is a constant.
struct IraceReader {
    private enum Section { case parameters, forbidden, global }

    private var parameters: [Parameter] = []
    private var domains: [String: Domain] = [:]
    private var conditions: [(name: String, text: String, line: Int, column: Int)] = []
    private var clauses: [(text: String, line: Int, column: Int)] = []
    /// Numbers that wait for the parameter that bounds them.
    private var dependent: [Dependent] = []
    private var forbidden: [Condition] = []

    private struct Dependent {
        var name: String
        var type: String
        var bounds: [(text: String, column: Int)]
        var cursor: LineCursor
    }

    static func read(_ text: String) throws -> SearchSpace {
        var reader = IraceReader()
        var section = Section.parameters
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let cursor = LineCursor(line.prefix { $0 != "#" }, line: number + 1)
            if cursor.isAtEnd { continue }
            switch (cursor.rest.trimmingSpace, section) {
            case ("[forbidden]", _): section = .forbidden
            case ("[global]", _): section = .global
            case (_, .parameters): try reader.readParameter(cursor)
            case (let text, .forbidden): reader.clauses.append((text, number + 1, cursor.column))
            case (_, .global): break
            }
        }
        try reader.resolveDependent()
        return try reader.space()
    }

    private mutating func readParameter(_ line: LineCursor) throws {
        var line = line
        let start = line
        let name = line.take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        guard !name.isEmpty else { throw line.fail("expected the name of a parameter") }
        guard domains[name] == nil, !dependent.contains(where: { $0.name == name }) else {
            throw SearchSpaceError(.duplicateName, "\"\(name)\" is declared twice.", parameter: name, line: start.line, column: start.column)
        }
        try line.expect("\"", "before the switch of \"\(name)\"")
        _ = line.take { $0 != "\"" }
        try line.expect("\"", "after the switch of \"\(name)\"")
        let typeStart = line.column
        let type = line.take { $0.isLetter || $0 == "," }
        guard ["i", "r", "c", "o", "i,log", "r,log"].contains(type) else {
            throw line.fail("the type of \"\(name)\" is \"\(type)\"; expected i, r, c, o, or i,log or r,log", at: typeStart, parameter: name)
        }
        let values = try values(of: name, &line)
        if !line.isAtEnd {
            try line.expect("|", "before the condition of \"\(name)\"")
            conditions.append((name, line.rest, line.line, line.column))
        }
        if type == "c" || type == "o" {
            let choices = ParameterValue.choices(of: values.map(\.text))
            let domain: Domain = type == "o" ? .ordinal(choices) : choices.count == 1 ? .constant(choices[0]) : .categorical(choices)
            try add(Parameter(name, domain), at: start)
        } else {
            guard values.count == 2 else { throw line.fail("the range of \"\(name)\" must be (low, high)", at: typeStart, parameter: name) }
            let waits = Dependent(name: name, type: type, bounds: values, cursor: start)
            // A place in the order for those that wait.
            parameters.append(Parameter(name, .constant(false)))
            dependent.append(waits)
        }
    }

    /// The list in parentheses, which may hold formulas with parentheses of their own.
    private func values(of name: String, _ line: inout LineCursor) throws -> [(text: String, column: Int)] {
        try line.expect("(", "before the values of \"\(name)\"")
        var items: [(text: String, column: Int)] = []
        while true {
            let column = line.column
            if line.take("\"") {
                items.append((line.take { $0 != "\"" }, column))
                try line.expect("\"", "after a value of \"\(name)\"")
            } else {
                var depth = 0
                let text = line.take { character in
                    if depth == 0, character == "," || character == ")" { return false }
                    depth += character == "(" ? 1 : character == ")" ? -1 : 0
                    return true
                }
                guard !text.trimmingSpace.isEmpty else { throw line.fail("expected a value of \"\(name)\"", parameter: name) }
                items.append((text.trimmingSpace, column))
            }
            if line.take(",") { continue }
            try line.expect(")", "after the values of \"\(name)\"")
            return items
        }
    }

    private mutating func add(_ parameter: Parameter, at cursor: LineCursor) throws {
        do { try parameter.check() } catch var error as SearchSpaceError {
            (error.line, error.column) = (cursor.line, cursor.column)
            throw error
        }
        domains[parameter.name] = parameter.domain
        if let index = parameters.firstIndex(where: { $0.name == parameter.name }) {
            parameters[index] = parameter
        } else {
            parameters.append(parameter)
        }
    }

    /// Numbers, those first whose bounds are known.
    private mutating func resolveDependent() throws {
        while !dependent.isEmpty {
            let ready = dependent.filter { item in item.bounds.allSatisfy { ParameterValue(number: $0.text) != nil || domains[$0.text] != nil } }
            guard !ready.isEmpty else {
                let item = dependent[0]
                let bound = item.bounds.first { ParameterValue(number: $0.text) == nil && domains[$0.text] == nil } ?? item.bounds[0]
                throw item.cursor.fail(
                    "the bound \"\(bound.text)\" of \"\(item.name)\" is neither a number nor another number's name; formulas are not read",
                    at: bound.column, parameter: item.name)
            }
            for item in ready { try addNumber(item) }
            dependent.removeAll { domains[$0.name] != nil }
        }
    }

    private mutating func addNumber(_ item: Dependent) throws {
        let ends = try item.bounds.enumerated().map { index, bound -> ParameterValue in
            if let number = ParameterValue(number: bound.text) { return number }
            guard let ends = domains[bound.text]?.numericEnds else {
                throw item.cursor.fail("the bound \"\(bound.text)\" of \"\(item.name)\" is not a number", at: bound.column, parameter: item.name)
            }
            forbidden.append(.relation(item.name, index == 0 ? .less : .greater, bound.text))
            return .float(index == 0 ? ends.low : ends.high)
        }
        let isLog = item.type.hasSuffix("log")
        if item.type.hasPrefix("i") {
            guard let low = ends[0].wholeNumber, let high = ends[1].wholeNumber else {
                throw item.cursor.fail("the bounds of \"\(item.name)\" must be whole numbers", at: item.bounds[0].column, parameter: item.name)
            }
            try add(Parameter(item.name, .integer(low: low, high: high, log: isLog)), at: item.cursor)
        } else {
            try add(Parameter(item.name, .float(low: ends[0].number ?? 0, high: ends[1].number ?? 0, log: isLog)), at: item.cursor)
        }
    }

    private func space() throws -> SearchSpace {
        var complete = parameters
        for entry in conditions {
            let condition = try ConditionReader.read(
                entry.text, domains: domains, of: "The condition of parameter \"\(entry.name)\"", line: entry.line, column: entry.column)
            if let index = complete.firstIndex(where: { $0.name == entry.name }), condition != .all([]) { complete[index].condition = condition }
        }
        let read = try clauses.enumerated().map { number, clause in
            try ConditionReader.read(
                clause.text, domains: domains, of: "The forbidden combination \(number + 1), \"\(clause.text)\"", line: clause.line, column: clause.column)
        }
        return try SearchSpace(complete, forbidden: forbidden + read)
    }
}
