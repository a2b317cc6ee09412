import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct RaceTests {
    /// Losses of configurations that differ by their number, instances by their difficulty.
    private func losses(_ configurations: Int, _ instances: Int, spread: Double, noise: Double, seed: UInt64) -> [[Double]] {
        var generator = TrialGenerator(seed: seed)
        let difficulties = (0..<instances).map { _ in generator.normal() }
        return (0..<configurations).map { configuration in
            difficulties.map { $0 + spread * Double(configuration) + noise * generator.normal() }
        }
    }

    private func run(_ race: Race, _ losses: [[Double]]) -> (standing: Race.Standing, runs: Int) {
        var known = losses.map { $0.map { _ in Double.nan } }
        var runs = 0
        while let next = race.standing(known).next {
            known[next.configuration][next.instance] = losses[next.configuration][next.instance]
            runs += 1
        }
        return (race.standing(known), runs)
    }

    @Test("every test keeps the best and saves most of the runs", arguments: Race.Test.allCases)
    func race(test: Race.Test) throws {
        let race = try Race(instances: 20, test: test)
        var kept = 0
        for seed in 0..<20 as Range<UInt64> {
            let (standing, runs) = run(race, losses(10, 20, spread: 0.3, noise: 0.2, seed: seed))
            kept += standing.alive.first == 0 ? 1 : 0
            #expect(runs < 130, "\(test), seed \(seed): \(runs) of 200")
            #expect(standing.alive.count + standing.eliminations.count == 10)
        }
        #expect(kept >= 18, "\(test)")
    }

    @Test func amongEqualsTheRaceSeldomEliminatesTheGreaterPart() throws {
        let survivors = try (0..<20 as Range<UInt64>).map { seed in
            run(try Race(instances: 8), losses(6, 8, spread: 0, noise: 1, seed: seed)).standing.alive.count
        }
        #expect(survivors.reduce(0, +) > 60)
    }

    @Test func theFirstBlockComesFirstInstanceByInstance() throws {
        let standing = try Race(instances: 10, firstTest: 3).standing([[1, .nan], [.nan, .nan]])
        #expect(standing.level == 3 && standing.next == Race.Run(configuration: 1, instance: 0))
        #expect(standing.pending.count == 5)
    }

    @Test func infiniteLossesDropOutAtOnce() throws {
        let standing = try Race(instances: 4, firstTest: 2).standing([[1, .nan], [.infinity, .nan], [2, .nan]])
        #expect(standing.eliminations.map(\.configuration) == [1] && standing.alive == [0, 2])
        #expect(try Race(instances: 3, firstTest: 1).standing([[.infinity], [.infinity]]).alive.isEmpty)
    }

    @Test func anElitePassesUntilItsInstancesAreSeen() throws {
        var losses = losses(5, 10, spread: 0, noise: 0.05, seed: 3)
        losses[0] = losses[0].map { $0 + 3 }
        let known = losses.enumerated().map { index, row in row.enumerated().map { index == 0 || $0.offset < 6 ? $0.element : .nan } }
        let race = try Race(instances: 10, survivors: 2)
        #expect(race.standing(known).eliminations.contains { $0.configuration == 0 })
        #expect(!race.standing(known, elites: [0]).eliminations.contains { $0.configuration == 0 })
    }

    @Test func theSchedulerRunsMoreInstancesOfTheBetterTrials() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: Racing(instances: 10, configurations: 12), seed: 2)
        try study.optimize(trials: 36) { trial in
            let x = try trial.float("x")
            let all = (0..<(trial.fidelity ?? 1)).map { x + 0.3 * sin(Double($0)) }
            for instance in (trial.job.previousFidelity ?? 0)..<all.count { try trial.report(all[instance], at: instance) }
            return all.reduce(0, +) / Double(all.count)
        }
        let trials = try study.trials()
        let complete = trials.filter { $0.state == .complete }
        #expect((2...12).contains(complete.count), "\(complete.count)")
        #expect(trials.count { $0.progress.results.last?.fidelity == 5 } > 18)
        let values = try trials.map { try $0.configuration.float("x") }
        #expect(try study.best().first?.configuration.float("x") == values.min())
        #expect(Set(trials.map(\.progress.bracket)) == [0, 1, 2])
    }
}
