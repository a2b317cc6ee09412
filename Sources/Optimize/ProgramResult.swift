import Foundation
import Search

/// What a program prints, line by line: reports on the way, and the result in the last line that is one.
struct ProgramOutput {
    /// One line, understood.
    enum Line: Hashable {
        case report(step: Int, value: Double)
        case result(ProgramResult)
        /// A result that does not fit the study.
        case misfit(String)
        case other
    }

    /// How many values are expected.
    let objectives: Int
    /// The names of the members of a JSON object that hold them; empty for `values` or `value`.
    let metricNames: [String]

    func read(_ text: String) -> Line {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.count <= LineSplitter.limitBytes, let first = text.first else { return .other }
        if first == "{" {
            guard let document = try? JSONReader.read(text) else { return .other }
            return read(document)
        }
        guard first.isNumber || "+-.iInN[".contains(first) else { return .other }
        let inside = first == "[" && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        let words = inside.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" })
        let numbers = words.compactMap { Double($0) }
        guard !words.isEmpty, numbers.count == words.count, numbers.count == objectives else { return .other }
        return .result(ProgramResult(values: numbers))
    }

    private func read(_ document: JSONValue) -> Line {
        let values = values(in: document)
        if let step = document["step"]?.wholeNumber {
            guard let value = values?.first ?? document["value"]?.double else { return .other }
            return .report(step: step, value: value)
        }
        if case .string("fail")? = document["state"] {
            return .result(ProgramResult(values: [], failure: document["reason"]?.text ?? "no reason was given"))
        }
        guard let values else {
            guard case .object(let members) = document, members.contains(where: { $0.value.double != nil }) else { return .other }
            let expected = metricNames.isEmpty ? "\"value\" or \"values\"" : listing(metricNames.map { "\"\($0)\"" })
            return .misfit("the result \(document.shown) has no \(expected); name its members with --metric")
        }
        guard values.count == objectives else {
            return .misfit("the result \(document.shown) has \(values.count) values, expected \(objectives), one per objective")
        }
        var result = ProgramResult(values: values)
        if case .object(let constraints)? = document["constraints"] {
            for constraint in constraints { result.constraints[constraint.name] = constraint.value.double ?? .nan }
        }
        return .result(result)
    }

    private func values(in document: JSONValue) -> [Double]? {
        if !metricNames.isEmpty {
            let values = metricNames.compactMap { document[$0]?.double }
            if values.count == metricNames.count { return values }
        }
        if case .array(let items)? = document["values"] {
            let values = items.compactMap(\.double)
            return values.count == items.count ? values : nil
        }
        return (document["value"] ?? document["values"])?.double.map { [$0] }
    }

    /// The result in a file: the whole of it as one document, or its last line that is a result.
    func read(file: String) -> Line {
        if case .result(let result) = read(file.replacingOccurrences(of: "\n", with: " ")) { return .result(result) }
        var last = Line.other
        for line in file.split(separator: "\n") {
            switch read(String(line)) {
            case .result(let result): last = .result(result)
            case .misfit(let reason): last = .misfit(reason)
            case .report, .other: continue
            }
        }
        return last
    }
}

/// The result of a program.
struct ProgramResult: Hashable {
    var values: [Double]
    var constraints: [String: Double] = [:]
    /// Why there is none, in the program's own words.
    var failure: String?
}
