import ChartTesting
import Search
import SearchSpaces
import StudyCharts
import Testing

@Suite struct StudyComparisonTests {
    private func group(_ name: String, objectives: Int, offset: Double) throws -> StudyComparison.Group {
        let study = try SampleStudy.definition(objectives: objectives)
        return StudyComparison.Group(
            name,
            try (0..<3).map { seed in
                var trials = try SampleStudy.trials(study, 30 + seed)
                for number in trials.indices {
                    trials[number].values = zip(trials[number].values, study.directions).map { value, direction in
                        value + offset * Double(seed + 1) * (direction == .maximize ? -1 : 1)
                    }
                }
                return (study, trials)
            })
    }

    @Test func groupsOfStudiesAreComparedInOnePicture() throws {
        let comparison = StudyComparison([
            try group("<a>", objectives: 2, offset: 0.1), try group("b", objectives: 2, offset: 0.3), StudyComparison.Group("none", []),
        ])
        for picture in [comparison.bestSoFar(), comparison.bestSoFar(objective: 1), comparison.attainment] {
            let checker = MarkupChecker(try #require(picture))
            #expect(checker.problems.isEmpty && checker.text.contains("3 studies"))
        }
        #expect(comparison.bestSoFar(objective: 2) == nil)
    }

    @Test func whatCannotBeComparedHasNoPicture() throws {
        #expect(StudyComparison([]).bestSoFar() == nil && StudyComparison([]).attainment == nil)
        let one = try group("one", objectives: 1, offset: 0)
        #expect(StudyComparison([one]).attainment == nil && StudyComparison([one]).bestSoFar() != nil)
        let study = try SampleStudy.definition(objectives: 2)
        let empty = StudyComparison([StudyComparison.Group("empty", [(study, []), (study, [])])])
        #expect(empty.bestSoFar() == nil && empty.attainment == nil)
    }

    @Test func groupsStandByTheirStudies() throws {
        let single = StudyComparison([try group("a", objectives: 1, offset: 0), try group("b", objectives: 1, offset: 1), StudyComparison.Group("none", [])])
        let (a, b, none) = (single.standings[0], single.standings[1], single.standings[2])
        #expect(a.studies == 3 && a.trials == 93 && a.hypervolume == nil && none.studies == 0 && none.best == nil)
        #expect(try #require(a.best).low == #require(a.best).high && #require(b.best).low < #require(b.best).high)
        let fronts = StudyComparison([try group("a", objectives: 2, offset: 0), try group("b", objectives: 2, offset: 1)])
        let shares = fronts.standings.map(\.hypervolume)
        #expect(fronts.standings[0].best == nil)
        #expect(try #require(shares[0]).median > #require(shares[1]).median)
        for comparison in [single, fronts, StudyComparison([])] { #expect(MarkupChecker(comparison.page(title: "<sphere>")).problems.isEmpty) }
        let page = MarkupChecker(fronts.page(title: "<sphere>"))
        #expect(page.text.contains("&lt;sphere&gt;") && page.ids.contains("attainment-wide-title") && page.ids.contains("best-1-wide-title"))
    }

    @Test func studiesOfOneMethodFormAGroupNamedByWhatSetsItApart() throws {
        func study(_ sampler: AlgorithmChoice, _ scheduler: AlgorithmChoice = AlgorithmChoice("full")) throws -> (definition: StudyDefinition, trials: [Trial])
        {
            var definition = try SampleStudy.definition(objectives: 1)
            (definition.sampler, definition.scheduler) = (sampler, scheduler)
            return (definition, [])
        }
        let plain = try [study(AlgorithmChoice("tpe")), study(AlgorithmChoice("gp")), study(AlgorithmChoice("tpe"))]
        #expect(StudyComparison.Group.byMethod(plain).map(\.name) == ["tpe", "gp"])
        #expect(StudyComparison.Group.byMethod(plain).map(\.studies.count) == [2, 1])
        let optioned = try plain + [study(AlgorithmChoice("tpe", ["candidates": .integer(48)]))]
        #expect(StudyComparison.Group.byMethod(optioned).map(\.name) == ["tpe", "gp", "tpe candidates=48"])
        let scheduled = try [study(AlgorithmChoice("tpe")), study(AlgorithmChoice("tpe"), AlgorithmChoice("asha"))]
        #expect(StudyComparison.Group.byMethod(scheduled).map(\.name) == ["full", "asha"])
        #expect(StudyComparison.Group.byMethod(plain + scheduled).map(\.name) == ["tpe, full", "gp, full", "tpe, asha"])
        #expect(StudyComparison.Group.byMethod([]).isEmpty)
    }
}
