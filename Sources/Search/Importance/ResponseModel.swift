import SearchSpaces

/// A regression forest of one objective over the whole space, fitted to the complete trials of a study.
struct ResponseModel {
    let space: FeatureSpace
    /// `[trials][features]`.
    let rows: [[Double]]
    let losses: [Double]
    let forest: RegressionForest
    let objective: Objective

    /// - Parameter limit: At most so many trials are used, evenly over the study.
    init(_ trials: [Trial], _ space: SearchSpace, _ objective: Objective, trees: Int, seed: UInt64, limit: Int = .max) {
        let features = FeatureSpace(space)
        var rated = trials.compactMap { trial in objective.losses(of: trial).map { (trial, $0[0]) } }
        if rated.count > limit { rated = (0..<limit).map { rated[$0 * rated.count / limit] } }
        let rows = rated.map { features.row(space.encode($0.0.configuration)) }
        var generator = TrialGenerator(seed: seed)
        var settings = RegressionForest.Settings()
        settings.trees = trees
        losses = rated.map(\.1)
        forest = RegressionForest(settings, rows: rows, targets: losses, levels: features.levels, using: &generator)
        self.space = features
        self.rows = rows
        self.objective = objective
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
