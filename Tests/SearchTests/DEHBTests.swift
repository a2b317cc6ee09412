import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct DEHBTests {
    @Test func theFirstRoundIsHyperbandsAndLaterRungsAreBredAnew() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1), .categorical("c", ["a", "b"])]), sampler: RandomSampler(), scheduler: DEHB(fidelity: 1...9))
        // 9 + 3 + 3 trials of the first round, then 9 + 3 + 1 of the next bracket.
        try study.optimize(trials: 15 + 13) { try $0.float("x") }
        let trials = try study.trials()
        #expect(trials[..<9].allSatisfy { $0.progress.bracket == 0 && $0.notes.isEmpty })
        #expect(trials[9..<12].allSatisfy { $0.progress.bracket == 1 && $0.progress.results[0].fidelity == 3 })
        let later = trials[15...]
        #expect(later.allSatisfy { $0.progress.bracket == 3 && $0.progress.results.count == 1 })
        #expect(later.map { $0.progress.results[0].fidelity } == [Int](repeating: 1, count: 9) + [3, 3, 3, 9])
        // The lowest population is full: its members are challenged in turn.
        #expect(later.prefix(9).map { $0.notes["target"] } == (0..<9).map { .integer($0) })
    }

    @Test func itBeatsRandomHyperbandOnABowl() throws {
        let space = try SearchSpace((0..<4).map { Parameter.float("x\($0)", -5...5) })
        func meanBest(_ scheduler: any TrialScheduler) throws -> Double {
            let values: [Double] = try (0..<3).map { seed in
                let study = try Study(space: space, sampler: RandomSampler(), scheduler: scheduler, seed: UInt64(seed))
                let best = try study.optimize(trials: 160) { trial in
                    let bowl = try (0..<4).map { pow(try trial.float("x\($0)") - 1, 2) }.reduce(0, +)
                    return bowl + 1 / Double(trial.fidelity ?? 1)
                }
                return best.first?.values.first ?? .infinity
            }
            return values.reduce(0, +) / 3
        }
        let (dehb, random) = (try meanBest(DEHB(fidelity: 1...9)), try meanBest(Hyperband(fidelity: 1...9)))
        #expect(dehb < random, "DEHB \(dehb), Hyperband \(random)")
    }

    @Test func itsConfigurationsAreValidInEverySpace() throws {
        for space in try SamplerConformance.spaces() {
            let study = try Study(space: space, scheduler: DEHB(fidelity: 1...9), seed: 4)
            try study.optimize(trials: 60) { trial in Double(trial.number % 7) }
            for trial in try study.trials() {
                #expect(throws: Never.self, "\(trial.configuration)") { try space.validate(trial.configuration) }
            }
        }
    }

    @Test func whatIsEnqueuedComesFirst() throws {
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), scheduler: DEHB(fidelity: 1...9))
        try study.enqueue(["x": 0.25])
        #expect(try #require(try study.ask(worker: "w").job).configuration == ["x": 0.25])
    }
}
