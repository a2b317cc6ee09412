extension SearchSpace {
    /// Every active parameter at its default.
    public var defaultConfiguration: Configuration { resolve { _ in nil } }

    /// The coordinates in the unit cube, one per parameter in the order of the space; NaN where the parameter is inactive.
    ///
    /// Numbers lie on their (log) scale with discrete ranges widened by half a step, choices at the centre of their cells.
    public func encode(_ configuration: Configuration) -> [Double] {
        parameters.map { parameter in configuration[parameter.name].flatMap(parameter.domain.unit(of:)) ?? .nan }
    }

    /// The configuration at a point of the unit cube; coordinates of inactive parameters do not matter.
    ///
    /// - Parameter point: One coordinate per parameter in the order of the space. A NaN or a missing one means the default.
    public func decode(_ point: [Double]) -> Configuration {
        var coordinates: [String: Double] = [:]
        for (parameter, coordinate) in zip(parameters, point) where !coordinate.isNaN { coordinates[parameter.name] = coordinate }
        return resolve { parameter in coordinates[parameter.name].map(parameter.domain.value(atUnit:)) }
    }

    /// The configuration with the fixed values where they are active, and those of `base` or the defaults elsewhere.
    ///
    /// - Throws: `SearchSpaceError` when a fixed name is unknown or its value outside the domain.
    public func complete(_ fixed: Configuration, from base: Configuration = Configuration()) throws -> Configuration {
        for (name, value) in fixed { _ = try canonical(value, of: name) }
        return resolve { parameter in
            (fixed[parameter.name] ?? base[parameter.name]).flatMap(parameter.domain.canonical)
        }
    }

    /// Checks a configuration and gives it back in the order and the kinds of the space.
    ///
    /// - Throws: `SearchSpaceError` when a name is unknown, an active parameter is missing, an inactive one is present, a value lies
    ///   outside its domain, or the combination is forbidden.
    @discardableResult
    public func validate(_ configuration: Configuration) throws -> Configuration {
        var values = Configuration()
        for (name, value) in configuration { values[name] = try canonical(value, of: name) }
        let active = Set(activeParameters(in: values).map(\.name))
        for parameter in parameters {
            switch (active.contains(parameter.name), values[parameter.name]) {
            case (true, nil):
                throw SearchSpaceError(
                    .invalidValue, "The configuration lacks \"\(parameter.name)\", which must be \(parameter.domain).",
                    parameter: parameter.name)
            case (false, let value?):
                throw SearchSpaceError(
                    .invalidValue,
                    "\"\(parameter.name)\" is \(value), but it is inactive under the other values; leave it out.",
                    parameter: parameter.name)
            default: continue
            }
        }
        if let error = refusal(of: ordered(values)) { throw error }
        return ordered(values)
    }

    private func canonical(_ value: ParameterValue, of name: String) throws -> ParameterValue {
        guard let parameter = self[name] else {
            throw SearchSpaceError(
                .unknownParameter, "There is no parameter \"\(name)\" in the space; it has \(names.joined(separator: ", ")).",
                parameter: name)
        }
        guard let value = parameter.domain.canonical(value) else {
            throw SearchSpaceError(.invalidValue, "\"\(name)\" is \(parameter.domain.quoted(value)), but it must be \(parameter.domain).", parameter: name)
        }
        return value
    }

    /// Why the configuration is not allowed: the clauses that forbid it. Nil where none does.
    func refusal(of configuration: Configuration) -> SearchSpaceError? {
        let clauses = forbidden.filter { holds($0, in: configuration) }
        guard !clauses.isEmpty else { return nil }
        let what = configuration == defaultConfiguration ? "default configuration" : "combination"
        return SearchSpaceError(.forbidden, "The \(what) \(configuration) is forbidden by \(Self.listed(clauses)). Choose other values, or forbid less.")
    }

    /// The first of some clauses as a message names them.
    static func listed(_ clauses: [Condition]) -> String {
        let others = clauses.count > 3 ? " and \(clauses.count - 3) more" : ""
        return clauses.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ") + others
    }
}
