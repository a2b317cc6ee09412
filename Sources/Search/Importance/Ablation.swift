public import SearchSpaces

/// A step of the way from one configuration to another.
public struct AblationStep: Sendable, Hashable, Codable {
    /// The parameter that was changed; what that made active changed with it.
    public var name: String
    /// The predicted value of the objective after the step.
    public var value: Double
    /// By how much the step improved it; negative where it got worse.
    public var gain: Double
}

extension Importance {
    /// The way from a configuration to the best trial, one parameter at a time: each step is the change that a regression forest of all
    /// trials predicts to gain most.
    ///
    /// Source: Biedenkapp et al. 2017, Efficient Parameter Importance Analysis via Ablation with Surrogates.
    ///
    /// - Parameters:
    ///   - objective: Which objective to explain; may be nil where there is one.
    ///   - start: Where the way begins; the space's default when nil.
    ///   - seed: Of the forest.
    /// - Returns: The steps in order; empty when there is no finite result.
    /// - Throws: `SearchError` (`invalidOption`) when the objective does not exist or must be chosen; `SearchSpaceError` when `start` is not
    ///   a configuration of the space.
    public static func ablation(
        _ trials: [Trial], space: SearchSpace, directions: [Direction] = [.minimize], objective: Int? = nil,
        from start: Configuration? = nil, seed: UInt64 = 0
    ) throws -> [AblationStep] {
        let chosen = try Objective(directions, objective).single()
        let model = ResponseModel(trials, space, chosen, trees: 64, seed: seed)
        let source = try start.map(space.validate) ?? space.defaultConfiguration
        guard let best = model.losses.indices.min(by: { model.losses[$0] < model.losses[$1] }) else { return [] }
        let target = model.rows[best]
        var row = model.space.row(space.encode(source))
        var loss = model.forest.mean(row)
        var steps: [AblationStep] = []
        while true {
            let moves = row.indices.compactMap { feature in model.space.moved(row, feature, towards: target).map { (feature, $0) } }
            let losses = moves.map { model.forest.mean($0.1) }
            guard let next = losses.indices.min(by: { losses[$0] < losses[$1] }) else { return steps }
            let name = space.parameters[model.space.features[moves[next].0].parameter].name
            steps.append(AblationStep(name: name, value: chosen.direction.loss(losses[next]), gain: loss - losses[next]))
            row = moves[next].1
            loss = losses[next]
        }
    }
}

extension FeatureSpace {
    /// The row with one feature, and what that makes active, taken from another row; nil where there is nothing to take.
    fileprivate func moved(_ row: [Double], _ feature: Int, towards target: [Double]) -> [Double]? {
        guard row[feature] != target[feature], row[feature] != features[feature].inactive, target[feature] != features[feature].inactive
        else { return nil }
        var moved = row
        moved[feature] = target[feature]
        for (index, other) in features.enumerated() where row[index] == other.inactive { moved[index] = target[index] }
        moved.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { _ = settle(base) } }
        return moved
    }
}
