import SearchSpaces

/// The first configurations of a search by a model: a Latin hypercube over all of them, drawn from the priors of the parameters.
///
/// Of several designs the one whose closest points are farthest apart is taken (Morris and Mitchell 1995, Exploratory Designs for
/// Computational Experiments). Every worker computes the same one.
enum StartDesign {
    /// Of so many designs the best is taken; a single one where comparing all pairs would take long.
    private static let designs = 10
    private static let mostCompared = 100

    /// The point with the number of the trial; beyond the design, and where the point is forbidden, an independent draw.
    ///
    /// - Throws: `SearchSpaceError` when the space leaves nothing to draw.
    static func configuration(_ context: SamplingContext, points count: Int, using generator: inout TrialGenerator) throws -> Configuration {
        let space = context.space
        let free = space.parameters.indices.filter { space.parameters[$0].domain.count != 1 }
        guard context.number < count, !free.isEmpty else { return try space.randomConfiguration(using: &generator) }
        var shared = TrialGenerator(seed: context.seed, trial: -1)
        let candidates = (0..<(count <= mostCompared ? designs : 1)).map { _ in
            StratifiedDraws.uniform(count, dimensions: free.count, using: &shared)
        }
        let spreads = candidates.count > 1 ? candidates.map(smallestDistance) : [0]
        let best = spreads.indices.max { spreads[$0] < spreads[$1] } ?? 0
        var point = [Double](repeating: 0.5, count: space.parameters.count)
        for (position, unit) in zip(free, candidates[best][context.number]) { point[position] = space.parameters[position].unitPrior.quantile(unit) }
        let configuration = space.decode(point)
        return space.isForbidden(configuration) ? try space.randomConfiguration(using: &generator) : configuration
    }

    private static func smallestDistance(_ points: [[Double]]) -> Double {
        var smallest = Double.infinity
        for i in points.indices {
            for j in 0..<i {
                smallest = min(smallest, zip(points[i], points[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
            }
        }
        return smallest
    }
}
