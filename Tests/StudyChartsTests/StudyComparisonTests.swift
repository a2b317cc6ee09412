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
                for number in trials.indices { trials[number].values = trials[number].values.map { $0 + offset * Double(seed + 1) } }
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
}
