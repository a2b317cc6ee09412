import Charts
import Search

/// How much each parameter matters, as bars.
struct ImportanceChart {
    static let mostBars = 15

    let id: String
    let title: String
    let ranking: [ParameterImportance]
    /// Whether the bars are the shares of their sum: where the method's own unit says nothing.
    let isShare: Bool
    var caption = ""

    /// Nil where nothing matters.
    var figure: Markup? {
        let all = ranking.filter { $0.value.isFinite && $0.value > 0 }.map { ($0.name, isShare ? $0.share : $0.value) }
        guard let largest = all.first?.1 else { return nil }
        let shown = all.prefix(Self.mostBars)
        let rest = ranking.count - shown.count
        let texts = shown.map { "\($0.0.shortened(to: 40)) \(Figures.percent($0.1))" }
        let notes = [caption, rest > 0 ? "\(Figures.count(rest, "parameter")) of less importance not shown." : ""].filter { !$0.isEmpty }
        let chart = Chart(
            id: id, title: title, description: texts.joined(separator: "; "), caption: "\(notes.joined(separator: " "))", widePixels: 440)
        let figure = chart.figure { width in
            let longest = shown.map { $0.0.shortened(to: 24).width(fontSize: 14.5) }.max() ?? 0
            let left = min(longest * 1.05 + 14, chart.pixels(width) * 0.48)
            let room = chart.pixels(width) - left - 56
            var body = Markup()
            for (row, item) in shown.enumerated() {
                let top = Double(row) * 26 + 4
                let length = item.1 / largest * room
                body += .label(item.0.fitted(to: left - 12, fontSize: 14.5), "name", x: left - 10, y: top + 13, anchor: .end)
                body += .rect("fill done", x: left, y: top, width: max(length, 1), height: 17, tip: "\(item.0)\n\(Figures.percent(item.1))")
                body += .label(Figures.percent(item.1), "ticks", x: left + length + 8, y: top + 13)
            }
            return Chart.Drawing(height: Double(shown.count) * 26 + 6, body: body)
        }
        return "<div><h3>\(title)</h3>\n\(figure)</div>"
    }
}

/// All that a page says of importance.
struct ImportanceSection {
    /// Rankings of fewer trials often change with the next ones.
    private static let roughTrials = 40

    let history: StudyHistory
    let analysis: StudyAnalysis

    var parts: [Markup?] {
        let figures = variances + [divergence]
        guard figures.contains(where: { $0 != nil }) else { return [] }
        let count = history.comparable.count
        let note: Markup? = count < Self.roughTrials ? "<p class=\"note\">Of \(count) trials only: rough so far.</p>\n" : nil
        return [note, "<div class=\"pair\">\(figures.compactMap { $0 }.joined())</div>\n"] + analysis.parts.map(ablation)
    }

    private func name(_ objective: Int) -> String { history.objectives[objective].name.shortened(to: 40) }

    private var variances: [Markup?] {
        analysis.parts.map { part in
            let alone = part.variances.reduce(0) { $0 + $1.value }
            var text = "The share of the variance of \(name(part.objective)) over the whole space that each parameter explains alone (fANOVA)"
            text += "; all together \(Figures.percent(alone))."
            if let pair = part.interactions.first, pair.value > 0.01 {
                text += " The strongest pair, \(pair.names.map { $0.shortened(to: 30) }.joined(separator: " × ")), adds \(Figures.percent(pair.value))."
            }
            return ImportanceChart(
                id: "importance-\(part.objective)", title: "Over the whole space\(of(part.objective))", ranking: part.variances, isShare: false, caption: text
            ).figure
        }
    }

    private func of(_ objective: Int) -> String { history.objectives.count > 1 ? ": \(name(objective))" : "" }

    private var divergence: Markup? {
        let isFront = history.objectives.count > 1
        let caption =
            "How far the distribution of each parameter among the \(isFront ? "tenth of the trials nearest to the front" : "best tenth of the trials") "
            + "differs from that among all (PED-ANOVA), as a share of the sum."
        return ImportanceChart(
            id: "divergence", title: isFront ? "For the front" : "For the best trials", ranking: analysis.divergences, isShare: true, caption: caption
        ).figure
    }

    private func ablation(_ part: StudyAnalysis.Part) -> Markup? {
        let target = part.bestTrial.flatMap { number in history.comparable.first { $0.trial.number == number }?.trial }
        return AblationChart(history: history, objective: history.objectives[part.objective], steps: part.ablation, target: target).figure
    }
}
