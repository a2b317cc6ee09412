import ChartTesting
import Foundation
import Search
import SearchSpaces
import StudyCharts
import Testing

@Suite struct StudyPageTests {
    @Test func aStudyOfOneObjectiveHasItsPictures() throws {
        let study = try SampleStudy.definition(objectives: 1)
        let trials = try SampleStudy.trials(study, 60)
        let checker = MarkupChecker(StudyPage.html(study, trials: trials, analysis: StudyAnalysis(study, trials: trials)))
        #expect(checker.problems.isEmpty)
        for id in [
            "history-0", "curves", "importance-0", "divergence", "ablation-0", "dependence-0", "parallel", "slices-0", "distribution-0", "timeline", "best",
            "failures", "space",
        ] {
            #expect(checker.ids.contains { $0 == id || $0 == "\(id)-wide-title" }, "\(id)")
        }
        #expect(checker.ids.contains { $0.hasPrefix("contour-") } && checker.ids.contains { $0.hasPrefix("rank-") })
        #expect(!checker.ids.contains { $0.hasPrefix("front-wide") || $0.hasPrefix("volume") })
        #expect(checker.text.contains("ran out of memory") && checker.text.contains("optimizer is sgd"))
    }

    @Test(arguments: 2...3) func severalObjectivesHaveAFront(objectives: Int) throws {
        let study = try SampleStudy.definition(objectives: objectives)
        let trials = try SampleStudy.trials(study, 60)
        let checker = MarkupChecker(StudyPage.html(study, trials: trials, analysis: StudyAnalysis(study, trials: trials)))
        #expect(checker.problems.isEmpty)
        #expect(checker.ids.contains("front-wide-title") && checker.ids.contains("volume-wide-title"))
        for id in ["history", "importance", "dependence"] { #expect(checker.ids.contains("\(id)-\(objectives - 1)-wide-title"), "\(id)") }
        #expect(checker.ids.contains("divergence-wide-title") && checker.text.contains("nearest to the front"))
    }

    @Test func aPageWithoutAnAnalysisIsSilentOnImportance() throws {
        let study = try SampleStudy.definition(objectives: 1)
        let trials = try SampleStudy.trials(study, 60)
        #expect(!MarkupChecker(StudyPage.html(study, trials: trials)).ids.contains("importance"))
        let few = Array(trials.prefix(5))
        let checker = MarkupChecker(StudyPage.html(study, trials: few, analysis: StudyAnalysis(study, trials: few)))
        #expect(checker.problems.isEmpty && checker.text.contains("from 10 results on; there are 3"), "\(checker.text)")
        #expect(!MarkupChecker(StudyPage.html(study, trials: [], analysis: StudyAnalysis(study, trials: []))).ids.contains("importance"))
    }

    @Test func tenThousandTrialsGiveAPageOfSensibleSize() throws {
        let study = try SampleStudy.definition(objectives: 1)
        let trials = try SampleStudy.trials(study, 10_000)
        let many = StudyPage.html(study, trials: trials).utf8.count
        #expect(many < 900_000, "\(many) bytes")
    }

    private func study(_ directions: [Direction], _ values: [[Double]], rates: [Double]? = nil) throws -> (StudyDefinition, [Trial]) {
        let definition = StudyDefinition(
            name: "s", space: try SearchSpace([.float("rate", 1e-5...1, log: true), .integer("n", 1...9)]), directions: directions)
        let trials = values.enumerated().map { number, values in
            var trial = Trial(
                number: number, state: .complete,
                configuration: ["rate": .float(rates?[number] ?? 0.01 * Double(number % 50 + 1)), "n": .integer(1 + number * 7 % 9)])
            trial.values = values
            return trial
        }
        return (definition, trials)
    }

    @Test func onlyOutliersAreDrawnOnTheEdge() throws {
        let spread = (0..<60).map { [10 + 33 * pow(Double($0) / 59, 2)] }
        func history(_ directions: [Direction], _ values: [[Double]]) throws -> String {
            let (definition, trials) = try study(directions, values)
            return try #require(StudyCharts(definition, trials: trials).optimizationHistory())
        }
        #expect(try !history([.minimize], spread).contains("beyond"))
        #expect(try !history([.minimize], (0..<50).map { [pow(10, Double($0) * 0.3 - 12)] }).contains("beyond"))
        #expect(try history([.minimize], spread + [[5000]]).contains("1 value lies beyond the axis"))
        // A member of the front may be far off in one objective.
        let front = spread.map { $0 + [100] } + [[5000, 1]]
        #expect(try !history([.minimize, .minimize], front).contains("beyond"))
    }

    @Test func theDistributionEndsAtAllOrSaysWhatIsMissing() throws {
        let spread = (0..<60).map { [10 + 33 * pow(Double($0) / 59, 2)] }
        let (definition, trials) = try study([.minimize], spread)
        let whole = try #require(StudyCharts(definition, trials: trials).distribution())
        #expect(!whole.contains("beyond") && whole.contains("V30\""), "the curve ends at the top")
        let (more, others) = try study([.minimize], spread + [[5000], [.infinity]])
        #expect(try #require(StudyCharts(more, trials: others).distribution()).contains("2 values lie beyond the axis"))
    }

    @Test func theTableTellsItsRowsApart() throws {
        let (definition, trials) = try study([.minimize], (0..<20).map { [Double($0)] }, rates: (0..<20).map { 0.01 + 1e-6 * Double($0) })
        let text = MarkupChecker(StudyPage.html(definition, trials: trials)).text
        #expect(text.contains("0.010003") && text.contains("0.010004"))
    }

    @Test func equalValuesSayNothingOfTheParameters() throws {
        let (definition, trials) = try study([.minimize], [[Double]](repeating: [3], count: 40))
        let checker = MarkupChecker(StudyPage.html(definition, trials: trials, analysis: StudyAnalysis(definition, trials: trials)))
        #expect(checker.text.contains("No parameter makes a difference so far.") && !checker.ids.contains("divergence-wide-title"))
        for method in [Importance.Method.divergence(), .variance(), .ablation()] {
            let ranking = try StudyAnalysis.importance(definition, trials: trials, method: method)
            #expect(ranking.count == 2 && ranking.allSatisfy { $0.value == 0 }, "\(ranking)")
        }
        let (pair, both) = try study([.minimize, .maximize], [[Double]](repeating: [3, 4], count: 40))
        #expect(StudyAnalysis(pair, trials: both).divergences.allSatisfy { $0.value == 0 })
    }

    @Test func whatUsersWriteStaysText() throws {
        let nasty = "</span><script>alert(1)</script>&\"'\u{202E}"
        let space = try SearchSpace([.float(nasty, 0...1), .categorical("c", [nasty, "b"])])
        let study = StudyDefinition(name: nasty, space: space, metricNames: [nasty])
        var trials = (0..<20).map { number in
            var trial = Trial(
                number: number, state: .complete,
                configuration: Configuration([(nasty, .float(Double(number) / 20)), ("c", .category(number % 2 == 0 ? nasty : "b"))]))
            trial.values = [Double(number)]
            trial.progress.worker = nasty
            trial.start = Date(timeIntervalSince1970: Double(number))
            trial.completion = Date(timeIntervalSince1970: Double(number) + 3)
            trial.intermediateValues = [1: 0, 2: Double(number)]
            return trial
        }
        trials[3].state = .failed
        trials[3].failure = nasty
        let page = StudyPage.html(study, trials: trials, analysis: StudyAnalysis(study, trials: trials))
        #expect(page.contains("importance-0-wide-title"))
        #expect(MarkupChecker(page).problems.isEmpty)
        #expect(!page.contains("<script>alert") && !page.contains("\u{202E}"))
    }

    @Test func anyHistoryGivesAPage() throws {
        let study = try SampleStudy.definition(objectives: 1)
        let configuration = study.space.defaultConfiguration
        func trial(_ number: Int, _ state: TrialState, _ values: [Double]) -> Trial {
            var trial = Trial(number: number, state: state, configuration: configuration)
            trial.values = values
            return trial
        }
        var strange = trial(4, .complete, [1])
        strange.configuration = ["rate": 99, "unknown": "x"]
        strange.intermediateValues = [-5: .nan, 0: .infinity, 3: 1, 4: 1e300]
        strange.start = Date(timeIntervalSince1970: 1e12)
        strange.completion = Date(timeIntervalSince1970: -1e12)
        let histories: [[Trial]] = [
            [], [trial(0, .waiting, [])], [trial(0, .running, [])], [trial(0, .failed, [])], [trial(0, .complete, [.infinity])],
            [trial(0, .complete, [-.infinity]), trial(1, .complete, [.nan]), trial(2, .complete, [1e308]), trial(3, .pruned, []), strange],
            [trial(0, .complete, [1, 2, 3])],
        ]
        for trials in histories {
            let analysis = StudyAnalysis(study, trials: trials)
            #expect(analysis.parts.isEmpty && analysis.divergences.isEmpty)
            let problems = MarkupChecker(StudyPage.html(study, trials: trials, analysis: analysis)).problems
            #expect(problems.isEmpty, "\(trials.map(\.state)): \(problems)")
            let bare = StudyDefinition(name: "s", space: .empty)
            #expect(MarkupChecker(StudyPage.html(bare, trials: trials, analysis: StudyAnalysis(bare, trials: trials))).problems.isEmpty)
        }
    }

    @Test func picturesCanBeHadOneByOne() throws {
        let study = try SampleStudy.definition(objectives: 2)
        let trials = try SampleStudy.trials(study, 40)
        let charts = StudyCharts(study, trials: trials)
        #expect(charts.optimizationHistory(objective: 1)?.contains("<svg") == true && charts.optimizationHistory(objective: 2) == nil)
        #expect(charts.pair("rate", "depth") != nil && charts.pair("rate", "rate") == nil && charts.pair("rate", "nothing") == nil)
        #expect(charts.front != nil && charts.hypervolumeHistory != nil && charts.timeline != nil && charts.importance == nil)
        #expect(charts.partialDependence() == nil)
        let analysed = StudyCharts(study, trials: trials, analysis: StudyAnalysis(study, trials: trials))
        #expect(analysed.importance?.contains("fANOVA") == true && analysed.importance?.contains("PED-ANOVA") == true)
        #expect(analysed.partialDependence(objective: 1)?.contains("<svg") == true && analysed.partialDependence(objective: 2) == nil)
        #expect(StudyCharts.styleSheet.contains("--q7"))
    }
}

/// A study that was not run: every kind of parameter, workers, early stops, failures.
enum SampleStudy {
    static func definition(objectives: Int) throws -> StudyDefinition {
        let space = try SearchSpace([
            .float("rate", 1e-5...1, log: true), .integer("depth", 1...10), .categorical("activation", ["relu", "silu", "tanh"]),
            .ordinal("size", ["s", "m", "l"]), .categorical("optimizer", ["sgd", "adamw"]),
            Parameter.float("momentum", 0...0.99).when("optimizer", .equals("sgd")), .constant("version", 1),
        ])
        return StudyDefinition(name: "sample", space: space, directions: (0..<objectives).map { $0 % 2 == 0 ? .minimize : .maximize })
    }

    static func trials(_ study: StudyDefinition, _ count: Int) throws -> [Trial] {
        var generator = TrialGenerator(seed: 1)
        return try (0..<count).map { number in
            var trial = Trial(number: number, state: .complete, configuration: try study.space.randomConfiguration(using: &generator))
            let rate = abs(try trial.configuration.float("rate") - 0.1)
            trial.progress.worker = "worker \(number % 3)"
            trial.start = Date(timeIntervalSince1970: Double(number * 5))
            trial.completion = Date(timeIntervalSince1970: Double(number * 5) + 12 * generator.uniform())
            switch number % 10 {
            case 3:
                trial.state = .failed
                trial.failure = "ran out of memory"
            case 4, 7:
                trial.state = .pruned
                trial.intermediateValues = [1: rate + 0.3, 2: rate + 0.2]
            default:
                trial.values = study.directions.indices.map { rate * Double($0 + 1) + generator.uniform() }
                trial.intermediateValues = [1: rate + 0.3, 2: rate + 0.2, 9: rate]
                if number % 9 == 0 { trial.constraints = ["memory": 1] }
            }
            return trial
        }
    }
}
