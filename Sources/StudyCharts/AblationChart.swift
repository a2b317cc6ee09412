import Charts
import Search
import SearchSpaces

/// The way from the default configuration to the best trial, a parameter at a time: what each change is predicted to gain.
struct AblationChart {
    static let mostSteps = 12

    private struct Row {
        let name: String
        let change: String
        let from: Double
        let to: Double
        let isBetter: Bool
    }

    let history: StudyHistory
    let objective: StudyHistory.Objective
    let steps: [AblationStep]
    /// Where the way ends.
    let target: Trial?

    /// Nil where there is no way.
    var figure: Markup? {
        let rows = rows
        guard let first = rows.first, let last = rows.last, rows.allSatisfy({ Axis.isDrawable($0.from) && Axis.isDrawable($0.to) }) else { return nil }
        let ends = rows.flatMap { [$0.from, $0.to] }
        guard let low = ends.min(), let high = ends.max(), high > low else { return nil }
        let title = "From the default configuration to the best trial" + (history.objectives.count > 1 ? ": \(objective.name.shortened(to: 40))" : "")
        let chart = Chart(
            id: "ablation-\(objective.position)", title: title,
            description: "\(StudyFigures.value(first.from)) to \(StudyFigures.value(last.to)) in \(Figures.count(rows.count, "step")).",
            caption: """
                Predicted by a regression forest of all trials. The change that gains the most comes first; \
                what a change makes active changes with it.
                """)
        let key = StudyStyle.key(
            rows.allSatisfy(\.isBetter)
                ? []
                : [
                    (.rect("fill done", x: 1, y: 2, width: 12, height: 10), "Better"),
                    (.rect("fill broken", x: 1, y: 2, width: 12, height: 10), "Worse"),
                ])
        return "<h3>\(title)</h3>\n" + key + chart.figure { draw(rows, low...high, $0, chart.pixels($0)) }
    }

    private func draw(_ rows: [Row], _ range: ClosedRange<Double>, _ width: ChartWidth, _ pixels: Double) -> Chart.Drawing {
        let room = width.isNarrow ? 150.0 : 330
        let rowHeight = width.isNarrow ? 38.0 : 26
        let axis = Axis.linear(range, ticks: width.isNarrow ? 3 : 7)
        let height = Double(rows.count) * rowHeight + 30 + 46
        let (left, right, top, bottom) = (room, pixels - 12, 26.0, height - 46)
        func x(_ value: Double) -> Double { left + axis.place(value) * (right - left) }
        var body: Markup = "<g class=\"grid\">"
        for tick in axis.ticks { body += "<path d=\"M\(x(tick.value)) \(top)V\(bottom)\"/>" }
        body += "</g><g class=\"ticks\">"
        for tick in axis.ticks {
            let half = tick.label.width(fontSize: 12) / 2
            body += "<text x=\"\(min(x(tick.value), pixels - half))\" y=\"\(bottom + 19)\" text-anchor=\"middle\">\(tick.label)</text>"
        }
        body += "</g>" + .label("Predicted " + objective.axisTitle, "axis", x: right, y: height - 6, anchor: .end)
        body += .label("Changed parameter", "axis", x: 0, y: 13)
        for (index, row) in rows.enumerated() {
            let y = top + Double(index) * rowHeight
            let middle = y + rowHeight / 2
            if width.isNarrow {
                body += .label(row.name.fitted(to: room - 10, fontSize: 13.5), "name", x: 0, y: middle - 3)
                body += .label(row.change.fitted(to: room - 10, fontSize: 12), "ticks", x: 0, y: middle + 13)
            } else {
                let name = row.name.fitted(to: room * 0.55, fontSize: 14)
                body += .label(name, "name", x: 0, y: middle + 5)
                let start = name.width(fontSize: 14) * 1.08 + 10
                body += .label(row.change.fitted(to: room - start - 10, fontSize: 12), "ticks", x: start, y: middle + 5)
            }
            let (from, to) = (x(row.from), x(row.to))
            body += .rect(
                "fill \(row.isBetter ? "done" : "broken")", x: min(from, to), y: middle - 8, width: max(abs(to - from), 1.2), height: 16,
                tip: "\(row.name) \(row.change)\n\(StudyFigures.value(row.from)) → \(StudyFigures.value(row.to))")
            if index + 1 < rows.count { body += "<path class=\"leader\" d=\"M\(to) \(middle + 8)v\(rowHeight - 16)\"/>" }
        }
        return Chart.Drawing(height: height, body: body)
    }

    /// The first steps, what is left in one.
    private var rows: [Row] {
        guard let first = steps.first else { return [] }
        let sign = objective.isMaximized ? -1.0 : 1.0
        var value = first.value + sign * first.gain
        var rows = steps.prefix(Self.mostSteps).map { step -> Row in
            defer { value = step.value }
            return Row(name: step.name, change: change(step.name), from: value, to: step.value, isBetter: step.gain >= 0)
        }
        let rest = steps.dropFirst(Self.mostSteps)
        if let last = rest.last {
            let gain = rest.reduce(0) { $0 + $1.gain }
            rows.append(Row(name: Figures.count(rest.count, "more parameter"), change: "", from: value, to: last.value, isBetter: gain >= 0))
        }
        return rows
    }

    private func change(_ name: String) -> String {
        guard let parameter = history.definition.space[name], let value = target?.configuration[name] else { return "" }
        return "\(StudyFigures.text(parameter.startValue).shortened(to: 20)) → \(StudyFigures.text(value).shortened(to: 20))"
    }
}
