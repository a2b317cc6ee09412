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
        if card.abilities.contains(.multiObjective) { try severalObjectives(card, seed: seed) }
        if card.abilities.contains(.multiFidelity) { try severalFidelities(card, seed: seed) }
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

    static func severalObjectives(_ card: SamplerCard, seed: UInt64) throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, directions: [.minimize, .maximize], sampler: card.make(), seed: seed)
        let front = try study.optimize(trials: 30, objectives: { [try $0.float("x"), try $0.float("y")] })
        #expect(!front.isEmpty, "\(card.id), seed \(seed)")
    }

    static func severalFidelities(_ card: SamplerCard, seed: UInt64) throws {
        let space = try SearchSpace([.float("x", 0...1)])
        let study = try Study(space: space, sampler: card.make(), scheduler: SuccessiveHalving(fidelity: 1...9), seed: seed)
        let best = try study.optimize(trials: 40) { try $0.float("x") + 1 / Double($0.fidelity ?? 1) }
        #expect(best.first?.state == .complete, "\(card.id), seed \(seed)")
    }
}

extension Configuration {
    /// An objective for any space: the same on every run, unlike `hashValue`.
    fileprivate var hashFree: Int {
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
