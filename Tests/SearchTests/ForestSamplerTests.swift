import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct ForestSamplerTests {
    private let options: Configuration = [:]

    private func meanBest(_ id: String, _ options: Configuration, _ space: SearchSpace, trials: Int, _ objective: @escaping Objective) throws -> Double {
        try SearchTests.meanBest(Samplers.make(id, options), space, trials: trials, seeds: 0..<3, objective)
    }

    @Test func itBeatsRandomSearchOnEveryKindOfParameter() throws {
        let space = try EveryKind.space()
        let forest = try meanBest("forest", options, space, trials: 60, EveryKind.loss)
        let random = try meanBest("random", [:], space, trials: 60, EveryKind.loss)
        #expect(forest < random * 0.5, "forest \(forest), random \(random)")
    }

    @Test func itLearnsWithinTheBranchesOfAChoice() throws {
        let branch = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let space = try SearchSpace.choice("learner", ["a", "b", "c"].map { ($0, branch) })
        let loss: @Sendable (OpenTrial) throws -> Double = { trial in
            let learner = try trial.category("learner")
            let part = trial.configuration.part(learner)
            return try abs(part.float("x") - 0.3) + abs(part.float("y") - 0.8) + (learner == "b" ? 0 : 0.2)
        }
        let forest = try meanBest("forest", options, space, trials: 60, loss)
        let random = try meanBest("random", [:], space, trials: 60, loss)
        #expect(forest < random * 0.6, "forest \(forest), random \(random)")
    }

    @Test func finiteSpacesAreExhaustedBeforeAnythingRepeats() throws {
        let space = try SearchSpace([.integer("a", 0...4), .categorical("b", ["x", "y", "z"]), .boolean("c").when("b", .equals("y"))])
        let study = try Study(space: space, sampler: Samplers.make("forest", ["startup_trials": 5, "candidates": 100, "interleaving": 0]), seed: 3)
        try study.optimize(trials: 20) { trial in Double(try trial.integer("a")) + (try trial.category("b") == "y" ? 0 : 0.5) }
        // 5 · (1 + 2 + 1) configurations, of which the first 5 may repeat each other.
        #expect(try Set(study.trials().map(\.configuration)).count >= 18)
    }

    @Test func runningTrialsAreAvoided() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: Samplers.make("forest", options), seed: 1)
        try study.optimize(trials: 25) { pow(try $0.float("x") - 0.3, 2) + pow(try $0.float("y") - 0.3, 2) }
        var asked: [Configuration] = []
        for _ in 0..<10 { if case .job(let job) = try study.ask(worker: "w") { asked.append(job.configuration) } }
        #expect(Set(asked).count == 10)
        let xs = try asked.map { try $0.float("x") }
        #expect((xs.max() ?? 0) - (xs.min() ?? 0) > 0.005, "\(xs)")
    }

    @Test func constraintsAreLearned() throws {
        // The unconstrained best, x = 1, is not allowed: x must stay below 0.4.
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        var generator = TrialGenerator(seed: 5)
        let trials = try (0..<30).map { number in
            var trial = Trial(number: number, state: .complete, configuration: try space.randomConfiguration(using: &generator))
            let x = try trial.configuration.float("x")
            trial.values = [-x]
            trial.constraints = ["limit": x - 0.4]
            return trial
        }
        let sampler = try Samplers.make("forest", options.merging(["interleaving": 0]))
        let xs = try (30..<50).compactMap { number in
            try sampler.sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.float("x")
        }
        #expect(xs.count { $0 > 0.2 && $0 < 0.5 } >= 16 && xs.allSatisfy { $0 < 0.7 }, "\(xs)")
    }

    @Test func severalObjectivesSpreadAlongTheFront() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, directions: [.minimize, .minimize], sampler: Samplers.make("forest", options), seed: 2)
        let front = try study.optimize(
            trials: 50,
            objectives: { trial in
                let (x, y) = (try trial.float("x"), try trial.float("y"))
                return [x * x + y, (1 - x) * (1 - x) + y]
            })
        let xs = try front.map { try $0.configuration.float("x") }
        let ys = try study.trials().suffix(30).map { try $0.configuration.float("y") }
        #expect((xs.max() ?? 0) - (xs.min() ?? 0) > 0.5, "\(xs)")
        #expect(ys.reduce(0, +) / 30 < 0.25, "\(ys)")
    }

    @Test func priorsSteerTheSearch() throws {
        let space = try SearchSpace([Parameter.float("x", 0...1).expecting(.normal(mean: 0.77, deviation: 0.05))])
        let trials = (0..<12).map { number in
            var trial = Trial(number: number, state: .complete, configuration: ["x": .float(Double(number) / 12)])
            trial.values = [1]
            return trial
        }
        let sampler = try ForestSampler(interleaving: 0)
        // Every fourth trial goes by results alone.
        let xs = try (12..<22).filter { $0 % 4 != 3 }.compactMap { number in
            try sampler.sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.float("x")
        }
        #expect(xs.allSatisfy { abs($0 - 0.77) < 0.15 }, "\(xs)")
    }

    @Test func resultsOfLowFidelityGuideTheHighOne() throws {
        // At both fidelities 0.7 is best; only few trials have come to the high one, all of them elsewhere.
        let trials = (0..<40).map { number in
            let x = Double(number) / 40
            var trial = Trial(number: number, state: .pruned, configuration: ["x": .float(x)])
            trial.progress.results = [FidelityResult(fidelity: 1, values: [abs(x - 0.7) + 0.3])]
            if number < 8 { trial.progress.results.append(FidelityResult(fidelity: 9, values: [abs(x - 0.7)])) }
            return trial
        }
        let space = try SearchSpace([.float("x", 0...1)])
        let sampler = try Samplers.make("forest", options.merging(["interleaving": 0]))
        let xs = try (40..<60).compactMap { number in
            try sampler.sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.float("x")
        }
        #expect(xs.count { abs($0 - 0.7) < 0.15 } >= 15, "\(xs)")
    }

    @Test func optionsAreReadAndChecked() throws {
        let sampler = try #require(try Samplers.make("forest", ["startup_trials": 5, "trees": 20]) as? ForestSampler)
        #expect(sampler.startupTrials == 5)
        for bad: Configuration in [["trees": 0], ["interleaving": 2], ["scale": "cubic"], ["feature_share": 0], ["candidates": 0]] {
            #expect(throws: SearchError.self, "\(bad)") { try Samplers.make("forest", bad) }
        }
    }
}
