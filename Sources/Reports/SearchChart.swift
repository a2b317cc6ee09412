import Charts
import Foundation

/// Every evaluation over time, and the best value so far.
struct SearchChart {
    /// More dots than these tell nothing more and make the page slow.
    static let mostDots = 2500

    private struct Dot {
        let trial: ReportContent.Trial
        let evaluation: ReportContent.Trial.Evaluation
        let isLast: Bool
    }

    let metric: ReportContent.Metric
    let marks: LearnerMarks
    private let dots: [Dot]
    private let best: [ReportContent.Trial.Evaluation]
    /// 0 where all were trained alike.
    private let topFidelity: Double

    init(_ content: ReportContent, marks: LearnerMarks) {
        let metric = content.header.metric
        self.metric = metric
        self.marks = marks
        let dots = content.trials.flatMap { trial in
            let drawable = trial.evaluations.filter { Axis.isDrawable($0.value) && Axis.isDrawable($0.seconds) && $0.seconds >= 0 }
            return drawable.enumerated().map { Dot(trial: trial, evaluation: $1, isLast: $0 == drawable.count - 1) }
        }.sorted { $0.evaluation.seconds < $1.evaluation.seconds }
        var best: [ReportContent.Trial.Evaluation] = []
        for dot in dots {
            if let last = best.last, !metric.isBetter(dot.evaluation.value, than: last.value) { continue }
            best.append(dot.evaluation)
        }
        self.dots = dots
        self.best = best
        let fidelities = Set(dots.compactMap(\.evaluation.fidelity).filter(\.isFinite))
        topFidelity = fidelities.count > 1 ? fidelities.max() ?? 0 : 0
    }

    /// Nil where nothing was evaluated.
    func figure(decimals: Int) -> Markup? {
        guard let scores = RobustRange.ofScores(dots.map(\.evaluation.value), higherIsBetter: metric.higherIsBetter),
            let last = best.last, let end = dots.last?.evaluation.seconds
        else { return nil }
        var notes: [String] = []
        if topFidelity > 0 {
            notes.append("Larger, stronger dots were trained at a higher fidelity (up to \(Figures.plain(topFidelity))).")
        }
        if scores.clipped > 0 {
            let many = Figures.count(scores.clipped, "evaluation lies", "evaluations lie")
            notes.append("\(many) beyond the axis, drawn as ticks on its edge.")
        }
        let shown = thinned()
        if shown.count < dots.count { notes.append("\(Figures.count(shown.count)) of \(Figures.count(dots.count)) evaluations are drawn.") }
        let value = Figures.inColumn(last.value, decimals: decimals)
        let description =
            "\(Figures.count(dots.count, "evaluation")) over \(Figures.seconds(end)); the best \(metric.title), \(value), "
            + "came after \(Figures.seconds(last.seconds))."
        let chart = Chart(id: "search", title: "Search over time", description: description, caption: "\(notes.joined(separator: " "))")
        return marks.legend(Set(shown.map(\.trial.learner)))
            + chart.figure { width in
                draw(width, chart.pixels(width), shown: shown, scores: scores, end: end, label: "best \(value)", decimals: decimals)
            }
    }

    /// All dots, or an even choice of them; what a trial ended with goes first.
    private func thinned() -> [Dot] {
        guard dots.count > Self.mostDots else { return dots }
        let last = dots.filter(\.isLast)
        let pool = last.count >= Self.mostDots ? last : dots
        return (0..<Self.mostDots).map { pool[$0 * pool.count / Self.mostDots] }
    }

    private func draw(
        _ width: ChartWidth, _ pixels: Double, shown: [Dot], scores: RobustRange, end: Double, label: String, decimals: Int
    ) -> Chart.Drawing {
        let time = Axis.time(upTo: end * 1.02, ticks: width.isNarrow ? 4 : 8)
        let height = width.isNarrow ? 300.0 : 400
        let frame = ChartFrame(width: pixels, height: height, x: time.axis, y: .linear(scores.range, ticks: 6))
        var body = frame.drawn(xTitle: "Time since the start (\(time.unit))", yTitle: metric.axisTitle)
        body += "<g class=\"dots\">"
        for dot in shown {
            let value = dot.evaluation.value
            let share = weight(of: dot.evaluation)
            let tip = width.isNarrow ? "" : tip(dot, decimals: decimals)
            let x = frame.x(dot.evaluation.seconds)
            if frame.y.contains(value) {
                let radius = (width.isNarrow ? 1.8 : 2.2) + share * (width.isNarrow ? 2 : 2.8)
                body += marks[dot.trial.learner].drawn(
                    x: x, y: frame.y(value), radius: radius, attributes: " opacity=\"\(0.4 + 0.5 * share)\"", tip: tip)
            } else {
                body += .edge(colour: marks[dot.trial.learner].colour, x: x, y: frame.y(value), tip: tip)
            }
        }
        body += "</g>"
        if let first = best.first, let last = best.last {
            var path: Markup = "M\(frame.x(first.seconds)) \(frame.y(first.value))"
            for step in best.dropFirst() { path += "H\(frame.x(step.seconds))V\(frame.y(step.value))" }
            body += "<path class=\"best\" d=\"\(path)H\(frame.right)\"/>"
            let above = frame.y(last.value) - 8
            let y = above < frame.top + 2 ? frame.y(last.value) + 18 : above
            body += .label(label, "label", x: frame.right, y: y, anchor: .end)
        }
        return Chart.Drawing(height: height, body: body)
    }

    /// 0…1 on a logarithmic scale, since fidelities grow by factors.
    private func weight(of evaluation: ReportContent.Trial.Evaluation) -> Double {
        guard topFidelity > 0, let fidelity = evaluation.fidelity, fidelity.isFinite, fidelity > 0 else { return topFidelity > 0 ? 0 : 0.6 }
        return min(max(1 + log10(fidelity / topFidelity) / 2, 0), 1)
    }

    private func tip(_ dot: Dot, decimals: Int) -> String {
        var lines = ["Trial \(dot.trial.number) · \(dot.trial.learner.shortened(to: 40))"]
        lines.append("\(metric.title.shortened(to: 40)) \(Figures.inColumn(dot.evaluation.value, decimals: decimals))")
        let fidelity = dot.evaluation.fidelity.map { " · fidelity \(Figures.plain($0))" } ?? ""
        lines.append("after \(Figures.seconds(dot.evaluation.seconds))\(fidelity)")
        return lines.joined(separator: "\n")
    }
}

extension ReportContent.Metric {
    func isBetter(_ one: Double, than other: Double) -> Bool { higherIsBetter ? one > other : one < other }
    /// Order for sorting, best first, what is not a number last.
    func precedes(_ one: Double, _ other: Double) -> Bool {
        guard one.isFinite else { return false }
        return !other.isFinite || isBetter(one, than: other)
    }

    var axisTitle: String { title.shortened(to: 28) + (higherIsBetter ? " (higher is better)" : " (lower is better)") }
}
