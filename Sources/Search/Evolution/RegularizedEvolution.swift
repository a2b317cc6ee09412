import Foundation
public import SearchSpaces

/// Regularised evolution: the best of a few young trials gets a child with one change; trials leave the population by age.
///
/// Source: Real, Aggarwal, Huang and Le 2019, Regularized Evolution for Image Classifier Architecture Search. Ours also moves numbers: half of
/// the changes by a normal step whose size varies over orders of magnitude, half to a new draw. It suits many workers: nothing waits.
public struct RegularizedEvolution: Sampler {
    public static let card = SamplerCard(
        id: "evolution", name: "Regularised evolution", summary: "Mutates the best of a random handful among the latest trials; age decides who leaves.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Real et al. 2019, Regularized Evolution for Image Classifier Architecture Search",
        options: [
            AlgorithmOption(
                "population", "latest finished trials that may have children; 4 to 100000, and at least sample",
                standard: RegularizedEvolution().population),
            AlgorithmOption("sample", "members that compete for being the parent; from 1 to population", standard: RegularizedEvolution().sampleSize),
        ]
    ) { options in
        let standard = RegularizedEvolution()
        return try RegularizedEvolution(
            population: options.integer("population", default: standard.population), sample: options.integer("sample", default: standard.sampleSize))
    }

    /// How many of the latest finished trials may have children.
    public let population: Int
    /// How many of them compete for being the parent.
    public let sampleSize: Int

    public init() {
        population = 100
        sampleSize = 10
    }

    /// - Throws: `SearchError` (`invalidOption`) when the sample is empty or larger than the population.
    public init(population: Int, sample: Int) throws {
        self.population = try PopulationSize.checked(population, of: "Regularised evolution")
        guard (1...population).contains(sample) else {
            throw SearchError(.invalidOption, "Regularised evolution samples 1 to \(population) of its population, got \(sample).")
        }
        sampleSize = sample
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        let genome = Genome(context.space)
        var members: [Outcome] = []
        for trial in context.trials.reversed() where members.count < population {
            if let outcome = Outcome(trial, context.directions) { members.append(outcome) }
        }
        let started = context.trials.count { $0.state != .waiting }
        guard started >= population, members.count >= sampleSize, !genome.free.isEmpty else {
            return try context.space.randomConfiguration(using: &generator)
        }
        let points = context.points
        return try genome.configuration(unlike: members.map { points[$0.number] }, &generator) { generator in
            let sample = (0..<sampleSize).map { _ in members[Int(generator.next() % UInt64(members.count))] }
            var child = points[sample[Ranking.order(sample)[0]].number]
            let active = genome.free.filter { !child[$0].isNaN }
            let position = active.isEmpty ? genome.free[0] : active[Int(generator.next() % UInt64(active.count))]
            if generator.uniform() < 0.5 {
                genome.mutate(&child, position, &generator) { _, draw in draw }
            } else {
                let step = generator.normal() * pow(10, -3 + 2.5 * generator.uniform())
                genome.mutate(&child, position, &generator) { value, _ in Self.reflected(value + step) }
            }
            genome.fill(&child, &generator)
            return child
        }
    }

    /// Back into [0, 1] at its ends.
    private static func reflected(_ value: Double) -> Double {
        let folded = abs(value.truncatingRemainder(dividingBy: 2))
        return folded > 1 ? 2 - folded : folded
    }
}
