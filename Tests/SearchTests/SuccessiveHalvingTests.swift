import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct SuccessiveHalvingTests {
    @Test func theLastRungIsTheMaximum() throws {
        #expect(try SuccessiveHalving(fidelity: 1...81).rungs == [1, 3, 9, 27, 81])
        #expect(try SuccessiveHalving(fidelity: 1...100).rungs == [1, 3, 9, 27, 100])
        #expect(try SuccessiveHalving(fidelity: 5...9).rungs == [9])
        #expect(try SuccessiveHalving(fidelity: 2...16, eta: 2).rungs == [2, 4, 8, 16])
        #expect(try SuccessiveHalving(fidelity: 1...Int.max, eta: 2).rungs.count == 63)
    }

    @Test func oneInEtaGoesOn() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 1...27), seed: 3)
        try study.optimize(trials: 270) { try $0.float("x") }
        let trials = try study.trials()
        let counts = [1, 3, 9, 27].map { rung in trials.count { $0.progress.values(at: rung) != nil } }
        #expect(counts[0] == 270)
        // Asynchronous promotion may promote a few that turn out not to be among the best third.
        #expect((90...100).contains(counts[1]))
        #expect((30...37).contains(counts[2]))
        #expect((10...14).contains(counts[3]))
        #expect(trials.count { $0.state == .complete } == counts[3])
        // Every trial that is among the best ⌊m/η⌋ of its rung has gone on.
        let atOne = trials.sorted { $0.progress.results[0].values[0] < $1.progress.results[0].values[0] }
        #expect(atOne.prefix(90).allSatisfy { $0.progress.results.count > 1 })
    }

    @Test func delayedARungPassesOnNoMoreThanItsShareWhenTrialsGetEverBetter() throws {
        func promoted(delayed: Bool) throws -> Int {
            let study = try Study(
                space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 1...9, delayed: delayed))
            try study.optimize(trials: 90) { -Double($0.number) }
            return try study.trials().count { $0.progress.results.count > 1 }
        }
        #expect(try promoted(delayed: false) > 80)
        #expect(try promoted(delayed: true) == 30)
    }

    @Test func whatWasReportedAtTheFidelityStaysBesideWhatIsTold() throws {
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 2...8, eta: 2))
        guard case .job(let job) = try study.ask(worker: "w") else { return #expect(Bool(false)) }
        for (step, value) in [(1, 0.9), (2, 0.7)] { _ = try study.report(job, value, at: step) }
        try study.tell(job, 0.6)
        let trial = try study.trials()[0]
        #expect(trial.intermediateValues == [1: 0.9, 2: 0.7])
        #expect(trial.progress.values(at: 2) == [0.6])
    }

    @Test func theDirectionCounts() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), direction: .maximize, sampler: RandomSampler(),
            scheduler: SuccessiveHalving(fidelity: 1...3), seed: 3)
        let best = try study.optimize(trials: 30) { try $0.float("x") }
        let trials = try study.trials()
        #expect(best[0].values[0] == trials.map { $0.progress.results[0].values[0] }.max())
    }

    @Test func bracketsShareTheTrials() throws {
        let scheduler = try SuccessiveHalving(fidelity: 1...9, brackets: 3)
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: scheduler)
        try study.optimize(trials: 170) { try $0.float("x") }
        let counts = (0..<3).map { bracket in (try? study.trials().count { $0.progress.bracket == bracket }) ?? 0 }
        // Hyperband's sizes for three rungs are 9, 5 and 3.
        #expect(counts == [90, 50, 30])
        for trial in try study.trials() { #expect(trial.progress.results[0].fidelity == [1, 3, 9][trial.progress.bracket]) }
    }

    @Test func groupsAreHalvedAmongThemselves() throws {
        let branch = try SearchSpace([.float("x", 0...1)])
        let space = try SearchSpace.choice("learner", [("good", branch), ("bad", branch)])
        let scheduler = try SuccessiveHalving(fidelity: 1...9, groupBy: "learner")
        let study = try Study(space: space, sampler: RandomSampler(), scheduler: scheduler)
        try study.optimize(trials: 100) { try $0.category("learner") == "good" ? 0 : 1 }
        for learner in ["good", "bad"] {
            let trials = try study.trials().filter { $0.configuration["learner"] == .category(learner) }
            #expect(trials.count { $0.progress.results.count > 1 } == trials.count / 3)
        }
    }

    @Test func aSmallStudyStillEndsWithACompleteTrial() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 1...81))
        let best = try study.optimize(trials: 2) { try $0.float("x") }
        #expect(best[0].state == .complete)
        #expect(best[0].progress.results.map(\.fidelity) == [1, 3, 9, 27, 81])
    }

    @Test func intensifyingRaisesTheBestThatWaitsBeforeAnythingNewStarts() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 1...9))
        for _ in 0..<2 {
            guard case .job(let job) = try study.ask(worker: "w") else { return #expect(Bool(false)) }
            try study.tell(job, try job.configuration.float("x"))
        }
        var order: [[Int]] = []
        while case .job(let job) = try study.ask(worker: "w", intensifying: true), order.count < 5 {
            order.append([job.trial, job.fidelity ?? 0])
            try study.tell(job, try job.configuration.float("x"))
        }
        let values = try study.trials().prefix(2).map { try $0.configuration.float("x") }
        let (better, worse) = values[0] < values[1] ? (0, 1) : (1, 0)
        #expect(order == [[better, 3], [better, 9], [worse, 3], [worse, 9], [2, 1]])
    }
}
