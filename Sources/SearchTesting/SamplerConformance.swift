public import Search
public import SearchSpaces
import Testing

/// What every sampler must do. Run it over `Samplers.all` and several seeds.
public enum SamplerConformance {
    /// Spaces that exercise what samplers tend to get wrong.
    public static func spaces() throws -> [SearchSpace] {
        let branch = try SearchSpace([.float("x", -1...1), .integer("n", 1...100, log: true)])
        return [
            try StudyStoreConformance.space(),
            try .choice("learner", [("a", branch), ("b", branch)], shared: [.boolean("scale")]),
            try SearchSpace([.integer("only", 3...3), .constant("k", "v")]),
            try SearchSpace([.float("x", 0...1), .float("y", 0...1)], forbidden: [.parameter("x", .greater(0.5))]),
            try SearchSpace([.categorical("c", (0..<20).map { "level \($0)" })]),
        ]
    }

    public static func all(_ card: SamplerCard, seed: UInt64) throws {
        for space in try spaces() {
            try configurationsAreValid(card, space, seed: seed)
            try sameSeedSameTrials(card, space, seed: seed)
        }
        try anyHistoryIsSurvived(card, seed: seed)
        try resumingChangesNothing(card, seed: seed)
        try spacesMayGrow(card, seed: seed)
        try randomSpacesAreRespected(card, seeds: seed..<(seed + 12))
        if card.abilities.contains(.constraints) { try constraintsAreSurvived(card, seed: seed) }
        if card.abilities.contains(.multiObjective) { try severalObjectives(card, seed: seed) }
        if card.abilities.contains(.multiFidelity) { try severalFidelities(card, seed: seed) }
        OptionConformance.areDocumented(card.options, of: card.id) { _ = try card.make($0) }
    }

    /// Every configuration is one of the space's, with any history.
    public static func configurationsAreValid(_ card: SamplerCard, _ space: SearchSpace, seed: UInt64) throws {
        let study = try Study(space: space, sampler: card.make(), seed: seed)
        try study.optimize(trials: 30) { Double($0.configuration.hashFree) }
        for trial in try study.trials() {
            #expect(throws: Never.self, "\(card.id), seed \(seed), trial \(trial.number): \(trial.configuration)") {
                try space.validate(trial.configuration)
            }
        }
    }

    /// The same seed gives the same trials, another seed others.
    public static func sameSeedSameTrials(_ card: SamplerCard, _ space: SearchSpace, seed: UInt64) throws {
        func run(_ seed: UInt64) throws -> [Configuration] {
            let study = try Study(space: space, sampler: card.make(), seed: seed)
            try study.optimize(trials: 25) { Double($0.configuration.hashFree) }
            return try study.trials().map(\.configuration)
        }
        let first = try run(seed)
        #expect(try run(seed) == first, "\(card.id), seed \(seed)")
        if space.parameters.contains(where: { ($0.domain.count ?? 2) > 1 }) {
            #expect(try run(seed &+ 1) != first, "\(card.id), seed \(seed)")
        }
    }

    /// Failures, infinities, ties and running trials do no harm.
    public static func anyHistoryIsSurvived(_ card: SamplerCard, seed: UInt64) throws {
        let study = try Study(space: try StudyStoreConformance.space(), sampler: card.make(), seed: seed)
        for number in 0..<40 {
            guard let job = try study.ask(worker: "w").job else { break }
            switch number % 5 {
            case 0: try study.tell(job, .infinity)
            case 1: try study.fail(job, reason: "test")
            case 2: try study.tell(job, -.infinity)
            case 3: try study.tell(job, 0)
            default: break
            }
            #expect(throws: Never.self, "\(card.id), seed \(seed)") { try study.space.validate(job.configuration) }
        }
    }

    /// A study that another process goes on with, at any point, has the same trials as one that is not interrupted.
    public static func resumingChangesNothing(_ card: SamplerCard, seed: UInt64) throws {
        let space = try StudyStoreConformance.space()
        func run(resumingEvery interval: Int) throws -> [Configuration] {
            let store = InMemoryStore()
            let definition = StudyDefinition(name: "s", space: space, seed: seed, sampler: AlgorithmChoice(card.id))
            var study = try Study.create(definition, in: store, sampler: card.make())
            for number in 0..<24 {
                if number % interval == 0 { study = try Study.open("s", in: store, sampler: card.make()) }
                guard let job = try study.ask(worker: "w").job else { break }
                if number % 9 == 4 { try study.fail(job, reason: "test") } else { try study.tell(job, Double(job.configuration.hashFree)) }
            }
            return try store.trials(of: "s").map(\.configuration)
        }
        let whole = try run(resumingEvery: 1000)
        #expect(try run(resumingEvery: 1) == whole, "\(card.id), seed \(seed)")
        #expect(try run(resumingEvery: 7) == whole, "\(card.id), seed \(seed)")
    }

    /// Trials of a smaller space, with fewer parameters, choices and narrower ranges, are learned from as far as they go.
    public static func spacesMayGrow(_ card: SamplerCard, seed: UInt64) throws {
        let small = try SearchSpace([.float("x", 0...1), .categorical("c", ["a", "b"]), .integer("n", 1...4)])
        let large = try SearchSpace([
            .float("x", -1...2), .categorical("c", ["z", "a", "b"]), .integer("n", 3...9), .float("new", 1e-3...1, log: true),
            .integer("child", 1...3).when("c", .equals("z")),
        ])
        let study = try Study(space: small, sampler: card.make(), seed: seed)
        try study.optimize(trials: 14) { Double($0.configuration.hashFree) }
        var trials = try study.trials()
        let sampler = try card.make()
        for _ in 0..<6 {
            let context = SamplingContext(space: large, trials: trials, number: trials.count, seed: seed)
            guard let proposal = try sampler.propose(context) else { return }
            #expect(throws: Never.self, "\(card.id), seed \(seed): \(proposal.configuration)") { try large.validate(proposal.configuration) }
            var trial = Trial(number: trials.count, state: .complete, configuration: proposal.configuration)
            trial.notes = proposal.notes
            trial.values = [Double(proposal.configuration.hashFree)]
            trials.append(trial)
        }
    }

    /// Conditions, bounds and forbidden combinations hold in spaces that nobody thought of.
    public static func randomSpacesAreRespected(_ card: SamplerCard, seeds: Range<UInt64>) throws {
        for seed in seeds {
            let space = try RandomSpaces.space(seed: seed)
            let study = try Study(space: space, sampler: card.make(), seed: seed)
            for _ in 0..<14 {
                guard let job = try study.ask(worker: "w").job else { break }
                #expect(throws: Never.self, "\(card.id), space \(seed): \(job.configuration)") { try space.validate(job.configuration) }
                try study.tell(job, Double(job.configuration.hashFree))
            }
        }
    }

    /// Trials that violate constraints, all of them at first, are no obstacle.
    static func constraintsAreSurvived(_ card: SamplerCard, seed: UInt64) throws {
        let study = try Study(space: try SearchSpace([.float("x", 0...1), .integer("n", 1...9)]), sampler: card.make(), seed: seed)
        for number in 0..<30 {
            guard let job = try study.ask(worker: "w").job else { break }
            let x = try job.configuration.float("x")
            try study.tell(job, [x], constraints: ["late": number < 12 ? 1 : 0.3 - x, "other": -1])
            #expect(throws: Never.self, "\(card.id), seed \(seed)") { try study.space.validate(job.configuration) }
        }
    }

    static func severalObjectives(_ card: SamplerCard, seed: UInt64) throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, directions: [.minimize, .maximize], sampler: card.make(), seed: seed)
        let front = try study.optimize(trials: 30, objectives: { [try $0.float("x"), try $0.float("y")] })
        #expect(!front.isEmpty, "\(card.id), seed \(seed)")
    }

    static func severalFidelities(_ card: SamplerCard, seed: UInt64) throws {
        // Two parameters: a grid of one has too few points for a trial to come to the end.
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: card.make(), scheduler: SuccessiveHalving(fidelity: 1...9), seed: seed)
        let best = try study.optimize(trials: 40) { try $0.float("x") + 1 / Double($0.fidelity ?? 1) }
        #expect(best.first?.state == .complete, "\(card.id), seed \(seed)")
    }
}

extension Configuration {
    /// An objective for any space: the same on every run, unlike `hashValue`.
    var hashFree: Int {
        reduce(0) { sum, entry in sum + "\(entry.name)\(entry.value)".utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 997 } } % 100
    }
}

extension Offer {
    /// The job, if it is one.
    public var job: Job? {
        if case .job(let job) = self { return job }
        return nil
    }
}
