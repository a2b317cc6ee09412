import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct TPETests {
    private func meanBest(_ sampler: any Sampler, _ space: SearchSpace, trials: Int, _ objective: @escaping Objective) throws -> Double {
        try SearchTests.meanBest(sampler, space, trials: trials, seeds: 0..<10, objective)
    }

    @Test func itBeatsRandomSearchOnABowl() throws {
        let space = try SearchSpace((0..<5).map { Parameter.float("x\($0)", -5...5) })
        let bowl: @Sendable (OpenTrial) throws -> Double = { trial in
            try (0..<5).map { pow(try trial.float("x\($0)") - 1, 2) }.reduce(0, +)
        }
        let (tpe, random) = (try meanBest(TPE(), space, trials: 100, bowl), try meanBest(RandomSampler(), space, trials: 100, bowl))
        #expect(tpe < random / 2, "TPE \(tpe), random \(random)")
    }

    @Test func itLearnsEveryKindOfParameter() throws {
        let space = try EveryKind.space()
        let tpe = try meanBest(TPE(), space, trials: 100, EveryKind.loss)
        let random = try meanBest(RandomSampler(), space, trials: 100, EveryKind.loss)
        #expect(tpe < random * 0.6, "TPE \(tpe), random \(random)")
    }

    @Test func itLearnsWithinTheBranchesOfAChoice() throws {
        let branch = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let space = try SearchSpace.choice("learner", ["a", "b", "c"].map { ($0, branch) })
        let loss: @Sendable (OpenTrial) throws -> Double = { trial in
            let learner = try trial.category("learner")
            let part = trial.configuration.part(learner)
            let targets: [String: Double] = ["a": 0.2, "b": 0.5, "c": 0.8]
            let target = targets[learner] ?? 0
            let distance: Double = try abs(part.float("x") - target) + abs(part.float("y") - target)
            return distance + (learner == "b" ? 0 : 0.2)
        }
        let (tpe, random) = (try meanBest(TPE(), space, trials: 100, loss), try meanBest(RandomSampler(), space, trials: 100, loss))
        #expect(tpe < random * 0.6, "TPE \(tpe), random \(random)")
    }

    @Test func runningTrialsAreAvoided() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, seed: 1)
        try study.optimize(trials: 30) { pow(try $0.float("x") - 0.3, 2) + pow(try $0.float("y") - 0.3, 2) }
        var asked: [Configuration] = []
        for _ in 0..<20 {
            if case .job(let job) = try study.ask(worker: "w") { asked.append(job.configuration) }
        }
        #expect(Set(asked).count == 20)
        let xs = try asked.map { try $0.float("x") }
        #expect((xs.max() ?? 0) - (xs.min() ?? 0) > 0.05)
    }

    @Test func valuesAreComparedAtTheHighestFidelityThatEnoughTrialsReached() throws {
        // At the low fidelity small x looks good; the high one, which every other trial has reached, shows that 0.7 is best.
        var generator = TrialGenerator(seed: 6)
        let trials = (0..<40).map { number in
            let x = generator.uniform()
            var trial = Trial(number: number, state: .pruned, configuration: ["x": .float(x)])
            trial.progress.results = [FidelityResult(fidelity: 1, values: [x])]
            if number % 2 == 0 { trial.progress.results.append(FidelityResult(fidelity: 3, values: [abs(x - 0.7)])) }
            if number == 1 { trial.progress.results.append(FidelityResult(fidelity: 9, values: [0])) }
            return trial
        }
        let space = try SearchSpace([.float("x", 0...1)])
        let xs = try (40..<140).compactMap { number in
            try TPE().sample(SamplingContext(space: space, trials: trials, number: number, seed: 1))?.float("x")
        }
        #expect(xs.count { abs($0 - 0.7) < 0.15 } > 70, "\(xs)")
    }

    @Test func optionsAreRead() throws {
        let tpe = try #require(try Samplers.make("tpe", ["startup_trials": 5]) as? TPE)
        #expect(tpe.startupTrials == 5)
        #expect(throws: SearchError.self) { try Samplers.make("tpe", ["candidates": 0]) }
    }

    @Test func aFiniteSpaceIsNotTriedInCircles() throws {
        let space = try SearchSpace([.integer("a", 1...6), .categorical("b", ["x", "y", "z"])])
        let study = try Study(space: space, seed: 1)
        try study.optimize(trials: 18) { Double(try $0.integer("a")) }
        // Random draws meet 18 values about 11.6 times in 18; these repeat themselves late and seldom.
        #expect(Set(try study.trials().map(\.configuration)).count >= 15)
    }

    @Test func whatViolatesConstraintsIsNeverGood() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, seed: 2)
        for _ in 0..<60 {
            guard case .job(let job) = try study.ask(worker: "w") else { break }
            let (x, y) = (try job.configuration.float("x"), try job.configuration.float("y"))
            try study.tell(job, [x + abs(y - 0.5)], constraints: ["x is small": 0.6 - x])
        }
        let late = try study.trials().suffix(20)
        #expect(late.count { $0.violation <= 0 } > 12)
        #expect(try late.filter { $0.violation <= 0 }.map { try $0.configuration.float("x") }.min() ?? 1 < 0.75)
    }

    @Test func oneDimensionAtATimeItLearnsToo() throws {
        let space = try SearchSpace((0..<3).map { Parameter.float("x\($0)", -5...5) })
        let bowl: @Sendable (OpenTrial) throws -> Double = { trial in
            try (0..<3).map { pow(try trial.float("x\($0)") - 1, 2) }.reduce(0, +)
        }
        let tpe = try meanBest(TPE(startupTrials: 10, multivariate: false), space, trials: 60, bowl)
        #expect(tpe < (try meanBest(RandomSampler(), space, trials: 60, bowl)) / 2)
    }

    @Test func whatIsRememberedChangesNoAnswer() throws {
        let space = try SearchSpace([.float("x", 1e-3...1, log: true), .integer("n", 1...9).when("x", .greater(0.05)), .categorical("c", ["a", "b"])])
        let study = try Study(space: space, seed: 3)
        for number in 0..<60 {
            let trials = try study.trials()
            let context = SamplingContext(space: space, trials: trials, number: trials.count, seed: 3)
            // A sampler that has seen every step, and one that sees the history for the first time.
            let (old, new) = (try study.sampler.sample(context), try TPE().sample(context))
            #expect(old == new, "trial \(number)")
            guard case .job(let job) = try study.ask(worker: "w") else { break }
            #expect(job.configuration == old)
            if number % 7 == 3 { try study.fail(job, reason: "test") } else if number % 5 > 0 { try study.tell(job, try job.configuration.float("x")) }
        }
    }

    @Test func aRightBeliefHelpsAndAWrongOneIsOvercome() throws {
        func space(_ mean: Double?) throws -> SearchSpace {
            try SearchSpace(
                (0..<4).map { index in
                    let parameter = Parameter.float("x\(index)", 0...1)
                    return mean.map { parameter.expecting(.normal(mean: $0, deviation: 0.1)) } ?? parameter
                })
        }
        let bowl: @Sendable (OpenTrial) throws -> Double = { trial in
            try (0..<4).map { pow(try trial.float("x\($0)") - 0.8, 2) }.reduce(0, +)
        }
        let (right, none) = (try meanBest(TPE(), space(0.8), trials: 30, bowl), try meanBest(TPE(), space(nil), trials: 30, bowl))
        #expect(right < none * 0.8, "right \(right), none \(none)")
        let wrong = try meanBest(TPE(), space(0.3), trials: 150, bowl)
        #expect(wrong < 0.1, "\(wrong)")
    }

    @Test("of a front that is only partly good those are taken that dominate most together", arguments: [2, 3])
    func goodOnesOfAFront(objectives: Int) {
        var generator = TrialGenerator(seed: 6)
        // A front, and a second one behind it.
        let front = (0..<12).map { _ -> [Double] in
            let point = (0..<objectives).map { _ in 0.1 + generator.uniform() }
            let norm = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return point.map { 2 - $0 / norm }
        }
        let losses = front.map { $0.map { $0 + 1 } } + front
        let order = TPESplit.order(losses, upTo: 4)
        #expect(order.sorted() == Array(losses.indices) && Set(order.prefix(12)) == Set(12..<24))
        #expect(order.prefix(4).map { $0 - 12 } == Hypervolume.subset(4, of: front, reference: Hypervolume.referencePoint(of: front)))
        // The first front is good as a whole, of the second the best.
        let more = TPESplit.order(losses, upTo: 15)
        #expect(Set(more.prefix(12)) == Set(12..<24))
        #expect(
            Array(more[12..<15]) == Hypervolume.subset(3, of: Array(losses.prefix(12)), reference: Hypervolume.referencePoint(of: Array(losses.prefix(12)))))
    }

    @Test func lossesWithoutAMeasureHaveAnOrderAllTheSame() {
        let losses: [[Double]] = [[.infinity, 1], [0, .infinity], [0, 0], [0, 0], [-.infinity, 3]]
        #expect(Set(TPESplit.order(losses, upTo: 2)) == Set(losses.indices))
        #expect(Set(TPESplit.order(losses.map { $0 + $0 }, upTo: 2)) == Set(losses.indices))
        #expect(TPESplit.order([], upTo: 2).isEmpty)
    }
}
