import Charts
import Search
import SearchSpaces

/// The values over each parameter by itself.
struct SliceChart {
    static let mostPanels = 12

    let history: StudyHistory
    let objective: StudyHistory.Objective

    /// Nil where nothing varies or nothing can be compared.
    var figure: Markup? {
        let parameters = history.spread.prefix(Self.mostPanels)
        let values = history.comparable.map { $0.values[objective.position] }
        guard !parameters.isEmpty, values.count > 1,
            let range = history.range(objective, values)
        else { return nil }
        var notes: [String] = []
        let hidden = history.spread.count - parameters.count
        if hidden > 0 { notes.append("\(Figures.count(hidden, "parameter")) of less influence not shown.") }
        let chart = Chart(
            id: "slices-\(objective.position)", title: "\(objective.name.shortened(to: 60)) over each parameter",
            description: "\(Figures.count(parameters.count, "panel")).", caption: "\(notes.joined(separator: " "))")
        return StudyStyle.key(best: "newest", worst: "oldest")
            + chart.figure { width in
                let columns = width.isNarrow ? 1 : min(3, parameters.count)
                let size = (chart.pixels(width) - Double(columns - 1) * 16) / Double(columns)
                let height = width.isNarrow ? 190.0 : 220
                var body = Markup()
                for (index, position) in parameters.enumerated() {
                    let (column, row) = (index % columns, index / columns)
                    let drawing = panel(position, range, width: size, height: height, isNarrow: width.isNarrow)
                    body += "<g transform=\"translate(\(Double(column) * (size + 16)) \(Double(row) * (height + 8)))\">\(drawing)</g>"
                }
                let rows = (parameters.count + columns - 1) / columns
                return Chart.Drawing(height: Double(rows) * (height + 8) - 8, body: body)
            }
    }

    private func panel(_ position: Int, _ range: ClosedRange<Double>, width: Double, height: Double, isNarrow: Bool) -> Markup {
        let parameter = history.definition.space.parameters[position]
        let frame = ChartFrame(
            width: width, height: height, x: StudyFigures.axis(parameter, ticks: 4, width: 10), y: StudyFigures.axis(range, ticks: 4))
        var body = frame.drawn(xTitle: parameter.name.shortened(to: 34), yTitle: objective.name.shortened(to: 30))
        let active = history.comparable.indices.filter { history.comparable[$0].point[position].isFinite }
        // Choices are spread within their column, by trial number, so that they can be counted.
        let spread = parameter.domain.choices.map { 0.5 / Double($0.count) } ?? 0
        let count = Double(max(history.comparable.count, 1))
        var bins = [[Place]](repeating: [], count: StudyStyle.shades)
        for index in active {
            let entry = history.comparable[index]
            let jitter = (Double((index &* 7_919) % 101) / 101 - 0.5) * spread
            let age = 1 - Double(index + 1) / count
            let value = min(max(entry.values[objective.position], -1e100), 1e100)
            bins[StudyHistory.shade(age)].append((frame.x(entry.point[position] + jitter), frame.y(value)))
        }
        let radius = active.count > 800 ? 1.3 : active.count > 150 ? 1.8 : 2.6
        for shade in bins.indices.reversed() {
            body += Dots.path("q\(shade)", radius: radius, bins[shade], limit: isNarrow ? 40 : 100)
        }
        if let best = history.best, best.point[position].isFinite {
            let value = min(max(best.values[objective.position], -1e100), 1e100)
            body += .circle("star", x: frame.x(best.point[position]), y: frame.y(value), radius: 3.6, tip: "best: trial \(best.trial.number)")
        }
        return body
    }
}
