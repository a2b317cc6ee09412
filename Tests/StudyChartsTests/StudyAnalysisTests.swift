import Search
import SearchSpaces
import StudyCharts
import Testing

@Suite struct StudyAnalysisTests {
    /// The value is 10 x, and a little of y.
    private func study(_ count: Int, change: (inout Trial) -> Void = { _ in }) throws -> (StudyDefinition, [Trial]) {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1), .categorical("idle", ["a", "b"])])
        var generator = TrialGenerator(seed: 5)
        let trials = try (0..<count).map { number in
            var trial = Trial(number: number, state: .complete, configuration: try space.randomConfiguration(using: &generator))
            trial.values = [10 * (try trial.configuration.float("x")) + (try trial.configuration.float("y"))]
            change(&trial)
            return trial
        }
        return (StudyDefinition(name: "s", space: space), trials)
    }

    @Test func everyMethodNamesWhatMatters() throws {
        let (definition, trials) = try study(80)
        let analysis = StudyAnalysis(definition, trials: trials)
        let part = try #require(analysis.parts.first)
        #expect(analysis.divergences.first?.name == "x" && part.variances.first?.name == "x" && part.ablation.first?.name == "x")
        #expect((part.variances.first?.value ?? 0) > 0.8, "\(part.variances)")
        let curve = try #require(part.dependences.first { $0.names == ["x"] })
        #expect((curve.means.last ?? 0) - (curve.means.first ?? 0) > 6, "\(curve.means)")
        for method in [Importance.Method.divergence(), .variance(), .ablation()] {
            #expect(try StudyAnalysis.importance(definition, trials: trials, method: method).first?.name == "x")
        }
    }

    @Test func aFewTrialsThatDivergedDoNotDecide() throws {
        // Where idle is b, every twentieth trial ends at infinity or nearly so.
        let (definition, trials) = try study(120) { trial in
            if trial.number % 20 == 7 { trial.values = [trial.number % 40 == 7 ? .infinity : 1e30] }
        }
        #expect(StudyAnalysis.comparable(definition, trials).allSatisfy { $0.values[0].isFinite && $0.values[0] < 100 })
        let part = try #require(StudyAnalysis(definition, trials: trials).parts.first)
        #expect(part.variances.first?.name == "x", "\(part.variances)")
        let raw = try Importance.evaluate(trials, space: definition.space, method: .variance())
        #expect((raw.first { $0.name == "x" }?.value ?? 1) < (part.variances.first?.value ?? 0) / 2, "the edge makes no difference: \(raw)")
    }

    @Test func trialsOnTheHighestRungCountWhileNoneIsComplete() throws {
        let (definition, trials) = try study(60) { trial in
            trial.state = .pruned
            trial.progress.results = [FidelityResult(fidelity: trial.number % 2 == 0 ? 3 : 1, values: trial.values)]
            trial.values = []
        }
        #expect(StudyAnalysis.comparable(definition, trials).map(\.number) == Array(stride(from: 0, to: 60, by: 2)))
        #expect(StudyAnalysis(definition, trials: trials).parts.first?.variances.first?.name == "x")
    }

    @Test func fewTrialsAreNotExplained() throws {
        let (definition, trials) = try study(StudyAnalysis.leastTrials - 1)
        let analysis = StudyAnalysis(definition, trials: trials)
        #expect(analysis.parts.isEmpty && analysis.divergences.isEmpty)
    }

    @Test func theBestTrialCountsWhereThereAreTooManyForAForest() throws {
        let (definition, trials) = try study(400) { trial in if trial.number == 333 { trial.values = [-50] } }
        let model = try ResponseModel(trials, space: definition.space, trialLimit: 100)
        #expect(model.trialCount == 101)
        #expect(try (model.ablation().last?.value ?? 0) < -10)
    }
}
