import Foundation
import SearchSpaces

/// A distribution with its restarts.
struct CMARun: Sendable {
    private(set) var distribution: CMADistribution
    /// Counted through all restarts.
    private(set) var generation = 0
    private let standard: Int
    private let sigma: Double
    private var doublings = 0
    private var isSmall = false
    /// Trials of runs with doubled and with small populations.
    private var spent = (large: 0, small: 0)

    init(_ genes: CMAGenes, population: Int, sigma: Double) {
        standard = max(population, 4)
        self.sigma = sigma
        let centre = [Double](repeating: 0.5, count: genes.numeric.count)
        distribution = CMADistribution(genes, mean: centre, step: sigma, population: standard)
    }

    /// The first draw whose configuration is not forbidden; nil after a hundred.
    func allowedDraw(_ genes: CMAGenes, _ space: SearchSpace, _ generator: inout TrialGenerator) -> [Double]? {
        for _ in 0..<100 {
            let point = distribution.draw(genes, &generator)
            if space.forbidden.isEmpty || !space.isForbidden(space.decode(point)) { return point }
        }
        return nil
    }

    mutating func advance(_ generation: CMAGeneration, _ genes: CMAGenes, _ context: SamplingContext, restarts: CMAES.Restarts) {
        self.generation += 1
        let needed = distribution.constants.population
        // Fewer only where the notes were lost: then there is nothing to learn.
        guard generation.members.count >= needed else { return }
        let members = Array(generation.members.prefix(needed))
        let order = Ranking.order(members.map(\.outcome)).map { members[$0] }
        distribution.learn(order.map { drawn($0, genes, context) }, genes) { !order[$0].point[$1].isNaN }
        if context.directions.count == 1 {
            let losses = order.map { $0.outcome.losses.first ?? .infinity }
            distribution.note(best: losses.min() ?? .infinity, worst: losses.max() ?? .infinity)
        }
        if isSmall { spent.small += needed } else { spent.large += needed }
        if restarts != .none, distribution.hasConverged(genes) { restart(restarts, genes, seed: context.seed) }
    }

    /// What was drawn for a trial: drawn again, or its configuration where it is not the outcome of that.
    private func drawn(_ member: CMAGeneration.Member, _ genes: CMAGenes, _ context: SamplingContext) -> [Double] {
        var generator = TrialGenerator(seed: context.seed, trial: member.outcome.number)
        let drawn = allowedDraw(genes, context.space, &generator) ?? distribution.draw(genes, &generator)
        if genes.isSame(drawn, as: member.point) { return drawn }
        return zip(member.point, drawn).map { $0.isNaN ? $1 : $0 }
    }

    private mutating func restart(_ restarts: CMAES.Restarts, _ genes: CMAGenes, seed: UInt64) {
        var generator = TrialGenerator(seed: seed &+ 0xC3A, trial: generation)
        var (population, step) = (standard, sigma)
        isSmall = restarts == .bipop && spent.small < spent.large
        if isSmall {
            let ratio = 0.5 * Double(1 << doublings)
            let draw = generator.uniform()
            population = max(Int(Double(standard) * pow(max(ratio, 1), draw * draw)), 4)
            step = sigma * pow(10, -2 * generator.uniform())
        } else {
            doublings = min(doublings + 1, 12)
            population = standard << doublings
        }
        let mean = genes.numeric.map { _ in generator.uniform() }
        distribution = CMADistribution(genes, mean: mean, step: step, population: population)
    }
}
