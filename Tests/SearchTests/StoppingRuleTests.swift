import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct StoppingRuleTests {
    /// Complete trials with the given curves, steps counted from 1, and the last as a running trial that has just reported.
    private func stops(_ rule: any TrialScheduler, _ curves: [[Double]], running: [Double], direction: Direction = .minimize) -> Bool {
        func trial(_ number: Int, _ state: TrialState, _ curve: [Double]) -> Trial {
            var trial = Trial(number: number, state: state, configuration: [:])
            for (index, value) in curve.enumerated() { trial.intermediateValues[index + 1] = value }
            if state == .complete { trial.values = [curve.last ?? .nan] }
            return trial
        }
        var trials = curves.enumerated().map { trial($0.offset, .complete, $0.element) }
        trials.append(trial(curves.count, .running, running))
        return rule.shouldStop(
            trials[curves.count], at: running.count, SchedulingContext(trials: trials, directions: [direction]))
    }

    @Test("at a milestone the share, the percentile and the top rule differ as their programs do")
    func milestones() throws {
        let records: [[Double]] = [[1], [2], [3]]
        func stops(_ rule: HalvingStopping.Rule, _ value: Double, _ records: [[Double]]) throws -> Bool {
            self.stops(try HalvingStopping(fidelity: 1...27, eta: 2, rule: rule), records, running: [value])
        }
        // Three records and its own: one better of four is at most a half, three of four are more.
        #expect(try !stops(.share, 1.5, records) && !stops(.share, 2.5, records) && stops(.share, 3.5, records))
        // The median of the earlier records is 2.
        #expect(try !stops(.percentile, 2, records) && stops(.percentile, 2.5, records))
        // The best two of four.
        #expect(try !stops(.top, 1.5, records) && stops(.top, 2.5, records))
        for rule in HalvingStopping.Rule.allCases { #expect(try !stops(rule, 9, []), "the first goes on: \(rule)") }
        #expect(try stops(.share, .nan, records))
    }

    @Test func onlyTheFirstReportFromAMilestoneOnIsJudged() throws {
        let rule = try HalvingStopping(fidelity: 2...16, eta: 2)
        #expect(rule.milestones == [2, 4, 8])
        let curves: [[Double]] = [[0, 0, 0], [0, 0, 0]]
        #expect(!stops(rule, curves, running: [9]))
        #expect(stops(rule, curves, running: [9, 9]))
        #expect(!stops(rule, curves, running: [9, 9, 9]))
        #expect(!stops(rule, [[1, 1]], running: [9, 2], direction: .maximize))
        #expect(stops(rule, [[1, 1], [1, 1]], running: [9, 0], direction: .maximize))
    }

    @Test func halvingStopsMostTrialsEarly() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: HalvingStopping(fidelity: 1...27), seed: 5)
        try study.optimize(trials: 200) { trial in
            let x = try trial.float("x")
            for step in 1...27 { try trial.report(x + 1 / Double(step), at: step) }
            return x
        }
        let trials = try study.trials()
        let lengths = trials.map { $0.intermediateValues.count }
        #expect((4...25).contains(trials.count { $0.state == .complete }))
        #expect(Double(lengths.reduce(0, +)) / 200 < 9, "\(lengths)")
        #expect(try #require(try study.best().first).values[0] < 0.05)
    }

    @Test("the median of running averages stops, as in Vizier")
    func median() throws {
        let rule = try MedianStopping(minimumTrials: 3)
        let curves: [[Double]] = [[3, 1], [4, 2], [5, 3]]
        // Averages through step 2 are 2, 3 and 4.
        #expect(!stops(rule, curves, running: [9, 3]))
        #expect(stops(rule, curves, running: [9, 3.1]))
        #expect(!stops(rule, curves, running: [2, 9]), "its best value counts")
        #expect(!stops(rule, Array(curves.prefix(2)), running: [9, 9]))
        #expect(!stops(try MedianStopping(grace: 3, minimumTrials: 3), curves, running: [9, 9]))
    }

    @Test("a percentile of the values at the same step stops, as in Optuna")
    func percentile() throws {
        let rule = try PercentileStopping(percentile: 25, startupTrials: 5)
        let curves = (1...5).map { [Double($0)] }
        #expect(!stops(rule, curves, running: [2]))
        #expect(stops(rule, curves, running: [2.01]))
        #expect(!stops(rule, Array(curves.prefix(4)), running: [9]))
        #expect(stops(rule, curves, running: [3.9], direction: .maximize))
        #expect(!stops(try PercentileStopping(startupTrials: 1, warmupSteps: 2), curves, running: [9]))
        let every3 = try PercentileStopping(startupTrials: 1, intervalSteps: 3)
        #expect(!stops(every3, [[1, 1, 1, 1]], running: [9, 9, 9, 9]) && stops(every3, [[1, 1, 1]], running: [9, 9, 9]))
    }

    @Test func patienceAndThresholdsAreCounted() throws {
        let patience = try PatienceStopping(patience: 2)
        #expect(!stops(patience, [], running: [3, 2, 2]))
        #expect(stops(patience, [], running: [3, 2, 2, 2.5]))
        #expect(!stops(patience, [], running: [3, 2, 2, 1.9]))
        #expect(stops(try PatienceStopping(patience: 2, minimumImprovement: 0.5), [], running: [3, 2, 2, 1.9]))
        let threshold = try ThresholdStopping(lower: 0, upper: 1)
        #expect(!stops(threshold, [], running: [0.5]) && stops(threshold, [], running: [1.5]) && stops(threshold, [], running: [.nan]))
    }

    @Test("a signed-rank test over folds stops, unless the mean is the better")
    func wilcoxon() throws {
        let rule = try WilcoxonStopping()
        let best: [[Double]] = [[0.1, 0.3, 0.2, 0.4, 0.2, 0.1], [0.5, 0.6, 0.5, 0.7, 0.5, 0.5]]
        #expect(stops(rule, best, running: [0.2, 0.35, 0.3, 0.42, 0.36]))
        #expect(!stops(rule, best, running: [0.2]))
        // Worse on nine of ten folds, but far better on one.
        let even = [[Double](repeating: 0.5, count: 10) + [0.4]]
        let close = (1...9).map { 0.5 + Double($0) / 1000 }
        #expect(stops(rule, even, running: close + [0.49]) && !stops(rule, even, running: close + [-5]))
        #expect(!stops(rule, best, running: [0.11, 0.29, 0.21, 0.39]))
    }

    @Test("a trial that was stopped over folds counts with its distance from the best, whichever fold came last", arguments: [Direction.minimize, .maximize])
    func valueOverFolds(direction: Direction) throws {
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), direction: direction, sampler: RandomSampler(), scheduler: WilcoxonStopping())
        // The first fold is easy, the others are hard.
        let (folds, sign) = ([0.1, 0.6, 0.6, 0.6, 0.6, 0.7], direction == .minimize ? 1.0 : -1.0)
        func run(_ offset: Double, order: [Int]) throws -> Trial {
            guard case .job(let job) = try study.ask(worker: "w") else { throw SearchError(.storage, "no job") }
            for fold in order {
                guard try study.report(job, sign * (folds[fold] + offset), at: fold) else {
                    try study.stop(job)
                    return try study.trials()[job.trial]
                }
            }
            try study.tell(job, sign * (folds.reduce(0, +) / 6 + offset))
            return try study.trials()[job.trial]
        }
        let best = try run(0, order: Array(0..<6))
        let worse = try run(0.3, order: [1, 2, 3, 4, 0])
        #expect(worse.state == .pruned && worse.values.count == 1)
        #expect(abs(worse.values[0] - best.values[0] - sign * 0.3) < 1e-9)
    }

    @Test("a curve's end is foreseen")
    func learningCurve() throws {
        func curve(_ end: Double, _ steps: Int) -> [Double] { (1...steps).map { end + 0.8 * pow(Double($0), -0.7) } }
        let rule = try LearningCurveStopping()
        let complete = [curve(0.2, 100)]
        #expect(stops(rule, complete, running: curve(0.35, 12)))
        #expect(!stops(rule, complete, running: curve(0.1, 12)))
        #expect(!stops(rule, complete, running: curve(0.35, 4)), "too few reports")
        #expect(!stops(rule, [], running: curve(0.35, 12)))
        // Falling fast from high up: the latest value is far worse than the best, but the end is not.
        let steep = (1...12).map { 0.1 + 3 * exp(-Double($0) / 15) }
        #expect(!stops(rule, complete, running: steep))
    }
}
