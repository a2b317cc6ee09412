import Charts
import Search

/// The values that trials reported on the way.
struct CurveChart {
    private struct Curve {
        let trial: Trial
        let steps: [(step: Int, value: Double)]
    }

    let history: StudyHistory
    private let curves: [Curve]

    init(_ history: StudyHistory) {
        self.history = history
        curves = history.trials.compactMap { trial in
            let steps = trial.intermediateValues.filter { Axis.isDrawable($0.value) }.sorted { $0.key < $1.key }
            return steps.isEmpty ? nil : Curve(trial: trial, steps: steps.map { ($0.key, $0.value) })
        }
    }

    /// Where the curves begin and end: what the axis must hold.
    private var ends: [Double] { curves.flatMap { [$0.steps[0].value, $0.steps[$0.steps.count - 1].value] } }

    /// Nil where no trial has two values.
    var figure: Markup? {
        guard curves.contains(where: { $0.steps.count > 1 }), let objective = history.objectives.first,
            let range = StudyFigures.range(ends, higherIsBetter: objective.isMaximized),
            let low = curves.map({ $0.steps[0].step }).min(), let high = curves.map({ $0.steps[$0.steps.count - 1].step }).max(), high > low
        else { return nil }
        let chart = Chart(
            id: "curves", title: "Intermediate values", description: "\(Figures.count(curves.count, "trial")) from step \(low) to \(high).",
            caption: "\(curves.count > 400 ? "The best curves and an even choice of the others are drawn." : "")")
        let isGeometric = low > 0 && Double(high) >= 9 * Double(low) && Set(curves.flatMap { $0.steps.map(\.step) }).count <= 8
        let key = StudyStyle.key([
            ("<path class=\"best\" d=\"M0 7h14\"/>", "Best trial"), ("<path class=\"line done\" stroke-width=\"2\" d=\"M0 7h14\"/>", "Complete"),
            ("<path class=\"line early\" stroke-width=\"2\" d=\"M0 7h14\"/>", "Stopped, paused, running or failed"),
        ])
        return key
            + chart.figure { width in
                let height = width.isNarrow ? 300.0 : 380
                let ticks = width.isNarrow ? 4 : 8
                let x: Axis =
                    isGeometric
                    ? geometric(low, high) : StudyFigures.whole(Double(low)...Double(high), ticks: ticks)
                let frame = ChartFrame(width: chart.pixels(width), height: height, x: x, y: StudyFigures.axis(range, ticks: 6))
                return Chart.Drawing(height: height, body: draw(frame, width, objective))
            }
    }

    /// The steps themselves are the ticks.
    private func geometric(_ low: Int, _ high: Int) -> Axis {
        let steps = Set(curves.flatMap { $0.steps.map(\.step) }).sorted()
        let ticks = steps.map { Axis.Tick(value: Double($0), label: Figures.count($0)) }
        return Axis(lower: Double(low) / 1.05, upper: Double(high) * 1.05, isLog: true, ticks: ticks)
    }

    private func draw(_ frame: ChartFrame, _ width: ChartWidth, _ objective: StudyHistory.Objective) -> Markup {
        let best = history.bestFirst.prefix(width.isNarrow ? 40 : 100).map(\.trial.number)
        let isBest = Set(best)
        let others = Dots.chosen(curves.filter { !isBest.contains($0.trial.number) }, width.isNarrow ? 80 : 300)
        var body = frame.drawn(xTitle: "Step", yTitle: objective.axisTitle)
        let shown = others + curves.filter { isBest.contains($0.trial.number) }
        for (style, opacity) in [("early", "0.4"), ("done", "0.4")] {
            var data = Markup()
            for curve in shown where (curve.trial.state == .complete) == (style == "done") { data += line(curve, frame) }
            body += "<path class=\"line \(style)\" opacity=\"\(opacity)\" d=\"\(data)\"/>" as Markup
        }
        if let first = best.first, let curve = curves.first(where: { $0.trial.number == first }) {
            body += "<path class=\"best\" d=\"\(line(curve, frame))\"/>"
            if let end = curve.steps.last {
                body += .label(
                    "trial \(first)", "label", x: min(frame.x(Double(end.step)), frame.right), y: frame.y(end.value) - 8, anchor: .end)
            }
        }
        return body
    }

    /// One value alone is a short stroke.
    private func line(_ curve: Curve, _ frame: ChartFrame) -> Markup {
        let places = Dots.chosen(curve.steps, 60).map { (x: frame.x(Double($0.step)), y: frame.y($0.value)) }
        return places.count == 1 ? "M\(places[0].x - 2) \(places[0].y)h4" : Dots.line(places)
    }
}
