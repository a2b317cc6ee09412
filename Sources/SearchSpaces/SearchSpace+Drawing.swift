extension SearchSpace {
    /// A configuration drawn from the priors of the parameters, which is uniformly on their scales where there are none.
    ///
    /// Forbidden draws are drawn again. Where the forbidden combinations leave too little of the space for that, the parameters of the
    /// violated clauses alone are drawn again, and at last an allowed combination is searched for systematically; such
    /// configurations are valid, but no longer exact draws.
    ///
    /// - Throws: `SearchSpaceError` (`forbidden`) when everything is forbidden, or when nothing allowed was found within the limits.
    public func randomConfiguration(using generator: inout some RandomNumberGenerator) throws -> Configuration {
        let priors = parameters.map(\.unitPrior)
        var point: [Double] = []
        for _ in 0..<Self.drawLimit {
            point = priors.map { $0.quantile(Double.random(in: 0..<1, using: &generator)) }
            let configuration = decode(point)
            if !isForbidden(configuration) { return configuration }
        }
        for _ in 0..<Self.repairLimit {
            let culprits = violatedParents(in: decode(point))
            for (position, parameter) in parameters.enumerated() where culprits.contains(parameter.name) {
                point[position] = priors[position].quantile(Double.random(in: 0..<1, using: &generator))
            }
            let configuration = decode(point)
            if !isForbidden(configuration) { return configuration }
        }
        let found = try CombinationSearch(self, using: &generator).allowedValues()
        let rest = zip(parameters, point).map { ($0.name, $0.domain.value(atUnit: $1)) }
        return try complete(Configuration(found), from: Configuration(rest))
    }

    /// Draws until a configuration is not forbidden.
    ///
    /// - Throws: `SearchSpaceError` (`forbidden`) after a hundred draws.
    package func notForbidden(_ draw: () throws -> Configuration) throws -> Configuration {
        for _ in 0..<Self.drawLimit {
            let configuration = try draw()
            if !isForbidden(configuration) { return configuration }
        }
        throw SearchSpaceError(
            .forbidden,
            "\(Self.drawLimit) draws in a row were forbidden combinations; the forbidden combinations leave too little of the space.")
    }

    private static var drawLimit: Int { 100 }
    private static var repairLimit: Int { 100 }

    private func violatedParents(in configuration: Configuration) -> Set<String> {
        forbidden.reduce(into: []) { names, clause in
            if holds(clause, in: configuration) { names.formUnion(clause.parents) }
        }
    }
}
