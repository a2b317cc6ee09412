extension SearchSpace {
    /// The joint space of a choice among several: one categorical parameter, and under each of its values the parameters of that
    /// option, named `option.parameter` and active only when the option is chosen.
    ///
    /// - Parameters:
    ///   - name: The name of the categorical parameter.
    ///   - options: The options with their spaces, in order; the first is the default.
    ///   - shared: Parameters that all options have, under their own names.
    /// - Throws: `SearchSpaceError` when the joint space is not valid, such as for a repeated option.
    public static func choice(
        _ name: String, _ options: [(name: String, space: SearchSpace)], shared: [Parameter] = []
    ) throws -> SearchSpace {
        var parameters = [Parameter.categorical(name, options.map(\.name))] + shared
        var forbidden: [Condition] = []
        for option in options {
            func prefixed(_ parameter: String) -> String { "\(option.name).\(parameter)" }
            let chosen = Condition.parameter(name, .equals(.category(option.name)))
            for parameter in option.space.parameters {
                var copy = parameter
                copy.name = prefixed(parameter.name)
                copy.condition = chosen
                parameters.append(parameter.condition.map { copy.when($0.renamingParents(prefixed)) } ?? copy)
            }
            forbidden += option.space.forbidden.map { .all([chosen, $0.renamingParents(prefixed)]) }
        }
        return try SearchSpace(parameters, forbidden: forbidden)
    }
}
