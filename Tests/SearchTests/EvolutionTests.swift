import SearchSpaces
import SearchTesting
import Testing

@testable import Search

/// What all evolutionary samplers and designs must keep to.
@Suite struct EvolutionTests {
    static let ids = ["cma-es", "de", "evolution", "grid", "halton", "lhs", "nsga2", "nsga3", "sms-emoa", "sobol"]

    @Test("what was remembered never changes an answer", arguments: ids)
    func memory(id: String) throws {
        let options: Configuration = ["nsga2", "nsga3", "sms-emoa", "de", "evolution"].contains(id) ? ["population": 10] : [:]
        let space = try StudyStoreConformance.space()
        let study = try Study(space: space, sampler: try Samplers.make(id, options), seed: 3)
        var open: [Job] = []
        for number in 0..<60 {
            let trials = try study.trials()
            let context = SamplingContext(space: space, trials: trials, number: trials.count, seed: 3)
            let fresh = try Samplers.make(id, options).propose(context)
            let job = try #require(try study.ask(worker: "w").job)
            #expect(job.configuration == fresh?.configuration, "trial \(number)")
            #expect(try study.trials()[number].notes == fresh?.notes, "trial \(number)")
            // Results come late and out of order, some never.
            open.append(job)
            if open.count > 4 {
                let done = open.remove(at: number * 7 % open.count)
                if number % 9 == 0 { try study.fail(done, reason: "test") } else { try study.tell(done, Double(number * 37 % 11)) }
            }
        }
    }

    @Test("a sampler value serves several studies", arguments: ids)
    func shared(id: String) throws {
        let sampler = try Samplers.make(id)
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        func run(_ sampler: any Sampler, _ seed: UInt64) throws -> Study { try Study(space: space, sampler: sampler, seed: seed) }
        let (one, two, alone) = (try run(sampler, 1), try run(sampler, 2), try run(try Samplers.make(id), 2))
        for _ in 0..<24 {
            try one.optimize(trials: 1) { try $0.float("x") }
            try two.optimize(trials: 1) { try $0.float("y") }
            try alone.optimize(trials: 1) { try $0.float("y") }
        }
        #expect(try two.trials().map(\.configuration) == alone.trials().map(\.configuration))
    }

    @Test("on a bowl they do better than random search", arguments: ["cma-es", "de", "evolution", "nsga2", "sms-emoa"])
    func bowl(id: String) throws {
        let space = try SearchSpace((0..<4).map { .float("x\($0)", -5...5) })
        func median(_ id: String, _ options: Configuration) throws -> Double {
            let values: [Double] = try (0..<3).map { seed in
                let study = try Study(space: space, sampler: Samplers.make(id, options), seed: UInt64(seed))
                return try study.optimize(trials: 200) { trial in
                    var sum = 0.0
                    for index in 0..<4 {
                        let x: Double = try trial.float("x\(index)") - 1
                        sum += x * x
                    }
                    return sum
                }.first?.values.first ?? .infinity
            }
            return values.sorted()[1]
        }
        let options: Configuration = id == "cma-es" || id == "de" ? [:] : ["population": 20]
        let (own, random) = (try median(id, id == "evolution" ? ["population": 20, "sample": 5] : options), try median("random", [:]))
        #expect(own < random / 3, "\(id) \(own), random \(random)")
    }

    @Test func notesAreReadWithoutDecoding() throws {
        var trial = Trial(number: 0, state: .running, configuration: [:])
        trial.notes = ["generation": 12, "members": TrialNotes.ranges(of: [0, 1, 2, 5, 7, 8]), "index": -3]
        #expect(trial.notedNumber(.generation) == 12 && trial.notedNumber(.index) == -3 && trial.notedNumber(.target) == nil)
        #expect(TrialNotes(trial).ranges(.members) == [0...2, 5...5, 7...8])
        trial.systemAttributes[Trial.notesKey] = "{ \"x\" : \"\\\"generation\\\":4\", \"generation\" : 5 }"
        #expect(trial.notedNumber(.generation) == 5)
        trial.systemAttributes[Trial.notesKey] = "{\"generation\":"
        #expect(trial.notedNumber(.generation) == nil)
    }

    @Test func failuresAndWhatIsInfeasibleRankLast() {
        var far = Outcome(number: 2, losses: [9])
        far.reach = 3
        let outcomes = [
            Outcome(number: 0, losses: [1], violation: 2), Outcome(number: 1, losses: [5]), far, Outcome(number: 3, losses: [3]),
            Outcome(number: 4, losses: [0], violation: 1),
        ]
        #expect(Ranking.order(outcomes) == [3, 1, 4, 0, 2])
        let failed = Outcome(Trial(number: 0, state: .failed, configuration: [:]), [.minimize])
        #expect(failed?.losses == [.infinity] && failed?.reach == Outcome.failed)
        #expect(Outcome(Trial(number: 0, state: .running, configuration: [:]), [.minimize]) == nil)
    }

    @Test func evolutionForgetsOldTrials() throws {
        // The best trial is the oldest; children come from the last four.
        let space = try SearchSpace([.float("x", 0...1)])
        let trials = (0..<40).map { number in
            var trial = Trial(number: number, state: .complete, configuration: ["x": .float(number < 36 ? 0.1 : 0.9)])
            trial.values = [number < 36 ? 0 : 1]
            return trial
        }
        let evolution = try RegularizedEvolution(population: 4, sample: 4)
        let near = try (40..<140).count { number in
            let context = SamplingContext(space: space, trials: trials, number: number, seed: 1)
            let x: Double = try evolution.sample(context)?.float("x") ?? 0
            return abs(x - 0.9) < 0.1
        }
        #expect(near > 40)
    }

    @Test func differentialEvolutionKeepsTheBetterOfMemberAndChild() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: try DifferentialEvolution(population: 6), seed: 2)
        try study.optimize(trials: 90) { trial in
            let x: Double = try trial.float("x") - 0.4
            let y: Double = try trial.float("y") - 0.6
            return x * x + y * y
        }
        let trials = try study.trials()
        #expect(trials.prefix(12).map { $0.notedNumber(.target) } == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
        let values: [Double] = trials.map { $0.values[0] }
        let (early, late): (Double, Double) = (values.prefix(30).reduce(0, +), values.suffix(30).reduce(0, +))
        #expect(late < early / 3)
        #expect(throws: SearchError.self) { try Samplers.make("de", ["factor": 0]) }
    }
}
