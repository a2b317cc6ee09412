public import SearchSpaces

/// A regression forest of one objective over the whole space, fitted to the complete trials of a study: what analyses of the parameters ask.
///
/// The analyses of one model share its forest. Each is also a function of ``Importance``.
///
/// ```swift
/// let model = try ResponseModel(study.trials(), space: study.space, directions: study.definition.directions)
/// let ranking = model.variances
/// let path = try model.ablation()
/// ```
public struct ResponseModel: Sendable {
    let space: FeatureSpace
    /// `[trials][features]`.
    let rows: [[Double]]
    let losses: [Double]
    let forest: RegressionForest
    let objective: Objective
    let seed: UInt64
    /// The position of the best trial among the rows.
    let best: Int?
    private let numbers: [Int]

    /// How many trials the forest was fitted to: complete ones with a finite value.
    public var trialCount: Int { losses.count }

    /// The number of the best of these: of those that violate the constraints least, the one with the least loss; nil without any.
    public var bestTrial: Int? { best.map { numbers[$0] } }

    /// - Parameters:
    ///   - objective: Which objective to model; may be nil where there is one.
    ///   - trees: How many trees the forest has, at least 1.
    ///   - trialLimit: At most so many trials are used, evenly over the study, and the best one with them: cost is linear in it.
    ///   - seed: Of the forest, and of what is drawn from it.
    /// - Throws: `SearchError` (`invalidOption`) when the objective does not exist or must be chosen, or there is no tree.
    public init(
        _ trials: [Trial], space: SearchSpace, directions: [Direction] = [.minimize], objective: Int? = nil, trees: Int = 64,
        trialLimit: Int = .max, seed: UInt64 = 0
    ) throws {
        guard trees >= 1 else { throw SearchError(.invalidOption, "A forest needs at least 1 tree, got \(trees).") }
        let chosen = try Objective(directions, objective).single()
        let features = FeatureSpace(space)
        let rated = Self.chosen(trials.compactMap { trial in chosen.losses(of: trial).map { (trial, $0[0]) } }, trialLimit)
        let rows = rated.map { features.row(space.encode($0.0.configuration)) }
        var generator = TrialGenerator(seed: seed)
        var settings = RegressionForest.Settings()
        settings.trees = trees
        losses = rated.map(\.1)
        numbers = rated.map(\.0.number)
        best = Self.best(rated)
        forest = RegressionForest(settings, rows: rows, targets: losses, levels: features.levels, using: &generator)
        self.space = features
        self.rows = rows
        self.objective = chosen
        self.seed = seed
    }

    private static func chosen(_ rated: [(Trial, Double)], _ limit: Int) -> [(Trial, Double)] {
        guard rated.count > limit, limit > 0, let best = best(rated) else { return rated }
        return Set((0..<limit).map { $0 * rated.count / limit } + [best]).sorted().map { rated[$0] }
    }

    private static func best(_ rated: [(Trial, Double)]) -> Int? {
        let keys = rated.map { ($0.0.violation, $0.1) }
        return keys.indices.min { keys[$0] < keys[$1] }
    }

    /// Values by feature as values by parameter of the space; 0 for those that do not vary.
    func byParameter(_ values: [Double]) -> [Double] {
        var all = [Double](repeating: 0, count: space.space.parameters.count)
        for (feature, value) in zip(space.features, values) { all[feature.parameter] = value }
        return all
    }

    /// The share of the trials in which each feature is active.
    var activity: [Double] {
        space.features.indices.map { feature in
            let active = rows.count { $0[feature] != space.features[feature].inactive }
            return rows.isEmpty ? 1 : Double(active) / Double(rows.count)
        }
    }
}
