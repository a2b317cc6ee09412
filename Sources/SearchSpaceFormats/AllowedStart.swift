import SearchSpaces

extension SearchSpace {
    /// The default configuration; where it is forbidden, an allowed one near it: with another value of one parameter of the clauses in the
    /// way if that is enough, else of all of these, else of any.
    ///
    /// - Throws: `SearchSpaceError` (`forbidden`) when nothing allowed was found.
    func allowedStart() throws -> Configuration {
        let start = defaultConfiguration
        let culprits = forbidden.filter { holds($0, in: start) }.reduce(into: Set<String>()) { $0.formUnion($1.parents) }
        guard isForbidden(start) else { return start }
        var sequence = FixedSequence()
        let draws = try (0..<Self.startDraws).map { _ in try randomConfiguration(using: &sequence) }
        let ordered = names.filter(culprits.contains)
        for changed in ordered.map({ [$0] }) + [ordered] {
            for draw in draws {
                let values = Configuration(changed.compactMap { name in draw[name].map { (name, $0) } })
                let candidate = try complete(values, from: start)
                if !isForbidden(candidate) { return candidate }
            }
        }
        return draws[0]
    }

    private static var startDraws: Int { 50 }

    /// The same space with the start values of a configuration.
    func starting(at start: Configuration) throws -> SearchSpace {
        try SearchSpace(
            parameters.map { parameter in
                var copy = parameter
                if let value = start[parameter.name], value != parameter.startValue { copy.defaultValue = value }
                return copy
            }, forbidden: forbidden)
    }
}

/// The same draws every time (SplitMix64): what is written must not change from run to run.
private struct FixedSequence: RandomNumberGenerator {
    private var state: UInt64 = 0

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
