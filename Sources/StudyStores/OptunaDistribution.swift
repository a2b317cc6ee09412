import Foundation
import Search
import SearchSpaces

/// Domains as Optuna's distributions: JSON documents beside each parameter of each trial, and values as one number.
///
/// Ordinals and constants become categorical distributions, in order and with one choice.
enum OptunaDistribution {
    /// Optuna's `None` among choices. Parameters have no such value, so it is this text here, and `null` again wherever it is written: Optuna has
    /// its `None` back. A text that Optuna's users write as `"None"` stays that text.
    static let none = ParameterValue.category("<None>")

    static func json(_ domain: Domain) -> String {
        switch domain {
        case .float(let low, let high, let log, let step):
            // Optuna wants the upper end on the grid.
            let last = step.map { low + Double((domain.count ?? 1) - 1) * $0 }.map { Swift.min($0, high) } ?? high
            return #"{"name": "FloatDistribution", "attributes": {"step": \#(step.map { "\($0)" } ?? "null"), "low": \#(low), "#
                + #""high": \#(last), "log": \#(log)}}"#
        case .integer(let low, _, let log, let step):
            let last = low + ((domain.count ?? 1) - 1) * step
            return #"{"name": "IntDistribution", "attributes": {"log": \#(log), "step": \#(step), "low": \#(low), "high": \#(last)}}"#
        case .categorical, .ordinal, .constant:
            let choices = (domain.choices ?? []).map(json).joined(separator: ", ")
            return #"{"name": "CategoricalDistribution", "attributes": {"choices": [\#(choices)]}}"#
        }
    }

    private static func json(_ value: ParameterValue) -> String {
        if value == none { return "null" }
        guard case .category(let text) = value else { return value.description }
        let quoted = try? JSONEncoder().encode(text)
        return quoted.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    /// The number that stands for a value: itself, or the index of the choice.
    static func number(of value: ParameterValue, in domain: Domain) -> Double? {
        domain.choices.map { choices in choices.firstIndex(of: value).map(Double.init) } ?? value.number
    }

    /// The value that a number stands for.
    static func value(of number: Double, in domain: Domain) -> ParameterValue? {
        switch domain {
        case .float: return .float(number)
        case .integer: return Int(exactly: number.rounded()).map { .integer($0) }
        case .categorical, .ordinal, .constant:
            guard let choices = domain.choices, let index = Int(exactly: number), choices.indices.contains(index) else { return nil }
            return choices[index]
        }
    }

    /// - Throws: `SearchError` (`storage`) when the document is no distribution we know; it names the parameter.
    static func domain(_ json: String, of parameter: String) throws -> Domain {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
        } catch {
            throw StoreErrors.storage(
                "the parameter \"\(parameter)\" has choices other than numbers, texts, booleans and None: \(json). Only Optuna can go on with it; "
                    + "a study for both has a text or a number for each choice.")
        }
        let attributes = document.attributes
        switch document.name {
        case "FloatDistribution":
            guard let low = attributes.low, let high = attributes.high else { break }
            return .float(low: low, high: high, log: attributes.log ?? false, step: attributes.step)
        case "IntDistribution":
            guard let low = attributes.low.flatMap(Int.init(exactly:)), let high = attributes.high.flatMap(Int.init(exactly:))
            else { break }
            return .integer(low: low, high: high, log: attributes.log ?? false, step: attributes.step.flatMap(Int.init(exactly:)) ?? 1)
        case "CategoricalDistribution":
            guard let choices = attributes.choices else { break }
            return .categorical(choices.map { $0 ?? none })
        default: break
        }
        throw StoreErrors.storage("the parameter \"\(parameter)\" has an unknown distribution, expected a float, int or categorical one: \(json)")
    }

    private struct Document: Decodable {
        struct Attributes: Decodable {
            var low: Double?
            var high: Double?
            var log: Bool?
            var step: Double?
            var choices: [ParameterValue?]?
        }
        var name: String
        var attributes: Attributes
    }
}
