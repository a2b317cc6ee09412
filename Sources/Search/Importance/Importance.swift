public import SearchSpaces

/// How much a parameter matters for the results of a study.
public struct ParameterImportance: Sendable, Hashable, Codable {
    public var name: String
    /// In the method's own unit, not negative.
    public var value: Double
    /// The share of the sum over all parameters; the same for all where that sum is 0.
    public var share: Double
}

/// Which parameters matter.
///
/// ```swift
/// let ranking = try Importance.evaluate(study.trials(), space: study.space, directions: study.definition.directions)
/// ```
public enum Importance {
    public enum Method: Sendable, Hashable {
        /// How far the best trials differ from all in the distribution of a parameter; cheap, also for conditional spaces.
        ///
        /// - Parameters:
        ///   - top: The share of the trials, by value, that count as the best.
        ///   - region: The share of the trials that they are compared with.
        case divergence(top: Double = 0.1, region: Double = 1)
        /// The share of the variance over the whole space that a parameter explains alone, by a regression forest.
        case variance(trees: Int = 64)
        /// What changing a parameter gains on the way from one configuration to another, by a regression forest.
        ///
        /// - Parameter start: The configuration to start from; the space's default when nil.
        case ablation(from: Configuration? = nil)
    }

    /// The importance of every parameter, the largest first, ties in the order of the space.
    ///
    /// Complete trials with finite values count.
    ///
    /// - Parameters:
    ///   - objective: Which objective to explain. Nil with several objectives: what it takes to come near the Pareto front, by
    ///     divergence only.
    ///   - seed: Of the forest.
    /// - Throws: `SearchError` (`invalidOption`) when the objective does not exist, when one must be chosen, or when a share lies outside
    ///   its range.
    public static func evaluate(
        _ trials: [Trial], space: SearchSpace, directions: [Direction] = [.minimize], objective: Int? = nil,
        method: Method = .divergence(), seed: UInt64 = 0
    ) throws -> [ParameterImportance] {
        let values: [Double]
        switch method {
        case .divergence(let top, let region):
            values = try PEDANOVA(top: top, region: region).values(trials, space, try Objective(directions, objective))
        case .variance(let trees):
            return try ResponseModel(trials, space: space, directions: directions, objective: objective, trees: trees, seed: seed).variances
        case .ablation(let start):
            let path = try ablation(trials, space: space, directions: directions, objective: objective, from: start, seed: seed)
            values = space.parameters.map { parameter in
                path.filter { $0.name == parameter.name }.reduce(0) { $0 + max($1.gain, 0) }
            }
        }
        return ranking(space, values)
    }

    static func ranking(_ space: SearchSpace, _ values: [Double]) -> [ParameterImportance] {
        let total = values.reduce(0, +)
        let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
        return order.map { index in
            let share = total > 0 ? values[index] / total : 1 / Double(values.count)
            return ParameterImportance(name: space.parameters[index].name, value: values[index], share: share)
        }
    }
}

/// The objective, or all, that an analysis is about.
struct Objective {
    let directions: [Direction]
    /// Nil: all of them.
    let index: Int?

    init(_ directions: [Direction], _ index: Int?) throws {
        if let index, !directions.indices.contains(index) {
            throw SearchError(
                .invalidOption, "There is no objective \(index); the study has \(directions.count), counted from 0.")
        }
        self.directions = directions
        self.index = directions.count == 1 ? 0 : index
    }

    private init(_ directions: [Direction], single: Int) {
        self.directions = directions
        index = single
    }

    /// - Throws: `SearchError` (`invalidOption`) when there are several and none was chosen.
    func single() throws -> Objective {
        guard let index else {
            throw SearchError(
                .invalidOption,
                "The study has \(directions.count) objectives, and this analysis explains one: choose it by its number, from 0.")
        }
        return Objective(directions, single: index)
    }

    var direction: Direction { directions[index ?? 0] }

    /// The losses of a complete trial; nil where it has none that are finite.
    func losses(of trial: Trial) -> [Double]? {
        guard trial.state == .complete, trial.values.count == directions.count else { return nil }
        let losses = zip(directions, trial.values).map { $0.loss($1) }
        let chosen = index.map { [losses[$0]] } ?? losses
        return chosen.allSatisfy(\.isFinite) ? chosen : nil
    }
}
