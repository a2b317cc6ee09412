public import SearchSpaces

/// Differential evolution, rand/1/bin: a child is a member moved by the difference of two others, crossed with the member it competes with.
///
/// Source: Storn and Price 1997, Differential Evolution, with the constants of DEHB (Awad et al. 2021): genes that leave the range are redrawn,
/// choices and ranks share [0, 1] in equal bins. Ours is asynchronous: members are challenged in turn, and a result counts as soon as it
/// arrives. With several objectives a child that neither dominates nor is dominated wins by crowding.
public struct DifferentialEvolution: Sampler {
    public static let card = SamplerCard(
        id: "de", name: "Differential evolution", summary: "Moves members of a population by the differences of others.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Storn and Price 1997, Differential Evolution; constants of DEHB, Awad et al. 2021",
        options: [
            AlgorithmOption("population", "members; 4 to 100000", standard: DifferentialEvolution().population),
            AlgorithmOption(
                "factor", "how far the difference of two members moves a third; above 0, at most 2", standard: DifferentialEvolution().factor),
            AlgorithmOption(
                "crossover", "share of the values that a child has from the moved member; 0 to 1", standard: DifferentialEvolution().crossover),
        ]
    ) { options in
        let standard = DifferentialEvolution()
        return try DifferentialEvolution(
            population: options.integer("population", default: standard.population), factor: options.float("factor", default: standard.factor),
            crossover: options.float("crossover", default: standard.crossover))
    }

    /// How many members there are.
    public let population: Int
    /// How far differences move a member.
    public let factor: Double
    /// The share of genes that a child has from the moved member.
    public let crossover: Double
    private let replay = Replay<Challenge, Members>(stride: 32)

    public init() {
        population = 20
        factor = 0.5
        crossover = 0.5
    }

    /// - Throws: `SearchError` (`invalidOption`) when a number is out of range.
    public init(population: Int, factor: Double = 0.5, crossover: Double = 0.5) throws {
        self.population = try PopulationSize.checked(population, of: "Differential evolution")
        guard factor > 0, factor <= 2, (0...1).contains(crossover) else {
            throw SearchError(
                .invalidOption,
                "Differential evolution needs a factor above 0 and up to 2 and a crossover from 0 to 1, got \(factor) and \(crossover).")
        }
        self.factor = factor
        self.crossover = crossover
    }

    /// A finished trial and the member that it competes with; nil for a trial that another sampler proposed.
    struct Challenge: Sendable, Equatable {
        var outcome: Outcome
        var target: Int?
    }

    /// The members by place, nil until one has come.
    struct Members: Sendable {
        var places: [Outcome?]
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        var generator = context.generator
        let genome = Genome(context.space)
        var started = 0
        var challenges: [Challenge] = []
        for trial in context.trials {
            let notes = TrialNotes(trial)
            let target = notes.number(.target).flatMap { (0..<population).contains($0) ? $0 : nil }
            if target != nil { started += 1 }
            if let outcome = Outcome(trial, context.directions, notes) { challenges.append(Challenge(outcome: outcome, target: target)) }
        }
        let start = Members(places: [Outcome?](repeating: nil, count: population))
        let members = replay.state(from: start, over: challenges, in: context, step: Self.settle)
        let target = started % population
        let notes: Configuration = [NoteKey.target.name: .integer(target)]
        let filled = members.places.indices.filter { members.places[$0] != nil }
        guard started >= population, filled.count >= 4, !genome.free.isEmpty else {
            return Proposal(try context.space.randomConfiguration(using: &generator), notes: notes)
        }
        let all = context.points
        func point(_ place: Int, _ generator: inout TrialGenerator) -> [Double] {
            var point = members.places[place].map { all[$0.number] } ?? []
            genome.fill(&point, &generator)
            return point
        }
        let known = filled.compactMap { members.places[$0].map { all[$0.number] } }
        let configuration = try genome.configuration(unlike: known, &generator) { generator in
            // The place of a member that has not come yet is taken by any other.
            let own = filled.contains(target) ? target : filled[Int(generator.next() % UInt64(filled.count))]
            var others = filled.filter { $0 != own }
            let parents = (0..<3).map { _ in point(others.remove(at: Int(generator.next() % UInt64(others.count))), &generator) }
            var child = point(own, &generator)
            let sure = genome.free[Int(generator.next() % UInt64(genome.free.count))]
            for position in genome.free where generator.uniform() < crossover || position == sure {
                let moved = parents[0][position] + factor * (parents[1][position] - parents[2][position])
                child[position] = moved >= 0 && moved <= 1 ? moved : generator.uniform()
            }
            return child
        }
        return Proposal(configuration, notes: notes)
    }

    /// Lets a result take the place of a member that is not better.
    private static func settle(_ members: inout Members, _ challenge: Challenge) {
        let worst = members.places.firstIndex { $0 == nil } ?? Ranking.order(members.places.compactMap { $0 }).last
        guard let place = challenge.target ?? worst else { return }
        guard let member = members.places[place] else {
            members.places[place] = challenge.outcome
            return
        }
        let fronts = Ranking.fronts([challenge.outcome, member])
        if fronts.count == 2 {
            if fronts[0] == [0] { members.places[place] = challenge.outcome }
            return
        }
        guard challenge.outcome.losses.count > 1 else {
            members.places[place] = challenge.outcome
            return
        }
        let rest = members.places.compactMap { $0 }
        let order = Ranking.order([challenge.outcome] + rest)
        let place1 = order.firstIndex(of: 0) ?? 0
        let place2 = order.firstIndex { $0 > 0 && rest[$0 - 1].number == member.number } ?? 0
        if place1 < place2 { members.places[place] = challenge.outcome }
    }
}
