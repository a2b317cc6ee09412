import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import Search

@Suite struct BOHBTests {
    @Test(arguments: BOHB.Mode.allCases) func whatViolatesConstraintsIsNotGood(mode: BOHB.Mode) throws {
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), sampler: BOHB(mode: mode), seed: 5)
        for _ in 0..<80 {
            guard let job = try study.ask(worker: "w").job else { break }
            let x = try job.configuration.float("x")
            try study.tell(job, [x], constraints: ["low": 0.5 - x])
        }
        // Half of the uniform draws, and all but few of the model's.
        let late = try study.trials().suffix(50).map { try $0.configuration.float("x") }
        #expect(late.count { $0 >= 0.5 } >= 33, "\(late)")
    }

    private func countingOnes(_ count: Int) throws -> SearchSpace {
        try SearchSpace((0..<count).map { .boolean("c\($0)") } + (0..<count).map { .float("p\($0)", 0...1) })
    }

    /// The mean distance from the optimum, as a share, of counting ones with noise that falls with the fidelity.
    private func meanRegret(_ sampler: any Sampler) throws -> Double {
        let regrets: [Double] = try (0..<4).map { seed in
            let study = try Study(space: countingOnes(4), sampler: sampler, scheduler: Hyperband(fidelity: 1...27), seed: UInt64(seed))
            let best = try study.optimize(trials: 130) { trial in
                var noise = TrialGenerator(seed: UInt64(seed), trial: trial.number * 100 + (trial.fidelity ?? 1))
                let sum = try (0..<4).reduce(0.0) { try $0 + (trial.boolean("c\($1)") ? 1 : 0) + trial.float("p\($1)") }
                return -sum + noise.normal() / Double(trial.fidelity ?? 1).squareRoot() * 0.3
            }
            let configuration = try #require(best.first).configuration
            return try 1 - (0..<4).reduce(0.0) { try $0 + (configuration.boolean("c\($1)") ? 1 : 0) + configuration.float("p\($1)") } / 8
        }
        return regrets.reduce(0, +) / 4
    }

    @Test func bothModesBeatRandomSearchAndTheRepairedOneTheFaithful() throws {
        let (random, faithful, repaired) = (try meanRegret(RandomSampler()), try meanRegret(BOHB(mode: .faithful)), try meanRegret(BOHB()))
        #expect(faithful < random && repaired < faithful, "random \(random), faithful \(faithful), repaired \(repaired)")
        #expect(repaired < random / 2)
    }

    @Test("the first model needs 2 (d + 1) results, and the groups are HpBandSter's")
    func groups() throws {
        let settings = BOHB.Settings(.faithful)
        #expect(settings.sizes(9, minimum: 5) == nil)
        #expect(try #require(settings.sizes(10, minimum: 5)) == (5, 5))
        #expect(try #require(settings.sizes(100, minimum: 5)) == (15, 85))
        #expect(try #require(settings.sizes(20, minimum: 5)) == (5, 15))
    }

    @Test func theFaithfulModelIsThatOfTheLargestFidelityWithEnoughResults() throws {
        let space = try SearchSpace([.float("x", 0...1)])
        var generator = TrialGenerator(seed: 2)
        let trials = (0..<40).map { number in
            let x = generator.uniform()
            var trial = Trial(number: number, state: .pruned, configuration: ["x": .float(x)])
            trial.progress.results = [FidelityResult(fidelity: 1, values: [x])]
            // At the higher fidelity 0.7 is best; at the highest too few have come.
            if number < 30 { trial.progress.results.append(FidelityResult(fidelity: 3, values: [abs(x - 0.7)])) }
            if number < 3 { trial.progress.results.append(FidelityResult(fidelity: 9, values: [x])) }
            return trial
        }
        var settings = BOHB.Settings(.faithful)
        settings.randomFraction = 0
        let sampler = try BOHB(mode: .faithful, settings)
        let xs = try (40..<100).compactMap { number in
            try sampler.sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.float("x")
        }
        #expect(xs.count { abs($0 - 0.7) < 0.2 } > 50, "\(xs)")
    }

    @Test("scores are carried up by what the trials of both fidelities say")
    func pooling() {
        // Two trials at the higher fidelity; the order of the lower one is upheld by 20 pairs, then by none of them.
        func ranks(_ upper: (Int) -> Double) -> PooledRanks {
            PooledRanks((0..<40).map { ($0, 1, Double($0)) } + (0..<20).map { ($0 * 2, 3, upper($0 * 2)) })
        }
        let upheld = ranks { Double($0) }
        #expect(upheld.scores[39] > upheld.scores[1] + 1)
        #expect(zip(upheld.trials, 0..<40).allSatisfy { $0 == $1 })
        let reversed = ranks { -Double($0) }
        #expect(abs(reversed.scores[39] - reversed.scores[1]) < 1e-9, "a fidelity that misleads is flat")
        #expect(reversed.scores[38] < reversed.scores[0])
    }

    @Test func aDensityThatIsNotFaithfulIsNormalised() {
        let axes = [KernelAxis(.float(low: 0, high: 1), position: 0), KernelAxis(.categorical(["a", "b", "c"]), position: 1)].compactMap { $0 }
        let rows: [[Double]] = [[0.01, 0], [0.3, 1], [0.95, 0], [0.99, 1]]
        let density = KernelDensity(axes, rows, widths: [0.1, 0.3], isFaithful: false)
        var sum = 0.0
        for step in 0..<2000 { for level in 0..<3 { sum += density.density([(Double(step) + 0.5) / 2000, Double(level)]) / 2000 } }
        #expect(abs(sum - 1) < 1e-3)
        #expect(density.density([0.5, 2]) > 0, "a level that was not seen")
    }

    @Test func goodTrialsThatAgreeDoNotFixAValueForEver() {
        let domains: [Domain] = [.categorical([.boolean(false), .boolean(true)]), .integer(low: 0, high: 3, log: false, step: 1), .float(low: 0, high: 1)]
        let axes = domains.enumerated().compactMap { KernelAxis($0.element, position: $0.offset) }
        let rows = [[Double]](repeating: [0, 0.125, 0.5], count: 4)
        let widths = KernelDensity.referenceWidths(axes, rows, minimum: 1e-3, isFaithful: false)
        #expect(widths == [0.1, 0.125, 1e-3])
        #expect(KernelDensity.referenceWidths(axes, rows, minimum: 1e-3, isFaithful: true) == [1e-3, 1e-3, 1e-3])
    }

    @Test("a faithful candidate whose ratio is no number is passed over")
    func unseenLevels() throws {
        // No trial has the level b: both densities are infinite there.
        let space = try SearchSpace([.float("x", 0...1), .categorical("c", ["a", "b"])])
        let trials = (0..<20).map { number in
            var trial = Trial(number: number, state: .pruned, configuration: ["x": .float(Double(number) / 20), "c": "a"])
            trial.progress.results = [FidelityResult(fidelity: 1, values: [Double(number)])]
            return trial
        }
        var settings = BOHB.Settings(.faithful)
        settings.randomFraction = 0
        settings.minimumBandwidth = 0.5
        let sampler = try BOHB(mode: .faithful, settings)
        let levels = try (20..<60).compactMap { number in
            try sampler.sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.category("c")
        }
        #expect(levels == [String](repeating: "a", count: 40))
    }

    @Test func inactiveEntriesAreTakenFromOtherRows() {
        let axes = (0..<3).compactMap { KernelAxis(.float(low: 0, high: 1), position: $0) }
        var generator = TrialGenerator(seed: 3)
        let rows = KernelAxis.imputed([[0.1, .nan, .nan], [0.2, 0.3, .nan], [0.4, .nan, .nan]], axes, &generator)
        #expect(rows[0][1] == 0.3 && rows[2][1] == 0.3)
        #expect(rows.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
    }

    @Test func optionsAreRead() throws {
        let sampler = try #require(try Samplers.make("bohb", ["mode": "faithful", "random_fraction": 0]) as? BOHB)
        #expect(sampler.mode == .faithful && sampler.settings.randomFraction == 0 && sampler.settings.bandwidthFactor == 3)
        #expect(throws: SearchError.self) { try Samplers.make("bohb", ["top_percent": 100]) }
    }
}
