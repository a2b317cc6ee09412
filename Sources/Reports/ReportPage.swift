import Charts

/// Draws a run as one page: HTML with its style, its few lines of script and its charts inside, nothing loaded from elsewhere.
public enum ReportPage {
    /// The page as text, to be written as UTF-8.
    ///
    /// Any content gives a page: names are escaped and shortened, numbers that are not finite become dashes, parts without content say so.
    public static func html(for content: ReportContent) -> String {
        let marks = LearnerMarks(content)
        let values = content.models.map(\.value) + content.ensembles.map(\.value)
        let decimals = Figures.decimals(for: values.isEmpty ? content.trials.flatMap(\.evaluations).map(\.value) : values)
        let overview = OverviewSection(content: content)
        var page = SectionedPage(
            title: "\(content.header.runName.shortened(to: 120)) – Tutti report", generator: "Tutti \(content.header.version)",
            head: overview.title() + overview.summary(decimals: decimals))
        fill(&page, content, marks: marks, decimals: decimals)
        return page.source
    }

    private static func fill(_ page: inout SectionedPage, _ content: ReportContent, marks: LearnerMarks, decimals: Int) {
        let trials = TrialSection(content: content, marks: marks)
        page.add("scores", "Scores", [ScoreSection(content: content).body])
        page.add("score-and-cost", "Score and cost", [CostChart(content, marks: marks).figure(decimals: decimals)])
        page.add("ensembles", "Ensembles", [EnsembleSection(content, marks: marks).body(decimals: decimals)])
        switch content.outcome {
        case .classification(let confusion): page.add("outcome", "Right and wrong", [ConfusionSection(confusion).body])
        case .regression(let residuals): page.add("outcome", "Errors", [ResidualSection(residuals, target: content.header.data.target).body])
        case nil: break
        }
        let search = SearchChart(content, marks: marks).figure(decimals: decimals)
        let study = content.header.studyPage.map { page -> Markup in
            "<p><a href=\"\(page)\">All pictures of the search</a>: importance of the parameters, curves, workers over time.</p>\n"
        }
        page.add("search-over-time", "Search", [(search ?? "") + trials.learners(decimals: decimals) + (study ?? "")])
        page.add("models", "Best models", [ModelSection(content: content).body(decimals: decimals)])
        page.add("placement", "Placement", [content.allocation.map { AllocationSection($0, models: content.models, marks: marks).body }])
        page.add("failures", "Failures", [trials.failures])
        page.add("next", "What next", [NextSection(content: content).body])
        page.add("details", "How it was made", [DetailSection(header: content.header).body])
    }
}
