import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct GaussianProcessSamplerTests {
    private func best(_ sampler: any Sampler, _ space: SearchSpace, trials: Int, _ objective: @escaping Objective) throws -> Double {
        try meanBest(sampler, space, trials: trials, seeds: 1..<4, objective)
    }

    @Test func itFindsTheBottomOfABowlFarBetterThanRandomSearch() throws {
        let space = try SearchSpace((0..<3).map { Parameter.float("x\($0)", -5...5) })
        let bowl: @Sendable (OpenTrial) throws -> Double = { trial in
            try (0..<3).map { pow(try trial.float("x\($0)") - 1, 2) }.reduce(0, +)
        }
        let (ours, random) = (
            try best(GaussianProcessSampler(), space, trials: 25, bowl), try best(RandomSampler(), space, trials: 25, bowl)
        )
        #expect(ours < 0.05, "\(ours)")
        #expect(ours < random / 20, "\(ours), random \(random)")
    }

    @Test func itLearnsWithinBranchesAndOfEveryKindOfParameter() throws {
        let space = try SearchSpace([
            .float("rate", 1e-5...1, log: true), .integer("width", 8...512, log: true),
            .categorical("activation", ["relu", "silu", "tanh", "gelu"]), .ordinal("size", ["s", "m", "l", "xl"]),
            .float("slope", 0...1).when("activation", .equals(.category("silu"))),
        ])
        let loss: @Sendable (OpenTrial) throws -> Double = { trial in
            let rate = abs(log10(try trial.float("rate")) + 3)
            let width = abs(log2(Double(try trial.integer("width"))) - 7)
            let kind = try trial.category("activation") == "silu" ? abs(try trial.float("slope") - 0.7) : 1
            return rate + width + kind + (try trial.category("size") == "l" ? 0 : 0.5)
        }
        let (ours, random) = (
            try best(GaussianProcessSampler(), space, trials: 35, loss), try best(RandomSampler(), space, trials: 35, loss)
        )
        #expect(ours < random * 0.4, "\(ours), random \(random)")
    }

    @Test func configurationsThatDifferOnlyInWhatIsInactiveAreOnePoint() throws {
        let space = try SearchSpace([.boolean("deep"), .integer("layers", 2...9).when("deep", .equals(.boolean(true)))])
        let inputs = ModelInputs(space)
        let (deep, flat) = (0.75, 0.25)
        #expect(inputs.features([flat, 0.1]) == inputs.features([flat, 0.9]))
        #expect(inputs.features([deep, 0.1]) != inputs.features([deep, 0.9]))
        #expect(inputs.features([deep, 0.5]) != inputs.features([flat, 0.5]))
    }

    @Test func runningTrialsAreAvoided() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: GaussianProcessSampler(), seed: 1)
        try study.optimize(trials: 14) { pow(try $0.float("x") - 0.3, 2) + pow(try $0.float("y") - 0.3, 2) }
        let asked = try (0..<5).compactMap { _ -> Configuration? in
            guard case .job(let job) = try study.ask(worker: "w") else { return nil }
            return job.configuration
        }
        for i in asked.indices {
            for j in 0..<i {
                let distance = try hypot(asked[i].float("x") - asked[j].float("x"), asked[i].float("y") - asked[j].float("y"))
                #expect(distance > 1e-3, "\(asked[i]) and \(asked[j])")
            }
        }
    }

    @Test func aFiniteSpaceIsNotSearchedTwice() throws {
        let space = try SearchSpace([.integer("a", 1...4), .categorical("b", ["x", "y", "z"])])
        let study = try Study(space: space, sampler: GaussianProcessSampler(options: ["startup_trials": 4]), seed: 2)
        try study.optimize(trials: 12) { Double(try $0.integer("a")) + (try $0.category("b") == "y" ? 0 : 1) }
        let configurations = try study.trials().map(\.configuration)
        #expect(Set(configurations.dropFirst(4)).count == 8)
        #expect(Set(configurations).count >= 11)
    }

    @Test func theBestFeasiblePointIsFoundAtTheEdgeOfWhatIsAllowed() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: GaussianProcessSampler(), seed: 3)
        // The lowest sum on or above the line x + 2 y = 1 is at x = 0.
        for _ in 0..<25 {
            guard case .job(let job) = try study.ask(worker: "w") else { return #expect(Bool(false)) }
            let (x, y) = (try job.configuration.float("x"), try job.configuration.float("y"))
            try study.tell(job, [x + y], constraints: ["line": 1 - x - 2 * y])
        }
        let best = try study.trials().filter { $0.violation == 0 }.compactMap(\.values.first).min()
        #expect((best ?? 1) < 0.52, "\(best ?? .nan)")
    }

    @Test(arguments: ["ehvi", "parego"])
    func aFrontIsCoveredBetterThanByRandomSearch(id: String) throws {
        let space = try SearchSpace((0..<3).map { Parameter.float("x\($0)", 0...1) })
        func volume(_ sampler: any Sampler) throws -> Double {
            let study = try Study(space: space, directions: [.minimize, .maximize], sampler: sampler, seed: 4)
            let front = try study.optimize(
                trials: 26,
                objectives: { trial in
                    let x = try (0..<3).map { try trial.float("x\($0)") }
                    let distance = 1 + 4 * (x[1] + x[2])
                    return [x[0], -distance * (1 - (x[0] / distance).squareRoot())]
                })
            // Undominated, what remains of the unit square's lower left under ZDT1.
            let points = front.map { [$0.values[0], -$0.values[1]] }.filter { $0[1] < 1.1 }.sorted { $0[0] < $1[0] }
            var (sum, ceiling) = (0.0, 1.1)
            for point in points where point[1] < ceiling {
                sum += (1.1 - point[0]) * (ceiling - point[1])
                ceiling = point[1]
            }
            return sum
        }
        let (ours, random) = (try volume(Samplers.make(id)), try volume(RandomSampler()))
        #expect(ours > random + 0.2, "\(ours), random \(random)")
        #expect(ours > 0.6, "\(ours)")
    }

    @Test func chebyshevWeighsScaledObjectives() {
        let scalarized = ParEGO.scalarized([[0, 10, 5], [4, 2, .infinity]], [0.25, 0.75])
        #expect(abs(scalarized[0] - (0.75 + 0.05 * 0.75)) < 1e-12)
        #expect(abs(scalarized[1] - (0.25 + 0.05 * 0.25)) < 1e-12)
        #expect(scalarized[2] == .infinity)
    }

    @Test func lossesOfManyMagnitudesAreModelledByTheirLogarithm() {
        let losses = (0..<30).map { exp(0.4 * Double($0)) } + [.infinity]
        let warped = WarpedLosses(losses, warping: .log).values
        #expect(zip(warped, warped.dropFirst()).allSatisfy { $0 <= $1 })
        // Evenly spread instead of one far above all others.
        #expect((warped[29] - warped[28]) < 0.2)
        #expect(abs(warped.reduce(0, +)) < 1e-9)
        #expect(warped[30] == warped[29])
        #expect(WarpedLosses([3, 3, 3], warping: .auto).values == [0, 0, 0])
        #expect(WarpedLosses([.infinity, -.infinity], warping: .log).values == [0, 0])
    }

    @Test func ofManyTrialsTheBestTheNewestAndASampleRemain() throws {
        let space = try SearchSpace([.float("x", 0...1)])
        var generator = TrialGenerator(seed: 8)
        let trials = (0..<300).map { number in
            var trial = Trial(number: number, state: .complete, configuration: ["x": .float(generator.uniform())])
            trial.values = [generator.uniform()]
            return trial
        }
        var data = ModelData(SamplingContext(space: space, trials: trials, number: 300, seed: 1))
        data.reduce(to: 80)
        #expect(data.trials.count == 80)
        #expect(data.trials == data.trials.sorted())
        #expect(Set(data.trials).isSuperset(of: 280..<300))
        let best = trials.indices.sorted { trials[$0].values[0] < trials[$1].values[0] }.prefix(40)
        #expect(Set(data.trials).isSuperset(of: best))
    }

    @Test func optionsAreRead() throws {
        #expect(throws: Never.self) {
            try Samplers.make("gp", ["startup_trials": 5, "output_warping": "log", "input_warping": true, "fantasies": 0])
        }
        #expect(throws: SearchError.self) { try Samplers.make("gp", ["output_warping": "lag"]) }
        #expect(throws: SearchError.self) { try Samplers.make("ehvi", ["startup_trials": 0]) }
    }
}
