import SearchSpaces

/// The common part of NSGA-II and NSGA-III: generations of a population, of which parents and children compete for survival.
///
/// A generation ends when so many new trials have finished; all of them enter the competition, whoever proposed them, so that enqueued
/// configurations and late results are not lost. Which ones they were is noted on the first trial of the next generation: a result that
/// arrives afterwards waits for the next competition and does not change the past.
struct GeneticSearch: Sendable {
    /// How a front that does not fit as a whole is cut.
    enum Survival: Sendable, Hashable {
        case crowding
        /// Reference points on the simplex, `[points, objectives]`.
        case referencePoints([[Double]])
    }

    let size: Int
    /// How many results end a generation; the first, which is random, always has `size`.
    let offspring: Int
    let operators: GeneticOperators

    /// The survivors of a generation.
    struct Population: Sendable {
        var generation = 0
        var members: [Outcome] = []
        /// Per member: how alone it is in its front.
        var crowding: [Double] = []
        var scale = ObjectiveScale()
    }

    /// The results of a generation: what enters the competition.
    struct Intake: Sendable, Equatable {
        var generation: Int
        var outcomes: [Outcome]
    }

    /// - Parameters:
    ///   - replay: What earlier suggestions have replayed.
    ///   - memory: What earlier suggestions have read.
    func propose(
        _ context: SamplingContext, _ survival: Survival, _ replay: Replay<Intake, Population>, _ memory: OutcomeMemory
    ) throws -> Proposal {
        var generator = context.generator
        let genome = Genome(context.space)
        let history = GenerationHistory(memory.entries(of: context))
        var population = replay.state(from: Population(), over: history.intakes, in: context) { population, intake in
            advance(&population, intake, survival, seed: context.seed)
        }
        var notes: Configuration = [:]
        if history.waiting.count >= (history.intakes.isEmpty ? size : offspring) {
            let intake = Intake(generation: history.intakes.count + 1, outcomes: history.waiting)
            advance(&population, intake, survival, seed: context.seed)
            notes[NoteKey.members.name] = TrialNotes.ranges(of: intake.outcomes.map(\.number))
        }
        notes[NoteKey.generation.name] = .integer(population.generation)
        guard !population.members.isEmpty, !genome.free.isEmpty else {
            return Proposal(try context.space.randomConfiguration(using: &generator), notes: notes)
        }
        let points = context.points
        // The newest are the last children, and what other workers try now.
        let known = population.members.map { points[$0.number] } + context.trials.suffix(size).map { points[$0.number] }
        let configuration = try genome.configuration(unlike: known, &generator) { generator in
            let members = population.members
            let mother = points[members[tournament(population, &generator)].number]
            if operators.differenceShare > 0, generator.uniform() < operators.differenceShare {
                let (origin, target) = (Int(generator.next() % UInt64(members.count)), Int(generator.next() % UInt64(members.count)))
                return genome.moved(mother, from: points[members[origin].number], to: points[members[target].number], operators, &generator)
            }
            let father = points[members[tournament(population, &generator)].number]
            return genome.child(mother, father, operators, &generator)
        }
        return Proposal(configuration, notes: notes)
    }

    /// The better of two members drawn at random: the one that dominates the other, or the less crowded.
    private func tournament(_ population: Population, _ generator: inout TrialGenerator) -> Int {
        let count = UInt64(population.members.count)
        let (left, right) = (Int(generator.next() % count), Int(generator.next() % count))
        let (a, b) = (population.members[left], population.members[right])
        if a.isBetter(than: b) { return left }
        if b.isBetter(than: a) { return right }
        return population.crowding[left] >= population.crowding[right] ? left : right
    }

    /// Lets parents and children compete.
    private func advance(_ population: inout Population, _ intake: Intake, _ survival: Survival, seed: UInt64) {
        let union = population.members + intake.outcomes
        let fronts = Ranking.fronts(union)
        var generator = TrialGenerator(seed: seed &+ 0x6E5A, trial: intake.generation)
        var next = Population(generation: intake.generation, scale: population.scale)
        var taken: [Int] = []
        for front in fronts where taken.count < size {
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

    init(_ entries: [OutcomeMemory.Entry]) {
        var outcomes = entries.map(\.outcome)
        var next = 1
        for entry in entries where entry.generation == next {
            guard let ranges = entry.members else { break }
            var members: [Outcome] = []
            for range in ranges where range.lowerBound >= 0 && range.upperBound < outcomes.count {
                for number in range {
                    guard let outcome = outcomes[number] else { continue }
                    members.append(outcome)
                    outcomes[number] = nil
                }
            }
            intakes.append(GeneticSearch.Intake(generation: next, outcomes: members))
            next += 1
        }
        waiting = outcomes.compactMap { $0 }
    }
}
