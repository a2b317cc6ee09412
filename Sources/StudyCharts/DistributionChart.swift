import Charts
import Search

/// The share of trials that are at least as good as each value (the empirical distribution).
struct DistributionChart {
    let history: StudyHistory
    let objective: StudyHistory.Objective

    /// Nil where fewer than five trials can be compared.
    var figure: Markup? {
        let values = history.comparable.map { $0.values[objective.position] }.filter { !$0.isNaN }
        guard values.count >= 5, let range = history.range(objective, values) else { return nil }
        let sorted = values.sorted { objective.direction.isBetter($0, than: $1) }
        let median = sorted[(sorted.count - 1) / 2]
        let shown = sorted.indices.filter { range.contains(sorted[$0]) }
        let beyond = sorted.count - shown.count
        let chart = Chart(
            id: "distribution-\(objective.position)", title: "Distribution of \(objective.name.shortened(to: 60))",
            description: "\(Figures.count(values.count, "trial")); half of them are at \(StudyFigures.value(median)) or better.",
            caption: "\(beyond > 0 ? "\(Figures.count(beyond, "value lies", "values lie")) beyond the axis." : "")", widePixels: 440)
        return chart.figure { width in
            let height = width.isNarrow ? 260.0 : 280
            let shares = Axis.linear(0...1, ticks: 5, padding: 0) { Figures.fixed($0 * 100, decimals: 0) + "%" }
            let frame = ChartFrame(width: chart.pixels(width), height: height, x: StudyFigures.axis(range, ticks: 4), y: shares)
            var body = frame.drawn(xTitle: objective.axisTitle, yTitle: "Trials at least as good")
            let places = Dots.chosen(shown, 240)
            guard let first = places.first else { return Chart.Drawing(height: height, body: body) }
            var path: Markup = "M\(frame.x(sorted[first])) \(frame.bottom)"
            for index in places { path += "H\(frame.x(sorted[index]))V\(frame.y(Double(index + 1) / Double(sorted.count)))" }
            // Flat up to the edge, where more would follow.
            if beyond > 0 { path += "H\(objective.isMaximized ? frame.left : frame.right)" }
            body += "<path class=\"best\" d=\"\(path)\"/>"
            return Chart.Drawing(height: height, body: body)
        }
    }
}
