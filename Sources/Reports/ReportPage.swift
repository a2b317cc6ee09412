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
        let sections = Self.sections(content, marks: marks, decimals: decimals)
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
        let bodies = sections.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.body)</section>\n" as Markup }
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><meta name="generator" content="Tutti \(content.header.version)">
            <title>\(content.header.runName.shortened(to: 120)) – Tutti report</title>
            <style>\(PageStyle.sheet)</style></head>
            <body><main>
            \(overview.title())\(overview.summary(decimals: decimals))<nav aria-label="Contents"><ul>\(links.joined())</ul></nav>
            \(bodies.joined())</main>
            <div id="tip" hidden></div><script>\(PageStyle.script)</script></body></html>

            """
        return page.source
    }

    private struct Section {
        let id: String
        let title: String
        let body: Markup
    }

    private static func sections(_ content: ReportContent, marks: LearnerMarks, decimals: Int) -> [Section] {
        let trials = TrialSection(content: content, marks: marks)
        var sections: [Section] = []
        func add(_ id: String, _ title: String, _ body: Markup?) {
            if let body { sections.append(Section(id: id, title: title, body: body)) }
        }
        add("scores", "Scores", ScoreSection(content: content).body)
        add("score-and-cost", "Score and cost", CostChart(content, marks: marks).figure(decimals: decimals))
        add("ensembles", "Ensembles", EnsembleSection(content, marks: marks).body(decimals: decimals))
        switch content.outcome {
        case .classification(let confusion): add("outcome", "Right and wrong", ConfusionSection(confusion).body)
        case .regression(let residuals): add("outcome", "Errors", ResidualSection(residuals, target: content.header.data.target).body)
        case nil: break
        }
        let search = SearchChart(content, marks: marks).figure(decimals: decimals)
        let study = content.header.studyPage.map { page -> Markup in
            "<p><a href=\"\(page)\">All pictures of the search</a>: importance of the parameters, curves, workers over time.</p>\n"
        }
        add("search-over-time", "Search", (search ?? "") + trials.learners(decimals: decimals) + (study ?? ""))
        add("models", "Best models", ModelSection(content: content).body(decimals: decimals))
        add("placement", "Placement", content.allocation.map { AllocationSection($0, models: content.models, marks: marks).body })
        add("failures", "Failures", trials.failures)
        add("next", "What next", NextSection(content: content).body)
        add("details", "How it was made", DetailSection(header: content.header).body)
        return sections
    }
}
