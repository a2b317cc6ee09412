import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct HyperbandTests {
    private func space() throws -> SearchSpace { try SearchSpace([.float("x", 0...1)]) }

    @Test("first rungs are those of HpBandSter and of the paper")
    func sizes() throws {
        func first(_ maximum: Int, _ form: BracketForm) throws -> [Int] {
            try Hyperband(fidelity: 1...maximum, form: form).brackets.compactMap(\.sizes.first)
        }
        #expect(try first(81, .floor) == [81, 27, 9, 6, 5])
        #expect(try first(27, .floor) == [27, 9, 6, 4])
        #expect(try first(81, .ceil) == [81, 34, 15, 8, 5])
        #expect(try first(27, .ceil) == [27, 12, 6, 4])
    }

    @Test func fidelitiesAreQuotientsOfTheHighest() throws {
        #expect(try Hyperband(fidelity: 9...729).fidelities == [9, 27, 81, 243, 729])
        #expect(try Hyperband(fidelity: 10...729).fidelities == [27, 81, 243, 729])
        #expect(try Hyperband(fidelity: 1...100).fidelities == [1, 4, 11, 33, 100])
        #expect(try Hyperband(fidelity: 1...1).brackets == [Bracket(fidelities: [1], sizes: [1])])
        #expect(throws: SearchError.self) { try Hyperband(fidelity: 0...9) }
        #expect(throws: SearchError.self) { try Schedulers.make("hyperband", ["form": "round"]) }
        #expect(try Hyperband(fidelity: 1...Int.max, eta: 2).fidelities.count == 63)
    }

    @Test("one round of five brackets draws 128 configurations and costs 21 full evaluations")
    func round() throws {
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: Hyperband(fidelity: 1...81))
        var cost = 0
        try study.optimize(trials: 128) { try $0.float("x") }
        let trials = try study.trials()
        for trial in trials { cost += trial.progress.results.reduce(0) { $0 + $1.fidelity } }
        #expect(cost == 21 * 81)
        #expect(trials.count { $0.state == .complete } == 1 + 1 + 1 + 2 + 5)
        // Every rung passes on its best.
        let first = trials.filter { $0.progress.bracket == 0 }.sorted { $0.progress.results[0].values[0] < $1.progress.results[0].values[0] }
        #expect(first.prefix(27).allSatisfy { $0.progress.results.count > 1 } && first.dropFirst(27).allSatisfy { $0.progress.results.count == 1 })
    }

    @Test func aRungEndsWhenAllItsTrialsAreBack() throws {
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: Hyperband(fidelity: 1...9))
        var jobs: [Job] = []
        for _ in 0..<9 { jobs.append(try #require(try study.ask(worker: "w").job)) }
        for job in jobs.dropLast() { try study.tell(job, Double(job.trial)) }
        // The ninth is out: the next bracket opens.
        let other = try #require(try study.ask(worker: "w").job)
        #expect((other.trial, other.fidelity) == (9, 3))
        try study.tell(jobs[8], -1)
        let promoted = try #require(try study.ask(worker: "w").job)
        #expect((promoted.trial, promoted.fidelity) == (8, 3))
    }

    @Test func placesThatNobodySurvivedForAreFilledAnew() throws {
        struct Broken: Error {}
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: Hyperband(fidelity: 1...9))
        try study.optimize(trials: 11) { trial in
            if trial.number < 8 { throw Broken() }
            return try trial.float("x")
        }
        let trials = try study.trials()
        #expect(trials[8].progress.results.count >= 2)
        #expect(trials[9...].allSatisfy { $0.progress.results.first?.fidelity == 3 && $0.progress.bracket == 0 })
    }

    @Test func successiveHalvingRepeatsItsRound() throws {
        let scheduler = try SynchronousHalving(fidelity: 1...9, configurations: 12)
        #expect(scheduler.bracket == Bracket(fidelities: [1, 3, 9], sizes: [12, 4, 1]))
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: scheduler)
        try study.optimize(trials: 24) { try $0.float("x") }
        #expect(try study.trials().count { $0.progress.values(at: 3) != nil } == 8)
        #expect(try study.trials().count { $0.state == .complete } == 2)
    }

    @Test func theAsynchronousFormNeverWaits() throws {
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: Hyperband(fidelity: 1...9, asynchronous: true))
        var open: [Job] = []
        for step in 0..<60 {
            open.append(try #require(try study.ask(worker: "w").job))
            if step % 2 == 0 { try study.tell(open.removeFirst(), Double(step)) }
        }
        #expect(Set(try study.trials().map(\.progress.bracket)) == [0, 1, 2])
    }

    @Test func intensifyingRaisesWhatWaits() throws {
        let study = try Study(space: space(), sampler: RandomSampler(), scheduler: Hyperband(fidelity: 1...9))
        try study.tell(try #require(try study.ask(worker: "w").job), 1)
        try study.tell(try #require(try study.ask(worker: "w").job), 0)
        let job = try #require(try study.ask(worker: "w", intensifying: true).job)
        #expect((job.trial, job.fidelity) == (1, 3))
    }

    @Test("an ε-net covers the front from one end to the other")
    func frontOrder() throws {
        let scheduler = try SuccessiveHalving(fidelity: 1...3, frontOrder: .epsilonNet)
        let study = try Study(space: space(), directions: [.minimize, .minimize], sampler: RandomSampler(), scheduler: scheduler)
        // All but the last three lie on one front, which is crowded at its end.
        let places = [0.0, 0.2, 0.5, 0.9, 1.0, 0.95]
        let values = places.map { [$0, 1 - $0] } + [[2, 2], [2, 3], [3, 2]]
        var jobs: [Job] = []
        for _ in values { jobs.append(try #require(try study.ask(worker: "w").job)) }
        for (job, values) in zip(jobs, values) { try study.tell(job, values) }
        var promoted: [Int] = []
        for _ in 0..<3 { promoted.append(try #require(try study.ask(worker: "w").job).trial) }
        #expect(promoted == [0, 4, 2])
    }
}
