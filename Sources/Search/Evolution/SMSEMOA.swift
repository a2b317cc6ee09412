public import SearchSpaces

/// SMS-EMOA: each result joins the population, and the member of the last front that adds least to the dominated volume leaves it.
///
/// Source: Beume, Naujoks and Emmerich 2007, SMS-EMOA: Multiobjective Selection Based on Dominated Hypervolume. Results join in the order of
/// their trials, and objectives are scaled to the front before volumes are measured. Any number of workers may breed at the same time.
/// Volumes of four objectives and more are estimated. A share of the children are members moved by differences, as in ``NSGA2``.
public struct SMSEMOA: Sampler {
    public static let card = SamplerCard(
        id: "sms-emoa", name: "SMS-EMOA", summary: "A steady population in which every member must add to the dominated volume.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Beume, Naujoks and Emmerich 2007, SMS-EMOA: Multiobjective Selection Based on Dominated Hypervolume",
        options: [AlgorithmOption("population", "members; 4 to 100000", standard: SMSEMOA().population)]
    ) { options in try SMSEMOA(population: options.integer("population", default: SMSEMOA().population)) }

    /// How many members the population has.
    public let population: Int
    private let replay = Replay<Outcome, [Outcome]>(stride: 32)
    private let memory = OutcomeMemory()

    public init() { population = 50 }

    /// - Throws: `SearchError` (`invalidOption`) when it is too small to breed.
    public init(population: Int) throws {
        self.population = try PopulationSize.checked(population, of: "SMS-EMOA")
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        let genome = Genome(context.space)
        let started = context.trials.count { $0.state != .waiting }
        let outcomes = memory.entries(of: context).compactMap(\.outcome)
        guard started >= population, outcomes.count >= 2, !genome.free.isEmpty else {
            return try context.space.randomConfiguration(using: &generator)
        }
        let members = replay.state(from: [], over: outcomes, in: context) { members, outcome in
            members.append(outcome)
            guard members.count > population else { return }
            var chance = TrialGenerator(seed: context.seed &+ 0x5A5, trial: outcome.number)
            members.remove(at: Self.leastUseful(members, &chance))
        }
        let points = context.points
        let running = context.trials.lazy.reversed().filter { $0.state == .running }.map(\.number)
        let known = members.map { points[$0.number] } + running.prefix(population).map { points[$0] }
        return try genome.configuration(unlike: known, &generator) { generator in
            func any() -> [Double] { points[members[Int(generator.next() % UInt64(members.count))].number] }
            if generator.uniform() < Self.differenceShare { return genome.moved(any(), from: any(), to: any(), GeneticOperators(), &generator) }
            return genome.child(any(), any(), GeneticOperators(), &generator)
        }
    }

    /// How many of the children are members moved by the difference of two others, as in ``NSGA2``.
    private static let differenceShare = 0.3

    /// The position of the member to drop.
    static func leastUseful(_ members: [Outcome], _ generator: inout TrialGenerator) -> Int {
        guard let front = Ranking.fronts(members).last, front.count > 1 else { return Ranking.fronts(members).last?.first ?? 0 }
        let losses = front.map { members[$0].losses }
        // Points with infinities span no volume and go first.
        if let stray = front.indices.last(where: { !losses[$0].allSatisfy(\.isFinite) }) { return front[stray] }
        guard let objectives = losses.first?.count else { return front[0] }
        let low = (0..<objectives).map { objective in losses.map { $0[objective] }.min() ?? 0 }
        let high = (0..<objectives).map { objective in losses.map { $0[objective] }.max() ?? 0 }
        let scaled = losses.map { point in
            point.indices.map { high[$0] > low[$0] ? (point[$0] - low[$0]) / (high[$0] - low[$0]) : 0 }
        }
        // One range beyond the front, so that its ends are worth keeping.
        let volumes = HypervolumeContributions.of(scaled, reference: [Double](repeating: 2, count: objectives), &generator)
        let worst = volumes.indices.min { (volumes[$0], -$0) < (volumes[$1], -$1) } ?? 0
        return front[worst]
    }
}
