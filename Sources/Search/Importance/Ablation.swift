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
        try ResponseModel(trials, space: space, directions: directions, objective: objective, seed: seed).ablation(from: start)
    }
}

extension ResponseModel {
    /// The way from a configuration to the best trial: see ``Importance/ablation(_:space:directions:objective:from:seed:)``.
    ///
    /// - Throws: `SearchSpaceError` when `start` is not a configuration of the space.
    public func ablation(from start: Configuration? = nil) throws -> [AblationStep] {
        let source = try start.map(space.space.validate) ?? space.space.defaultConfiguration
        guard let best else { return [] }
        let target = rows[best]
        var row = space.row(space.space.encode(source))
        var loss = forest.mean(row)
        var steps: [AblationStep] = []
        while true {
            let moves = row.indices.compactMap { feature in space.moved(row, feature, towards: target).map { (feature, $0) } }
            let predicted = moves.map { forest.mean($0.1) }
            guard let next = predicted.indices.min(by: { predicted[$0] < predicted[$1] }) else { return steps }
            let name = space.space.parameters[space.features[moves[next].0].parameter].name
            steps.append(AblationStep(name: name, value: objective.direction.loss(predicted[next]), gain: loss - predicted[next]))
            row = moves[next].1
            loss = predicted[next]
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
