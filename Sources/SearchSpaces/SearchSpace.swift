/// What may vary: parameters in order, with conditions among them and forbidden combinations.
///
/// ```swift
/// let space = try SearchSpace([
///     .float("learning_rate", 1e-4...1e-1, log: true),
///     .integer("layers", 1...4),
///     .categorical("activation", ["relu", "silu"]).when("layers", .greater(1)),
/// ])
/// ```
public struct SearchSpace: Sendable {
    public let parameters: [Parameter]
    /// Configurations for which one of these holds are never offered.
    public let forbidden: [Condition]
    /// Positions of the parameters, parents before children.
    let topologicalOrder: [Int]
    private let positions: [String: Int]

    /// - Throws: `SearchSpaceError` for an impossible domain, a repeated name, a prior that does not fit or a default outside the domain, a
    ///   condition on an unknown parent, or conditions that form a circle.
    public init(_ parameters: [Parameter], forbidden: [Condition] = []) throws {
        var positions: [String: Int] = [:]
        for (position, parameter) in parameters.enumerated() {
            try Self.validate(parameter)
            guard positions.updateValue(position, forKey: parameter.name) == nil else {
                throw SearchSpaceError(
                    .duplicateName, "The space has two parameters named \"\(parameter.name)\"; names must differ.",
                    parameter: parameter.name)
            }
        }
        let domains = Dictionary(parameters.map { ($0.name, $0.domain) }, uniquingKeysWith: { first, _ in first })
        for parameter in parameters {
            try parameter.condition?.validate(domains: domains, by: "The condition of parameter \"\(parameter.name)\"")
        }
        for (number, condition) in forbidden.enumerated() {
            try condition.validate(domains: domains, by: "The forbidden combination \(number + 1), \"\(condition)\",")
        }
        self.parameters = parameters
        self.forbidden = forbidden
        self.positions = positions
        topologicalOrder = try Self.order(parameters, positions)
    }

    /// A space without parameters.
    public static let empty = SearchSpace()

    private init() {
        parameters = []
        forbidden = []
        topologicalOrder = []
        positions = [:]
    }

    public var names: [String] { parameters.map(\.name) }

    /// Positions of the parameters, parents before children.
    package var topologicalPositions: [Int] { topologicalOrder }

    /// The parameters, parents before children.
    public var parametersInTopologicalOrder: [Parameter] { topologicalOrder.map { parameters[$0] } }

    public subscript(name: String) -> Parameter? { positions[name].map { parameters[$0] } }

    /// Whether a parameter is active once its parents have their values.
    public func isActive(_ parameter: Parameter, given configuration: Configuration) -> Bool {
        guard let condition = parameter.condition else { return true }
        // A child is inactive when any parent it refers to is inactive, also under `any`, as in ConfigSpace and irace.
        guard condition.parents.allSatisfy({ configuration[$0] != nil }) else { return false }
        return holds(condition, in: configuration)
    }

    /// Whether the configuration is one of the forbidden combinations.
    public func isForbidden(_ configuration: Configuration) -> Bool {
        forbidden.contains { holds($0, in: configuration) }
    }

    /// The parameters that matter in a configuration, in the order of the space.
    public func activeParameters(in configuration: Configuration) -> [Parameter] {
        let active = resolve { configuration[$0.name].flatMap($0.domain.canonical) }
        return parameters.filter { active[$0.name] != nil }
    }

    /// The configuration that takes for every active parameter the value that `choose` gives (nil: the default), parents first.
    /// What is inactive is left out.
    package func resolve(_ choose: (Parameter) -> ParameterValue?) -> Configuration {
        var drawn = Configuration()
        for position in topologicalOrder where isActive(parameters[position], given: drawn) {
            let parameter = parameters[position]
            drawn[parameter.name] = choose(parameter) ?? parameter.startValue
        }
        return ordered(drawn)
    }

    /// The same configuration with its names in the order of the space.
    public func ordered(_ configuration: Configuration) -> Configuration {
        Configuration(parameters.lazy.compactMap { parameter in configuration[parameter.name].map { (parameter.name, $0) } })
    }

    package func holds(_ condition: Condition, in configuration: Configuration) -> Bool {
        condition.holds({ configuration[$0] }, domain: { self[$0]?.domain })
    }

    private static func validate(_ parameter: Parameter) throws {
        guard !parameter.name.isEmpty, parameter.name.count <= 512 else {
            throw SearchSpaceError(.invalidDomain, "A parameter's name must have 1 to 512 characters, got \"\(parameter.name)\".")
        }
        try parameter.domain.validate(parameter: parameter.name)
        try parameter.prior?.validate(for: parameter.domain, parameter: parameter.name)
        if let value = parameter.defaultValue, !parameter.domain.contains(value) {
            throw SearchSpaceError(
                .invalidDefault, "The default of \"\(parameter.name)\" is \(parameter.domain.quoted(value)), but it must be \(parameter.domain).",
                parameter: parameter.name)
        }
    }

    /// Parents before children, otherwise the given order.
    private static func order(_ parameters: [Parameter], _ positions: [String: Int]) throws -> [Int] {
        var order: [Int] = []
        var placed = Set<String>()
        while order.count < parameters.count {
            let before = order.count
            for (position, parameter) in parameters.enumerated() where !placed.contains(parameter.name) {
                guard parameter.condition?.parents.isSubset(of: placed) ?? true else { continue }
                order.append(position)
                placed.insert(parameter.name)
            }
            guard order.count > before else {
                let circle = parameters.map(\.name).filter { !placed.contains($0) }
                throw SearchSpaceError(
                    .invalidCondition,
                    "The conditions of \(circle.joined(separator: ", ")) form a circle; a parameter must not depend on itself.")
            }
        }
        return order
    }
}

extension SearchSpace: Hashable {
    public static func == (left: SearchSpace, right: SearchSpace) -> Bool {
        left.parameters == right.parameters && left.forbidden == right.forbidden
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(parameters)
        hasher.combine(forbidden)
    }
}
