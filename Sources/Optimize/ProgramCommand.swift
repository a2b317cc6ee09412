import Foundation
import Search
public import SearchSpaces

/// The program to be tuned: its command line, and how it gets the parameters.
///
/// Arguments may hold placeholders: `{name}` for a parameter, `{trial}`, `{fidelity}`, `{previous_fidelity}`, `{seed}`, `{params}` for a JSON
/// file of the parameters, `{checkpoint}` and `{parent}` for folders, `{result}` for the file of the result; `{{name}}` is `{name}` itself. A
/// parameter goes before another thing of the same name. Where no argument names a parameter or the file of them, the parameters are added as flags,
/// `--name value`. Every program finds everything in its environment too: `TUTTI_PARAM_NAME`, `TUTTI_TRIAL`, …
public struct ProgramCommand: Sendable {
    /// How parameters are handed over beside the environment and placeholders.
    public enum Passing: Sendable, Hashable {
        /// `--name value`, unless the arguments have placeholders.
        case flags
        /// A JSON file, its path in `{params}` and `TUTTI_PARAMS`.
        case file
        /// Nothing else.
        case environment
    }

    let words: [Word]
    let passing: Passing
    /// Where the program leaves its result, with placeholders; nil for standard output.
    let resultFile: Word?
    private let space: SearchSpace
    /// The environment variable of each parameter.
    private let variables: [String: String]

    /// - Throws: `SearchError` (`invalidOption`) when there is no program or a placeholder means nothing.
    public init(_ arguments: [String], space: SearchSpace, passing: Passing = .flags, resultFile: String? = nil) throws {
        guard let first = arguments.first, !first.isEmpty else {
            throw SearchError(.invalidOption, "There is no program to run; give its command line after --, such as -- python train.py.")
        }
        let known = Set(space.names + Place.allCases.map(\.rawValue))
        words = try arguments.map { try Word($0, known: known) }
        self.resultFile = try resultFile.map { try Word($0, known: known) }
        self.passing = passing
        self.space = space
        var variables: [String: String] = [:]
        for name in space.names { variables[name] = Self.variable(for: name) }
        let clashes = Dictionary(grouping: space.names, by: { variables[$0] ?? "" }).values.filter { $0.count > 1 }.flatMap { $0 }
        // Two names that differ only in case or signs: neither is to be taken for the other.
        for name in clashes { variables[name] = "TUTTI_PARAM_" + name }
        self.variables = variables
    }

    /// What a placeholder may stand for besides a parameter.
    enum Place: String, CaseIterable {
        case trial, fidelity, seed, params, checkpoint, parent, result
        /// How far the checkpoint has come that the trial goes on from; absent where it begins afresh.
        case previousFidelity = "previous_fidelity"
    }

    /// `TUTTI_PARAM_LEARNING_RATE` for `learning-rate`.
    static func variable(for parameter: String) -> String {
        "TUTTI_PARAM_" + String(parameter.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// Whether the program needs a file of the parameters.
    var needsFile: Bool { passing == .file || words.contains { $0.names.contains(Place.params.rawValue) && space[Place.params.rawValue] == nil } }

    /// What places stand for in one trial; what has none there is absent.
    func values(of places: [Place: String], _ configuration: Configuration) -> [String: String] {
        var values: [String: String] = [:]
        for (place, value) in places { values[place.rawValue] = value }
        // A parameter that is inactive is absent, also where a place has its name.
        for name in space.names { values[name] = configuration[name].map(Self.text) }
        return values
    }

    /// The command line of one trial.
    func arguments(_ places: [Place: String], _ configuration: Configuration) -> [String] {
        let values = values(of: places, configuration)
        var arguments: [String] = []
        for (index, word) in words.enumerated() {
            if let text = word.text(values) {
                arguments.append(text)
            } else if word.isWhole, index > 1, words[index - 1].isFlag {
                // `--momentum {momentum}`: without the value the flag would take the next word for it.
                arguments.removeLast()
            }
        }
        let mentioned = words.contains { word in word.names.contains { space[$0] != nil || $0 == Place.params.rawValue } }
        if passing == .flags, !mentioned {
            for (name, value) in space.ordered(configuration) { arguments += ["--" + name, Self.text(value)] }
        }
        return arguments
    }

    /// A value as a program's own reader of arguments takes it for one: many take `-4e-05` for a flag, but not `-0.00004`.
    static func text(_ value: ParameterValue) -> String {
        let text = value.description
        guard case .float(let number) = value, number < 0, let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        let digits = text[..<mark].filter(\.isNumber)
        // The digits stand for d.ddd · 10^exponent; beyond these lengths nobody wants to read it.
        switch exponent {
        case -40..<0: return "-0." + String(repeating: "0", count: -exponent - 1) + digits
        case digits.count - 1...40: return "-" + digits + String(repeating: "0", count: exponent - digits.count + 1) + ".0"
        default: return text
        }
    }

    /// The variables that are added to the environment.
    func environment(_ places: [Place: String], _ configuration: Configuration) -> [String: String] {
        let names: [Place: String] = [
            .trial: "TUTTI_TRIAL", .fidelity: "TUTTI_FIDELITY", .previousFidelity: "TUTTI_PREVIOUS_FIDELITY", .seed: "TUTTI_SEED", .params: "TUTTI_PARAMS",
            .checkpoint: "TUTTI_CHECKPOINT",
            .parent: "TUTTI_PARENT_CHECKPOINT", .result: "TUTTI_RESULT",
        ]
        var environment: [String: String] = [:]
        for (place, value) in places { environment[names[place] ?? place.rawValue] = value }
        for (name, value) in configuration { environment[variables[name] ?? Self.variable(for: name)] = value.description }
        return environment
    }
}

/// An argument with placeholders.
struct Word: Sendable {
    private enum Part: Sendable {
        case text(String)
        case name(String)
    }

    private let parts: [Part]

    /// - Throws: `SearchError` (`invalidOption`) when a placeholder is none of `known`.
    init(_ text: String, known: Set<String>) throws {
        var parts: [Part] = []
        var plain = ""
        var rest = Substring(text)
        while let character = rest.first {
            // `${NAME}` belongs to a shell.
            let isShells = plain.last == "$"
            if rest.hasPrefix("{{"), let end = rest.range(of: "}}"), Self.isName(rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]) {
                plain += "{" + rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound] + "}"
                rest = rest[end.upperBound...]
                continue
            }
            if character == "{", !isShells, let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                if known.contains(name) {
                    if !plain.isEmpty { parts.append(.text(plain)) }
                    plain = ""
                    parts.append(.name(name))
                    rest = rest[rest.index(after: end)...]
                    continue
                }
                if Self.isName(name[...]) {
                    throw SearchError(
                        .invalidOption,
                        "The argument '\(text)' has the placeholder {\(name)}, which is none of \(listing(known.sorted())); "
                            + "write {{\(name)}} for {\(name)} itself."
                    )
                }
            }
            plain.append(character)
            rest = rest.dropFirst()
        }
        if !plain.isEmpty || parts.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || "_.-:".contains($0) }
    }

    /// The names of its placeholders.
    var names: [String] { parts.compactMap { if case .name(let name) = $0 { name } else { nil } } }
    /// Whether it is one placeholder and nothing else.
    var isWhole: Bool { parts.count == 1 && !names.isEmpty }
    /// Whether it is a plain flag, whose value is the next word.
    var isFlag: Bool {
        guard parts.count == 1, case .text(let text) = parts[0] else { return false }
        return text.hasPrefix("-") && text.count > 1 && !text.contains("=")
    }

    /// The text with the values; nil where one is missing.
    func text(_ values: [String: String]) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .name(let name):
                guard let value = values[name] else { return nil }
                text += value
            }
        }
        return text
    }
}

/// A command line as a shell reads it.
public enum ShellWords {
    public static func quoted(_ arguments: [String]) -> String {
        arguments.map { argument in
            let isPlain = !argument.isEmpty && argument.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./=:,+@%".contains($0)) }
            return isPlain ? argument : "'" + argument.replacingOccurrences(of: "'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
