import SearchSpaces

/// The common part of NSGA-II and NSGA-III: generations of a population, of which parents and children compete for survival.
///
/// A generation ends when as many new trials have finished as the population holds; all of them enter the competition, whoever proposed
/// them, so that enqueued configurations and late results are not lost. Which ones they were is noted on the first trial of the next
/// generation: a result that arrives afterwards waits for the next competition and does not change the past.
struct GeneticSearch: Sendable {
    /// How a front that does not fit as a whole is cut.
    enum Survival: Sendable, Hashable {
        case crowding
        /// Reference points on the simplex, `[points, objectives]`.
        case referencePoints([[Double]])
    }

    let size: Int
    let operators: GeneticOperators

    /// The survivors of a generation.
    struct Population: Sendable {
        var generation = 0
        var members: [Outcome] = []
        /// Per member: the number of its front.
        var ranks: [Int] = []
        /// Per member: how alone it is in its front.
        var crowding: [Double] = []
        var scale = ObjectiveScale()
    }

    /// The results of a generation: what enters the competition.
    struct Intake: Sendable, Equatable {
        var generation: Int
        var outcomes: [Outcome]
    }

    func propose(_ context: SamplingContext, _ survival: Survival, _ replay: Replay<Intake, Population>) throws -> Proposal {
        var generator = context.generator
        let genome = Genome(context.space)
        let history = GenerationHistory(context)
        var population = replay.state(from: Population(), over: history.intakes, in: context) { population, intake in
            advance(&population, intake, survival, seed: context.seed)
        }
        var notes: Configuration = [:]
        if history.waiting.count >= size {
            let intake = Intake(generation: history.intakes.count + 1, outcomes: history.waiting)
            advance(&population, intake, survival, seed: context.seed)
            notes[NoteKey.members.name] = TrialNotes.ranges(of: intake.outcomes.map(\.number))
        }
        notes[NoteKey.generation.name] = .integer(population.generation)
        guard !population.members.isEmpty, !genome.free.isEmpty else {
            return Proposal(try context.space.randomConfiguration(using: &generator), notes: notes)
        }
        let points = context.points
        let known = (population.members.map(\.number) + history.current(population.generation)).map { points[$0] }
        let configuration = try genome.configuration(unlike: known, &generator) { generator in
            let mother = points[population.members[tournament(population, &generator)].number]
            let father = points[population.members[tournament(population, &generator)].number]
            return genome.child(mother, father, operators, &generator)
        }
        return Proposal(configuration, notes: notes)
    }

    /// The better of two members drawn at random: of the better front, or the less crowded.
    private func tournament(_ population: Population, _ generator: inout TrialGenerator) -> Int {
        let count = UInt64(population.members.count)
        let (left, right) = (Int(generator.next() % count), Int(generator.next() % count))
        let (a, b) = (population.ranks[left], population.ranks[right])
        if a != b { return a < b ? left : right }
        return population.crowding[left] >= population.crowding[right] ? left : right
    }

    /// Lets parents and children compete.
    private func advance(_ population: inout Population, _ intake: Intake, _ survival: Survival, seed: UInt64) {
        let union = population.members + intake.outcomes
        let fronts = Ranking.fronts(union)
        var generator = TrialGenerator(seed: seed &+ 0x6E5A, trial: intake.generation)
        var next = Population(generation: intake.generation, scale: population.scale)
        var taken: [Int] = []
        for (rank, front) in fronts.enumerated() where taken.count < size {
            let room = size - taken.count
            let crowding = Front.crowdingDistances(front.map { union[$0].losses })
            var places = Array(front.indices)
            if front.count > room {
                switch survival {
                case .referencePoints(let directions) where union[front[0]].violation <= 0 && union[front[0]].reach != Outcome.failed:
                    let chosen = next.scale.niches(union, taken: taken, last: front, room, directions, &generator)
                    places = places.filter { chosen.contains(front[$0]) }
                case .crowding, .referencePoints:
                    places = Array(places.sorted { (-crowding[$0], $0) < (-crowding[$1], $1) }.prefix(room)).sorted()
                }
            } else if case .referencePoints = survival {
                next.scale.include(front.map { union[$0] })
            }
            for place in places {
                taken.append(front[place])
                next.ranks.append(rank)
                // Without crowding all members of a front are equal.
                next.crowding.append(survival == .crowding ? crowding[place] : 0)
            }
        }
        next.members = taken.map { union[$0] }
        population = next
    }
}

/// The finished trials by the competition they entered.
struct GenerationHistory {
    /// Competitions held so far.
    private(set) var intakes: [GeneticSearch.Intake] = []
    /// Finished trials that have not competed yet, by number.
    private(set) var waiting: [Outcome] = []
    private var generations: [Int?] = []

    init(_ context: SamplingContext) {
        var outcomes: [Outcome?] = []
        outcomes.reserveCapacity(context.trials.count)
        var first: [(generation: Int, notes: TrialNotes)] = []
        for trial in context.trials {
            let notes = TrialNotes(trial)
            outcomes.append(Outcome(trial, context.directions, notes))
            let generation = notes.number(.generation)
            generations.append(generation)
            if let generation, generation == first.count + 1 { first.append((generation, notes)) }
        }
        for (generation, notes) in first {
            guard let ranges = notes.ranges(.members) else { break }
            var members: [Outcome] = []
            for range in ranges where range.lowerBound >= 0 && range.upperBound < outcomes.count {
                for number in range {
                    guard let outcome = outcomes[number] else { continue }
                    members.append(outcome)
                    outcomes[number] = nil
                }
            }
            intakes.append(GeneticSearch.Intake(generation: generation, outcomes: members))
        }
        waiting = outcomes.compactMap { $0 }
    }

    /// The numbers of the trials proposed in a generation.
    func current(_ generation: Int) -> [Int] {
        var numbers: [Int] = []
        // They stand together at the end.
        for number in generations.indices.reversed() {
            guard let noted = generations[number] else { continue }
            guard noted == generation else { break }
            numbers.append(number)
        }
        return numbers
    }
}
