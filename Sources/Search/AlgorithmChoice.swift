public import SearchSpaces

/// An algorithm by its id in a registry, with the options that differ from its defaults.
///
/// Stored with the study, so that a worker needs to know no more than the store and the study's name.
public struct AlgorithmChoice: Sendable, Hashable, Codable {
    public var id: String
    public var options: Configuration

    public init(_ id: String, _ options: Configuration = [:]) {
        self.id = id
        self.options = options
    }
}

extension Configuration {
    /// - Throws: `SearchError` (`invalidOption`) when an option is not among `known`.
    package func rejectOptions(except known: [AlgorithmOption], of algorithm: String) throws {
        guard let stray = names.first(where: { !known.contains(named: $0) }) else { return }
        let list = known.isEmpty ? "none" : known.map(\.name).joined(separator: ", ")
        throw SearchError(.invalidOption, "\(algorithm) has no option \"\(stray)\"; it has \(list).")
    }
}
