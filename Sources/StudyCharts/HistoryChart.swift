import Charts
import Search

/// Values in the order of the trials, and the best so far.
struct HistoryChart {
    /// Up to here every trial is a mark of its own that a pointer finds.
    static let mostMarks = 250

    let history: StudyHistory
    let objective: StudyHistory.Objective

    private func value(_ entry: StudyHistory.Entry) -> Double { entry.values[objective.position] }

    /// Nil where nothing has a finite value.
    var figure: Markup? {
        let all = history.entries.map(value)
        guard let scores = history.range(objective, history.comparable.map(value) + all) else { return nil }
        let steps = improvements
        let (early, done) = (history.entries.filter { !$0.isComparable }, history.comparable)
        let failed = history.trials.filter { $0.state == .failed }
        var notes: [String] = []
        let beyond = all.count { !scores.contains($0) }
        if beyond > 0 { notes.append("\(Figures.count(beyond, "value lies", "values lie")) beyond the axis, drawn on its edge.") }
        if !failed.isEmpty { notes.append("Ticks below the axis are failed trials.") }
        var description = "\(Figures.count(all.count, "result")) of \(Figures.count(history.trials.count, "trial"))."
        if let last = steps.last { description += " The best, \(StudyFigures.value(value(last))), is of trial \(last.trial.number)." }
        let chart = Chart(
            id: "history-\(objective.position)", title: "\(objective.name.shortened(to: 60)) by trial", description: description,
            caption: "\(notes.joined(separator: " "))")
        return legend(early: early, done: done)
            + chart.figure { width in
                draw(width, chart.pixels(width), scores, early: early, done: done, failed: failed, steps: steps)
            }
    }

    /// The comparable entries that were better than all before them.
    private var improvements: [StudyHistory.Entry] {
        var steps: [StudyHistory.Entry] = []
        for entry in history.comparable where entry.isFeasible {
            if let last = steps.last, entry.losses[objective.position] >= last.losses[objective.position] { continue }
            steps.append(entry)
        }
        return steps
    }

    private func legend(early: [StudyHistory.Entry], done: [StudyHistory.Entry]) -> Markup {
        var items: [(style: Markup, text: String)] = []
        func dot(_ style: String) -> Markup { .circle("fill \(style)", x: 7, y: 7, radius: 4) }
        if done.contains(where: \.isFeasible) { items.append((dot("done"), "Complete")) }
        if done.contains(where: { !$0.isFeasible }) { items.append((dot("broken"), "Violates a constraint")) }
        if !early.isEmpty { items.append((dot("early"), "Stopped or paused early, last value")) }
        items.append(("<path class=\"best\" d=\"M0 7h14\"/>", "Best so far"))
        return StudyStyle.key(items)
    }

    private func draw(
        _ width: ChartWidth, _ pixels: Double, _ scores: ClosedRange<Double>, early: [StudyHistory.Entry], done: [StudyHistory.Entry],
        failed: [Trial], steps: [StudyHistory.Entry]
    ) -> Chart.Drawing {
        let height = width.isNarrow ? 300.0 : 380
        let x = StudyFigures.counting(to: (history.trials.last?.number ?? 0) + 1, ticks: width.isNarrow ? 4 : 8)
        let frame = ChartFrame(width: pixels, height: height, x: x, y: StudyFigures.axis(scores, ticks: 6))
        func place(_ entry: StudyHistory.Entry) -> Place { (frame.x(Double(entry.trial.number)), frame.y(drawable(value(entry)))) }
        let size = history.entries.count > 2000 ? 1.5 : 2.4
        var body = frame.drawn(xTitle: "Trial", yTitle: objective.axisTitle)
        for (style, entries) in [
            ("early", early), ("done", done.filter(\.isFeasible)), ("broken", done.filter { !$0.isFeasible }),
        ] {
            if width.isNarrow || history.entries.count > Self.mostMarks {
                body += Dots.path(style, radius: size, entries.map(place), limit: width.isNarrow ? 1200 : 3000, more: " opacity=\"0.6\"")
            } else {
                body += "<g class=\"dots\">"
                for entry in entries {
                    let (x, y) = place(entry)
                    body += .circle("fill \(style)", x: x, y: y, radius: 3.4, more: " opacity=\"0.8\"", tip: entry.tip(history.objectives))
                }
                body += "</g>"
            }
        }
        body += "<path class=\"line broken\" d=\"\(marks(failed, frame))\"/>"
        guard let first = steps.first, let last = steps.last else { return Chart.Drawing(height: height, body: body) }
        var path: Markup = "M\(place(first).x) \(place(first).y)"
        for step in steps.dropFirst() { path += "H\(place(step).x)V\(place(step).y)" }
        body += "<path class=\"best\" d=\"\(path)H\(frame.right)\"/>"
        if !width.isNarrow {
            for step in steps.suffix(60) {
                body += .circle("member", x: place(step).x, y: place(step).y, radius: 3.5, tip: step.tip(history.objectives))
            }
        }
        let above = place(last).y - 9
        let y = above < frame.top + 2 ? place(last).y + 18 : above
        body += .label("best \(StudyFigures.value(value(last)))", "label", x: frame.right, y: y, anchor: .end)
        return Chart.Drawing(height: height, body: body)
    }

    private func drawable(_ value: Double) -> Double { min(max(value, -1e100), 1e100) }

    private func marks(_ failed: [Trial], _ frame: ChartFrame) -> Markup {
        var data = Markup()
        var last = -Double.infinity
        for trial in failed {
            let x = frame.x(Double(trial.number))
            guard x > last + 0.5 else { continue }
            data += "M\(x) \(frame.bottom + 1)v4"
            last = x
        }
        return data
    }
}
