import Charts
import Search

/// The trade-offs of two or three objectives: every comparable trial, the front stressed.
struct FrontChart {
    let history: StudyHistory

    /// Nil for one objective and for more than three.
    var figure: Markup? {
        let objectives = history.objectives
        guard (2...3).contains(objectives.count), !history.comparable.isEmpty else { return nil }
        let front = history.front
        let names = objectives.map { $0.name.shortened(to: 30) }.joined(separator: ", ")
        let ranges = objectives.map { range($0.position) }
        let beyond = history.comparable.count { entry in zip(ranges, entry.values).contains { !($0?.contains($1) ?? false) } }
        var notes: [String] = []
        if objectives.count == 3 {
            notes.append("The three objectives two by two; a member of the front may look dominated where the third objective is not seen.")
        }
        if beyond > 0 { notes.append("\(Figures.count(beyond, "trial lies", "trials lie")) beyond the axes.") }
        let chart = Chart(
            id: "front", title: "Trade-offs of \(names)",
            description: "\(Figures.count(front.count, "trial")) of \(Figures.count(history.comparable.count)) on the front.",
            caption: "\(notes.joined(separator: " "))")
        var items: [(style: Markup, text: String)] = [
            (.circle("member", x: 7, y: 7, radius: 4.5), "On the front: nothing is better in one objective without being worse in another"),
            (.circle("fill early", x: 7, y: 7, radius: 3), "Dominated"),
        ]
        if knee != nil { items.insert((.circle("star", x: 7, y: 7, radius: 4.5), "The knee: farthest from the line or plane between the ends"), at: 1) }
        if history.comparable.contains(where: { !$0.isFeasible }) {
            items.append((.circle("fill broken", x: 7, y: 7, radius: 3), "Violates a constraint"))
        }
        let figure = chart.figure { width in
            guard objectives.count == 3 else {
                let height = width.isNarrow ? 320.0 : 440
                return Chart.Drawing(height: height, body: panel(0, 1, front, chart.pixels(width), height, width))
            }
            let size = width.isNarrow ? chart.pixels(width) : (chart.pixels(width) - 32) / 3
            let height = width.isNarrow ? 290.0 : 300
            var body = Markup()
            for (place, pair) in [(0, 1), (0, 2), (1, 2)].enumerated() {
                let (x, y) = width.isNarrow ? (0.0, Double(place) * (height + 10)) : (Double(place) * (size + 16), 0)
                body += "<g transform=\"translate(\(x) \(y))\">\(panel(pair.0, pair.1, front, size, height, width))</g>"
            }
            return Chart.Drawing(height: width.isNarrow ? 3 * height + 20 : height, body: body)
        }
        return StudyStyle.key(items) + figure
    }

    /// The member of the front that bulges most towards what is good in everything; nil where none does.
    private var knee: Int? {
        let losses = history.front.map { history.comparable[$0].losses }
        guard losses.count > 2, let deepest = KneePoints.deepest(losses), KneePoints.depths(losses)[deepest] > 0 else { return nil }
        return history.front[deepest]
    }

    private func panel(_ x: Int, _ y: Int, _ front: [Int], _ pixels: Double, _ height: Double, _ width: ChartWidth) -> Markup {
        guard let across = range(x), let up = range(y) else { return "" }
        let frame = ChartFrame(
            width: pixels, height: height, x: StudyFigures.axis(across, ticks: pixels < 500 ? 4 : 7),
            y: StudyFigures.axis(up, ticks: pixels < 500 ? 5 : 6))
        let isSmall = pixels < 350
        func title(_ objective: StudyHistory.Objective) -> String {
            isSmall ? objective.name.shortened(to: 20) + (objective.isMaximized ? " (higher)" : " (lower)") : objective.axisTitle
        }
        func place(_ index: Int) -> Place {
            let values = history.comparable[index].values
            return (frame.x(min(max(values[x], -1e100), 1e100)), frame.y(min(max(values[y], -1e100), 1e100)))
        }
        var body = frame.drawn(xTitle: title(history.objectives[x]), yTitle: title(history.objectives[y]))
        let isFront = Set(front)
        let others = history.comparable.indices.filter { !isFront.contains($0) }
        let radius = others.count > 1500 ? 1.5 : 2.4
        let limit = width.isNarrow ? 800 : history.objectives.count == 2 ? 2500 : 1200
        for (style, isFeasible) in [("early", true), ("broken", false)] {
            let places = others.filter { index in
                let values = history.comparable[index].values
                return history.comparable[index].isFeasible == isFeasible && frame.x.contains(values[x]) && frame.y.contains(values[y])
            }.map(place)
            body += Dots.path(style, radius: radius, places, limit: limit, more: " opacity=\"0.7\"")
        }
        if history.objectives.count == 2 {
            // From one end to the other in steps: what lies between two members is attained by neither.
            let sorted = front.sorted { history.comparable[$0].losses[0] < history.comparable[$1].losses[0] }.map(place)
            if let first = sorted.first {
                var path: Markup = "M\(first.x) \(first.y)"
                for step in sorted.dropFirst() { path += "H\(step.x)V\(step.y)" }
                body += "<path class=\"front\" d=\"\(path)\"/>"
            }
        }
        let shown = Dots.chosen(front, width.isNarrow ? 150 : 300)
        for index in shown {
            let (left, top) = place(index)
            let tip = width.isNarrow ? "" : history.comparable[index].tip(history.objectives)
            body += .circle("member", x: left, y: top, radius: shown.count > 100 ? 3 : 4.5, tip: tip)
        }
        if let knee {
            let (left, top) = place(knee)
            body += .circle("star", x: left, y: top, radius: 5.5, tip: width.isNarrow ? "" : history.comparable[knee].tip(history.objectives))
        }
        return body
    }

    private func range(_ objective: Int) -> ClosedRange<Double>? {
        history.range(history.objectives[objective], history.comparable.map { $0.values[objective] })
    }
}
