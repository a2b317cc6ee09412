public import SearchSpaces

extension Study {
    /// Puts a configuration, or a part of one, at the head of what is tried: a default, or the best of an earlier study.
    ///
    /// - Parameter configuration: What is fixed; the sampler chooses the rest.
    /// - Returns: The number of the waiting trial.
    /// - Throws: `SearchSpaceError` when a name is unknown, a value outside its domain, or the space forbids what is fixed, whatever the rest;
    ///   `SearchError` (`storage`).
    @discardableResult
    public func enqueue(_ configuration: Configuration) throws -> Int {
        try space.checkFixed(configuration, seed: definition.seed)
        return try store.transaction(in: name) { transaction in
            try transaction.append(Trial(number: 0, state: .waiting, configuration: configuration))
        }
    }
}

extension SearchSpace {
    /// - Throws: `SearchSpaceError` when no configuration of the space has these values.
    func checkFixed(_ fixed: Configuration, seed: UInt64) throws {
        if isForbidden(try complete(fixed)) { _ = try configuration(with: fixed, seed: seed, number: 0) }
    }

    /// An allowed configuration with the fixed values where they are active, and those of `base` elsewhere as far as that is allowed.
    ///
    /// - Throws: `SearchSpaceError` when there is none.
    func configuration(with fixed: Configuration, from base: Configuration = [:], seed: UInt64, number: Int) throws -> Configuration {
        let completed = try complete(fixed, from: base)
        guard isForbidden(completed) else { return completed }
        // Other values of what is fixed are forbidden too; the search for what is left does the rest.
        let values = fixed.compactMap { name, value in self[name]?.domain.canonical(value).map { Condition.parameter(name, .differs($0)) } }
        let open = parameters.map { parameter in
            var parameter = parameter
            // A prior may never draw what somebody wishes for.
            if fixed[parameter.name] != nil { parameter.prior = nil }
            return parameter
        }
        var generator = TrialGenerator(seed: seed, trial: number)
        return try SearchSpace(open, forbidden: forbidden + values).randomConfiguration(using: &generator)
    }
}
