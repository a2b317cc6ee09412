import Charts
import Search

/// How much each parameter matters, as bars.
struct ImportanceChart {
    static let mostBars = 20

    let history: StudyHistory

    /// Nil where no importance was given.
    var figure: Markup? {
        let all = history.importances.filter { $0.value.isFinite }.sorted { ($1.value, $0.name) < ($0.value, $1.name) }
        guard let largest = all.first?.value, largest > 0 else { return nil }
        let shown = all.prefix(Self.mostBars)
        let rest = all.count - shown.count
        let texts = shown.map { "\($0.name.shortened(to: 40)) \(Figures.value($0.value, digits: 3))" }
        let chart = Chart(
            id: "importance", title: "Importance of the parameters", description: texts.joined(separator: "; "),
            caption: rest > 0 ? "\(Figures.count(rest, "parameter")) of less importance not shown." : "")
        return chart.figure { width in
            let longest = shown.map { $0.name.shortened(to: width.isNarrow ? 18 : 36).width(fontSize: 14.5) }.max() ?? 0
            let left = min(longest + 12, chart.pixels(width) * 0.45)
            let room = chart.pixels(width) - left - 64
            var body = Markup()
            for (row, item) in shown.enumerated() {
                let top = Double(row) * 26 + 4
                let length = max(item.value, 0) / largest * room
                body += .label(item.name.shortened(to: width.isNarrow ? 18 : 36), "name", x: left - 10, y: top + 13, anchor: .end)
                body += .rect("fill done", x: left, y: top, width: max(length, 1), height: 17)
                body += .label(Figures.value(item.value, digits: 3), "ticks", x: left + length + 8, y: top + 13)
            }
            return Chart.Drawing(height: Double(shown.count) * 26 + 6, body: body)
        }
    }
}
