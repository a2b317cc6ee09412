import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct WarmStartTests {
    private func study(_ parameters: [Parameter], directions: [Direction] = [.minimize]) throws -> Study {
        try Study(space: SearchSpace(parameters), directions: directions, sampler: RandomSampler())
    }

    @Test func theBestOfAnEarlierStudyComeFirst() throws {
        let earlier = try study([.float("x", 0...10), .integer("n", 1...100), .categorical("c", ["a", "b", "old"])])
        for x in [3.0, 0.5, 9, 0.5] { try earlier.add(["x": .float(x), "n": 100, "c": x > 5 ? "a" : "old"], values: [x]) }
        let later = try study([.float("x", 1...5), .integer("n", 1...50), .categorical("c", ["a", "b"]), .float("new", 0...1)])
        #expect(try later.warmStart(from: earlier.trials(), best: 3) == [0, 1, 2])
        let jobs = try (0..<3).compactMap { _ in try later.ask(worker: "w").job }
        // 0.5 lies below the new range and was tried twice; "old" is no choice any more.
        #expect(try jobs.map { try $0.configuration.float("x") } == [1, 3, 5])
        #expect(try jobs.map { try $0.configuration.integer("n") } == [50, 50, 50])
        #expect(jobs.last?.configuration["c"] == "a")
        for job in jobs { try later.space.validate(job.configuration) }
    }

    @Test func whatWasEvaluatedElsewhereIsLearnedFrom() throws {
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), seed: 1)
        for step in 0..<40 { try study.add(["x": .float(Double(step) / 40)], values: [abs(Double(step) / 40 - 0.7)]) }
        let xs = try (0..<20).map { _ in try #require(try study.ask(worker: "w").job).configuration.float("x") }
        #expect(xs.count { abs($0 - 0.7) < 0.2 } > 12, "\(xs)")
        #expect(throws: SearchSpaceError.self) { try study.add(["x": 2], values: [1]) }
        #expect(throws: SearchError.self) { try study.add(["x": 0.5], values: [.nan]) }
        #expect(throws: SearchError.self) { try study.add(["x": 0.5], values: [1, 2]) }
    }

    @Test func objectivesMustFit() throws {
        let two = try study([.float("x", 0...1)], directions: [.minimize, .maximize])
        #expect(throws: SearchError.self) { try two.warmStart(from: [], directions: [.minimize]) }
        try two.add(["x": 0.25], values: [1, 1])
        try two.add(["x": 0.5], values: [0, 2])
        #expect(try two.warmStart(from: two.trials(), best: 1).count == 1)
        #expect(try two.trials()[2].configuration == ["x": 0.5])
    }
}
