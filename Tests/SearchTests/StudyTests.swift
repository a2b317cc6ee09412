import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct StudyTests {
    private func space() throws -> SearchSpace { try SearchSpace([.float("x", 0...1)]) }

    @Test func optimizingFindsTheBest() throws {
        let study = try Study(space: try SearchSpace([.float("x", -10...10)]), seed: 1)
        let best = try study.optimize(trials: 60) { trial in pow(try trial.float("x") - 2, 2) }
        #expect(abs(try best[0].configuration.float("x") - 2) < 0.5)
        try study.optimize(trials: 5) { try $0.float("x") }
        #expect(try study.trials().count == 65)
    }

    @Test func anObjectiveThatThrowsFailsItsTrialOnly() throws {
        struct Broken: Error, CustomStringConvertible { var description: String { "out of paper" } }
        let study = try Study(space: try space())
        try study.optimize(trials: 10) { trial in
            if trial.number == 3 { throw Broken() }
            return trial.number == 4 ? .nan : 1
        }
        let trials = try study.trials()
        #expect(trials[3].state == .failed)
        #expect(trials[3].failure == "out of paper")
        #expect(trials[4].state == .failed)
        #expect(trials.count { $0.state == .complete } == 8)
    }

    @Test func severalObjectivesGiveAFront() throws {
        let study = try Study(space: try space(), directions: [.minimize, .maximize], sampler: RandomSampler())
        let front = try study.optimize(trials: 20, objectives: { [try $0.float("x"), try $0.float("x")] })
        #expect(front.count == 20)
        let other = try Study(space: try space(), directions: [.minimize, .minimize], sampler: RandomSampler())
        #expect(try other.optimize(trials: 20, objectives: { [try $0.float("x"), try $0.float("x")] }).count == 1)
    }

    @Test func silentWorkersAreGivenUpByTheStoresClock() throws {
        let clock = TestClock()
        let store = InMemoryStore { clock.now }
        let study = try Study.create(StudyDefinition(name: "s", space: try space()), in: store)
        let first = try #require(try study.ask(worker: "a").job)
        clock.advance(50)
        let second = try #require(try study.ask(worker: "b").job)
        #expect(try study.releaseStaleJobs(silentFor: .seconds(60)) == [])
        clock.advance(30)
        try study.heartbeat(second)
        #expect(try study.releaseStaleJobs(silentFor: .seconds(60)) == [first.trial])
        #expect(try study.trials().map(\.state) == [.failed, .running])
        #expect(throws: SearchError.self) { try study.heartbeat(first) }
    }

    @Test func optimizingWithALeaseKeepsItsJobsAlive() throws {
        let clock = TestClock()
        let store = InMemoryStore { clock.now }
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        try study.optimize(trials: 2, workers: 2, lease: Lease(.milliseconds(40))) { trial in
            // Longer than any lease by the store's clock, but never without a sign of life.
            for _ in 0..<3 where trial.number == 0 {
                clock.advance(0.03)
                let begin = clock.now
                for _ in 0..<2000 where try study.trials()[0].heartbeat.map({ $0 < begin }) ?? true { Thread.sleep(forTimeInterval: 0.005) }
            }
            return try trial.float("x")
        }
        #expect(try study.trials().map(\.progress.attempts) == [1, 1])
        #expect(try study.trials().allSatisfy { $0.state == .complete })
    }

    @Test func aTrialPromotedToAnotherWorkerIsFenced() throws {
        let study = try Study(space: try space(), sampler: RandomSampler(), scheduler: SuccessiveHalving(fidelity: 1...2, eta: 2))
        let a = try #require(try study.ask(worker: "a").job)
        let b = try #require(try study.ask(worker: "b").job)
        try study.tell(a, 1)
        try study.tell(b, 2)
        let promoted = try #require(try study.ask(worker: "b").job)
        #expect((promoted.trial, promoted.attempt, promoted.fidelity) == (a.trial, 2, 2))
        #expect(throws: SearchError.self) { try study.tell(a, 5) }
        #expect(try study.currentJob(ofTrial: a.trial) == promoted)
        try study.tell(promoted, 0.5)
        #expect(try study.trials()[0].values == [0.5])
        #expect(try study.trials()[0].intermediateValues == [1: 1, 2: 0.5])
    }

    @Test func workersNeedOnlyTheStoreAndTheName() throws {
        let store = InMemoryStore()
        try store.create(
            StudyDefinition(
                name: "s", space: try space(), seed: 9, sampler: AlgorithmChoice("random"),
                scheduler: AlgorithmChoice("asha", ["maximum_fidelity": 27, "brackets": 2])))
        let study = try Study.open("s", in: store)
        #expect(study.sampler is RandomSampler)
        #expect((study.scheduler as? SuccessiveHalving)?.brackets == 2)
        #expect(throws: SearchError.self) { try Study.open("t", in: store) }
    }

    @Test func whatTheSpaceForbidsIsNotEnqueued() throws {
        let space = try SearchSpace(
            [.float("x", 0...1), .integer("n", 1...9), .boolean("on")],
            forbidden: [.parameter("x", .less(0.9)), .all([.parameter("n", .equals(3)), .parameter("on", .equals(true))]), .parameter("n", .equals(5))])
        let study = try Study(space: space, sampler: RandomSampler())
        for wish: Configuration in [["n": 5], ["x": 0.5], ["n": 3, "on": true], space.defaultConfiguration] {
            let error = #expect(throws: SearchSpaceError.self) { try study.enqueue(wish) }
            #expect(error?.code == .forbidden)
        }
        try study.enqueue(["n": 3])
        // Also what its prior would never draw.
        let biased = try SearchSpace(
            [.categorical("c", ["a", "b"]).expecting(.weights([1, 0])), .float("x", 0...1)], forbidden: [.parameter("x", .less(0.9))])
        #expect(throws: Never.self) { try Study(space: biased).enqueue(["c": "b"]) }
        try study.enqueue(["x": 0.95, "on": true])
        // Another program may enqueue what it likes.
        _ = try study.store.transaction(in: study.name) { try $0.append(Trial(number: 0, state: .waiting, configuration: ["n": 5])) }
        let jobs = try (0..<3).compactMap { _ in try study.ask(worker: "w").job }
        #expect(jobs.map(\.trial) == [0, 1, 3])
        for job in jobs { try space.validate(job.configuration) }
        #expect(jobs[0].configuration["n"] == 3 && jobs[0].configuration["on"] == false)
        #expect(jobs[1].configuration["x"] == 0.95 && jobs[1].configuration["on"] == true)
        let failed = try study.trials()[2]
        #expect(failed.state == .failed && failed.failure?.contains("n") == true)
        let earlier = try study.trials().map { trial in
            var trial = trial
            (trial.state, trial.values, trial.configuration) = (.complete, [Double(trial.number)], trial.number == 0 ? ["n": 5] : ["n": 4])
            return trial
        }
        #expect(try study.warmStart(from: earlier).count == 1)
    }

    @Test func timeEndsTheSearch() throws {
        let study = try Study(space: try space(), sampler: RandomSampler())
        try study.optimize(trials: 1_000_000, within: .milliseconds(50)) { try $0.float("x") }
        #expect(try study.trials().count < 1_000_000)
    }

    @Test func aNoteStaysWithItsTrial() throws {
        let study = try Study(space: try space())
        try study.optimize(trials: 1) { try $0.float("x") }
        try study.setAttribute("seconds", of: 0, to: 1.5)
        #expect(try study.trials()[0].userAttributes["seconds"] == "1.5")
        #expect(throws: SearchError.self) { try study.setAttribute("a", of: 5, to: 1) }
    }
}

final class TestClock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Date(timeIntervalSince1970: 1_700_000_000)

    var now: Date { lock.withLock { time } }

    func advance(_ seconds: Double) { lock.withLock { time += seconds } }
}
