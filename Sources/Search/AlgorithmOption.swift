public import SearchSpaces

/// What an option of a sampler or a scheduler means: feeds the documents and `tutti list`.
public struct AlgorithmOption: Sendable, Hashable, Codable {
    /// As it stands in ``AlgorithmChoice/options``.
    public var name: String
    /// A phrase or a sentence: what it does, in which unit, its range or its values.
    public var summary: String
    /// What holds where the option is not given, as a user would type it; nil where that depends on something, which the summary then says.
    public var standard: String?

    private enum CodingKeys: String, CodingKey {
        case name, summary
        case standard = "default"
    }

    public init(_ name: String, _ summary: String, standard: (any CustomStringConvertible)? = nil) {
        self.name = name
        self.summary = summary
        self.standard = standard?.description
    }

    /// The value that a user means by a text: a whole number, a number, true or false, else a name.
    public static func value(of text: String) -> ParameterValue {
        Int(text).map { .integer($0) } ?? Double(text).map { .float($0) } ?? Bool(text).map { .boolean($0) } ?? .category(text)
    }
}

extension [AlgorithmOption] {
    /// Whether there is an option of that name.
    public func contains(named name: String) -> Bool { contains { $0.name == name } }
}

/// What several algorithms have in common.
extension AlgorithmOption {
    static func startupTrials(_ standard: Int) -> AlgorithmOption {
        AlgorithmOption("startup_trials", "trials that must have a result before the model is used; at least 1", standard: standard)
    }

    /// Of schedulers with rungs.
    static let minimumFidelity = AlgorithmOption(
        "minimum_fidelity", "lowest fidelity, in the objective's unit (epochs, rows, rounds); from 1 to maximum_fidelity", standard: 1)

    /// Of schedulers with rungs.
    static let maximumFidelity = AlgorithmOption(
        "maximum_fidelity", "fidelity at which a trial is complete, in the objective's unit (epochs, rows, rounds)", standard: 81)

    /// Of schedulers that do without.
    static let optionalMaximumFidelity = AlgorithmOption(
        "maximum_fidelity", "fidelity of every trial, in the objective's unit (epochs, rows, rounds); by default trials have none")

    static let eta = AlgorithmOption("eta", "reduction factor: about one in eta goes on to about eta times the fidelity; at least 2", standard: 3)

    /// - Parameter stages: What the brackets begin at.
    static func brackets(_ stages: String) -> AlgorithmOption {
        AlgorithmOption(
            "brackets", "early-stopping rates that take turns, each beginning one \(stages) later; 1 to the number of \(stages)s", standard: 1)
    }
}
