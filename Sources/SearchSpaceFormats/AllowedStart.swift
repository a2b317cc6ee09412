import SearchSpaces

extension SearchSpace {
    /// The default configuration; where it is forbidden, an allowed one near it: with the nearest other value of one parameter of the clauses
    /// in the way if that is enough, else with random values of all of these, else of any.
    ///
    /// - Throws: `SearchSpaceError` (`forbidden`) when nothing allowed was found.
    func allowedStart() throws -> Configuration {
        let start = defaultConfiguration
        let culprits = forbidden.filter { holds($0, in: start) }.reduce(into: Set<String>()) { $0.formUnion($1.parents) }
        guard isForbidden(start) else { return start }
        var sequence = FixedSequence()
        let draws = try (0..<Self.startDraws).map { _ in try randomConfiguration(using: &sequence) }
        let ordered = names.filter(culprits.contains)
        for name in ordered {
            // The bounds of the clauses are often the nearest that is allowed.
            let bounds = forbidden.flatMap { $0.operands(of: name) } + draws.compactMap { $0[name] }
            for value in bounds.compactMap({ self[name]?.domain.canonical($0) }).sorted(by: { distance($0, name) < distance($1, name) }) {
                let candidate = try complete([name: value], from: start)
                if !isForbidden(candidate) { return candidate }
            }
        }
        for draw in draws {
            let candidate = try complete(Configuration(ordered.compactMap { name in draw[name].map { (name, $0) } }), from: start)
            if !isForbidden(candidate) { return candidate }
        }
        return draws[0]
    }

    private static var startDraws: Int { 50 }

    /// How far a value lies from the parameter's default on its scale.
    private func distance(_ value: ParameterValue, _ name: String) -> Double {
        guard let parameter = self[name], let here = parameter.domain.unit(of: value), let start = parameter.domain.unit(of: parameter.startValue) else {
            return .infinity
        }
        return abs(here - start)
    }

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

extension Condition {
    /// What the tests of a parameter compare it with.
    fileprivate func operands(of name: String) -> [ParameterValue] {
        switch self {
        case .parameter(let parent, let test): parent == name ? test.operands : []
        case .relation: []
        case .all(let parts), .any(let parts): parts.flatMap { $0.operands(of: name) }
        }
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
