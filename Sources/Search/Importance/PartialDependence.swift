public import SearchSpaces

/// The predicted mean of an objective as a function of one parameter or of two.
public struct PartialDependence: Sendable, Hashable, Codable {
    public var names: [String]
    /// By parameter: the values on its axis, numbers evenly on their scale.
    public var axes: [[ParameterValue]]
    /// The predicted objective, averaged over the other parameters: one per point of the grid, the last axis fastest.
    public var means: [Double]
    /// How far the trees disagree about these, as standard deviations.
    public var deviations: [Double]
}

extension Importance {
    /// How an objective depends on one parameter or on two, all others averaged out, by a regression forest.
    ///
    /// Where a parameter is inactive it has no influence: the average is over configurations in which it is active.
    ///
    /// Source: Friedman 2001, Greedy Function Approximation; ours averages over draws from the space instead of the trials, which crowd
    /// around the best.
    ///
    /// - Parameters:
    ///   - names: One or two different parameters.
    ///   - objective: Which objective; may be nil where there is one.
    ///   - points: The most values on an axis.
    ///   - seed: Of the forest and the draws.
    /// - Throws: `SearchError` (`invalidOption`) when the objective does not exist or must be chosen, or the names are not one or two
    ///   parameters of the space.
    public static func partialDependence(
        _ trials: [Trial], space: SearchSpace, on names: [String], directions: [Direction] = [.minimize], objective: Int? = nil,
        points: Int = 25, seed: UInt64 = 0
    ) throws -> PartialDependence {
        try ResponseModel(trials, space: space, directions: directions, objective: objective, seed: seed)
            .partialDependence(on: names, points: points)
    }
}

extension ResponseModel {
    /// How the objective depends on one parameter or on two: see
    /// ``Importance/partialDependence(_:space:on:directions:objective:points:seed:)``.
    ///
    /// - Throws: `SearchError` (`invalidOption`) when the names are not one or two parameters of the space.
    public func partialDependence(on names: [String], points: Int = 25) throws -> PartialDependence {
        let whole = space.space
        guard (1...2).contains(names.count), Set(names).count == names.count, names.allSatisfy({ whole[$0] != nil }) else {
            throw SearchError(
                .invalidOption,
                "A partial dependence is on one or two parameters, got \(names.joined(separator: ", ")); there are "
                    + "\(whole.names.joined(separator: ", ")).")
        }
        let axes = names.map { name in whole[name].map { Self.axis($0.domain, points) } ?? [] }
        var generator = TrialGenerator(seed: seed, trial: -2)
        let background = (0..<Self.backgroundRows).compactMap { _ in try? whole.randomConfiguration(using: &generator) }
        var result = PartialDependence(names: names, axes: axes, means: [], deviations: [])
        for point in Self.grid(axes) {
            let rows = background.compactMap { base -> [Double]? in
                var fixed = base
                for (name, value) in zip(names, point) where base[name] != nil { fixed[name] = value }
                guard names.allSatisfy({ fixed[$0] != nil }) else { return nil }
                // A changed parent changes what is active.
                return space.row(whole.encode(whole.resolve { fixed[$0.name] }))
            }
            let (mean, variance) = average(rows)
            result.means.append(objective.direction.loss(mean))
            result.deviations.append(variance.squareRoot())
        }
        return result
    }

    private static let backgroundRows = 256

    private static func axis(_ domain: Domain, _ points: Int) -> [ParameterValue] {
        if let choices = domain.choices { return choices }
        let wanted = max(points, 2)
        let count = min(domain.count ?? wanted, wanted)
        var values: [ParameterValue] = []
        for index in 0..<count {
            let value = domain.value(atUnit: count > 1 ? Double(index) / Double(count - 1) : 0.5)
            if values.last != value { values.append(value) }
        }
        return values
    }

    private static func grid(_ axes: [[ParameterValue]]) -> [[ParameterValue]] {
        axes.reduce([[]]) { grid, axis in grid.flatMap { point in axis.map { point + [$0] } } }
    }

    /// The mean over rows of the prediction, and of the variance among the trees; NaN without rows.
    private func average(_ rows: [[Double]]) -> (mean: Double, variance: Double) {
        guard !rows.isEmpty, !losses.isEmpty else { return (.nan, .nan) }
        var means = [Double](repeating: 0, count: rows.count)
        var variances = means
        forest.predict(rows.flatMap { $0 }, count: rows.count, means: &means, variances: &variances)
        return (means.reduce(0, +) / Double(rows.count), variances.reduce(0, +) / Double(rows.count))
    }
}
