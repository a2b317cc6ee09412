import Charts
import Foundation
public import Search
import SearchSpaces

/// Draws any study as one page: HTML with its style, its few lines of script and its charts inside, nothing loaded from elsewhere.
public enum StudyPage {
    /// The page as text, to be written as UTF-8.
    ///
    /// The pictures that make sense for the study are there, and no others.
    ///
    /// - Parameters:
    ///   - trials: All trials by number.
    ///   - analysis: What is known of the parameters; without it the page is silent on importance.
    ///   - title: The study's name when nil.
    public static func html(
        _ definition: StudyDefinition, trials: [Trial], analysis: StudyAnalysis? = nil, title: String? = nil
    ) -> String {
        let history = StudyHistory(definition, trials, weights: analysis?.weights ?? [:])
        let name = (title ?? definition.name).shortened(to: 120)
        var page = SectionedPage(kicker: "Study", title: name, facts: facts(history), tiles: tiles(history))
        fill(&page, history, analysis)
        return page.source
    }

    private static func fill(_ page: inout SectionedPage, _ history: StudyHistory, _ analysis: StudyAnalysis?) {
        let tables = StudyTables(history: history)
        let objectives = history.objectives.prefix(4)
        page.add("front-section", "Front", [FrontChart(history: history).figure])
        page.add("best", history.objectives.count > 1 ? "Trials on the front" : "Best trials", [tables.best])
        page.add("history", "History", objectives.map { HistoryChart(history: history, objective: $0).figure } + [VolumeChart(history: history).figure])
        page.add("curves-section", "Intermediate values", [CurveChart(history).figure])
        page.add("importance", "Importance", importance(history, analysis))
        page.add(
            "dependence", "Partial dependence",
            (analysis?.parts ?? []).map { part in
                DependenceChart(history: history, objective: history.objectives[part.objective], dependences: part.dependences).figure
            })
        page.add("parallel-section", "Parallel coordinates", [ParallelChart(history: history).figure])
        page.add("slices", "Slices", objectives.prefix(2).map { SliceChart(history: history, objective: $0).figure })
        page.add("pairs", "Contours", pairs(history))
        page.add("distribution", "Distribution", distributions(history))
        page.add("timeline-section", "Workers", [TimelineChart(history: history).figure])
        page.add("failures", "Failures", [tables.failures])
        page.add("space", "Search space", [tables.space])
    }

    private static func importance(_ history: StudyHistory, _ analysis: StudyAnalysis?) -> [Markup?] {
        guard let analysis, !history.definition.space.parameters.isEmpty else { return [] }
        let parts = ImportanceSection(history: history, analysis: analysis).parts
        guard parts.isEmpty else { return parts }
        let count = history.comparable.count
        // A page without any result says so at its head.
        if count == 0 { return [] }
        let text =
            count < StudyAnalysis.leastTrials
            ? "The importance of the parameters is told from \(StudyAnalysis.leastTrials) results on; there \(count == 1 ? "is" : "are") \(count)."
            : "No parameter makes a difference so far."
        return ["<p class=\"none\">\(text)</p>"]
    }

    private static func pairs(_ history: StudyHistory) -> [Markup?] {
        let figures = PairChart.all(history).compactMap(\.figure)
        guard !figures.isEmpty else { return [] }
        let lead: Markup = """
            <p class="note">Left: the ranks of nearby trials, averaged, empty where there are none. Right: the trials themselves.\
            \(history.best == nil ? "" : " The ring is the best trial." as Markup)</p>

            """
        return [StudyStyle.key(best: "best", worst: "worst") + lead] + figures
    }

    private static func distributions(_ history: StudyHistory) -> [Markup?] {
        let figures = history.objectives.prefix(4).compactMap { DistributionChart(history: history, objective: $0).figure }
        return figures.isEmpty ? [] : ["<div class=\"pair\">\(figures.joined())</div>"]
    }

    private static func facts(_ history: StudyHistory) -> Markup {
        let definition = history.definition
        let goals = history.objectives.map { "\($0.isMaximized ? "maximize" : "minimize") \($0.name.shortened(to: 40))" }
        let varying = definition.space.parameters.count { $0.domain.count != 1 }
        let facts: [Markup] = [
            "\(goals.joined(separator: ", "))", "\(Figures.count(varying, "parameter"))", "sampler <b>\(definition.sampler.id)</b>",
            "scheduler <b>\(definition.scheduler.id)</b>", "seed \(String(definition.seed))",
        ]
        return "<p class=\"facts\">\(facts.joined(" · "))</p>\n"
    }

    private static func tiles(_ history: StudyHistory) -> Markup {
        func tile(_ figure: String, _ text: String, isFirst: Bool = false) -> Markup {
            "<div class=\"tile\(isFirst ? " first" : "" as Markup)\"><p class=\"figure\">\(figure)</p><p>\(text)</p></div>"
        }
        func count(_ states: TrialState...) -> Int { history.trials.count { states.contains($0.state) } }
        var tiles: [Markup] = []
        if history.objectives.count > 1 {
            tiles.append(tile(Figures.count(history.front.count), "on the front", isFirst: true))
        } else if let best = history.bestFirst.first {
            let text = "best \(history.objectives[0].name.shortened(to: 40)), trial \(best.trial.number)"
            tiles.append(tile(StudyFigures.value(best.values[0]), text, isFirst: true))
        } else {
            tiles.append(tile(Figures.missing, "no result yet", isFirst: true))
        }
        tiles.append(tile(Figures.count(history.trials.count), history.trials.count == 1 ? "trial" : "trials"))
        tiles.append(tile(Figures.count(count(.complete)), "complete"))
        let (early, failed) = (count(.pruned), count(.failed))
        tiles.append(tile("\(Figures.count(early)) / \(Figures.count(failed))", "stopped early / failed"))
        tiles.append(tile(duration(history) ?? Figures.count(count(.running, .waiting)), duration(history) == nil ? "running or waiting" : "from start to end"))
        return "<div class=\"tiles\">\(tiles.joined())</div>\n"
    }

    private static func duration(_ history: StudyHistory) -> String? {
        guard let start = history.trials.compactMap(\.start).min(), let end = history.trials.compactMap(\.completion).max(), end >= start
        else { return nil }
        return Figures.seconds(end.timeIntervalSince(start))
    }
}
