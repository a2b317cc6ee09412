import SearchSpaces
import Testing

@testable import Search

@Suite struct AutoSamplerTests {
    private func choice(_ space: SearchSpace, objectives: Int = 1, number: Int, fidelity: Int? = nil) -> AutoSampler.Choice {
        AutoSampler.choice(
            for: SamplingContext(
                space: space, directions: Array(repeating: .minimize, count: objectives), trials: [], number: number, fidelity: fidelity, seed: 1))
    }

    @Test func theChoiceFollowsTheSpaceTheObjectivesAndTheNumberOfTrials() throws {
        let numbers = try SearchSpace([.float("x", 0...1), .float("y", 1e-3...1, log: true), .constant("c", .integer(3))])
        let mixed = try SearchSpace([.float("x", 0...1), .integer("n", 1...9)])
        let wide = try SearchSpace((0..<40).map { .float("x\($0)", 0...1) })
        #expect([0, 11, 300].allSatisfy { choice(numbers, number: $0) == .process })
        #expect((12..<20).map { choice(mixed, number: $0) == .process } == [false, false, false, true, false, false, false, true])
        #expect(choice(mixed, number: 1602) == .forest && choice(numbers, number: 1502) == .forest && choice(wide, number: 3) == .forest)
        #expect(choice(numbers, number: 5000) == .tpe && choice(mixed, number: 5003) == .tpe)
        #expect(choice(mixed, number: 20, fidelity: 3) == .density && choice(mixed, number: 5000, fidelity: 3) == .tpe)
        let conditional = try SearchSpace([.boolean("a"), .float("x", 0...1).when("a", .equals(true))])
        #expect(choice(conditional, number: 20, fidelity: 3) == .tpe)
        #expect(choice(numbers, objectives: 2, number: 20) == .hypervolume)
        #expect(choice(numbers, objectives: 3, number: 900) == .genetic && choice(numbers, objectives: 5, number: 20) == .reference)
    }

    @Test func itBeatsRandomSearchOnEveryKindOfParameter() throws {
        let space = try EveryKind.space()
        let auto = try meanBest(AutoSampler(), space, trials: 60, seeds: 0..<2, EveryKind.loss)
        let random = try meanBest(RandomSampler(), space, trials: 60, seeds: 0..<2, EveryKind.loss)
        #expect(auto < random * 0.5, "auto \(auto), random \(random)")
    }

    @Test func aGeneticSearchGoesOnWithWhatWasFoundBefore() throws {
        // The front of [x, (1 − x) + y] is y = 0; all that came before lies near it.
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        var generator = TrialGenerator(seed: 2)
        let trials = (0..<250).map { number in
            let (x, y) = (generator.uniform(), 0.1 * generator.uniform())
            var trial = Trial(number: number, state: .complete, configuration: ["x": .float(x), "y": .float(y)])
            trial.values = [x, 1 - x + y]
            return trial
        }
        let ys = try (250..<270).compactMap { number in
            try AutoSampler().sample(SamplingContext(space: space, directions: [.minimize, .minimize], trials: trials, number: number, seed: 1))?.float("y")
        }
        #expect(ys.count == 20 && ys.reduce(0, +) / 20 < 0.15, "\(ys)")
    }
}
