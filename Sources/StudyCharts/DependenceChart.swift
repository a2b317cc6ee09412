import Charts
import Search
import SearchSpaces

/// The predicted objective over the parameters that matter most, each by itself, all others averaged out.
struct DependenceChart {
    private struct Panel {
        let parameter: Parameter
        /// 0…1 on the parameter's scale.
        let places: [Double]
        let means: [Double]
        let deviations: [Double]
        /// Where the best trial lies; nil where it lies nowhere.
        let best: Double?
    }

    let history: StudyHistory
    let objective: StudyHistory.Objective
    let dependences: [PartialDependence]

    /// Nil where nothing was predicted.
    var figure: Markup? {
        let panels = dependences.compactMap(panel)
        let edges = panels.flatMap { panel in zip(panel.means, panel.deviations).flatMap { [$0 - $1, $0 + $1] } }.filter(Axis.isDrawable)
        guard let low = edges.min(), let high = edges.max() else { return nil }
        let chart = Chart(
            id: "dependence-\(objective.position)", title: "Predicted \(objective.name.shortened(to: 60)) over each parameter",
            description: "\(Figures.count(panels.count, "panel")).",
            caption: """
                Averages over the whole space by a regression forest, so they lie far from the best value. \
                Bands: how far its trees disagree, a standard deviation.
                """)
        var items: [(style: Markup, text: String)] = [("<path class=\"best\" d=\"M0 7h14\"/>", "Mean prediction, the other parameters averaged out")]
        if panels.contains(where: { $0.best != nil }) { items.append(("<path class=\"mark\" d=\"M3 13L7 4L11 13Z\"/>", "The best trial")) }
        return StudyStyle.key(items)
            + chart.figure { width in
                let columns = width.isNarrow ? 1 : min(3, max(panels.count, 2))
                let size = (chart.pixels(width) - Double(columns - 1) * 16) / Double(columns)
                let height = width.isNarrow ? 190.0 : 220
                var body = Markup()
                for (index, panel) in panels.enumerated() {
                    let (column, row) = (index % columns, index / columns)
                    let drawing = draw(panel, low...high, size, height)
                    body += "<g transform=\"translate(\(Double(column) * (size + 16)) \(Double(row) * (height + 8)))\">\(drawing)</g>"
                }
                let rows = (panels.count + columns - 1) / columns
                return Chart.Drawing(height: Double(rows) * (height + 8) - 8, body: body)
            }
    }

    private func panel(_ dependence: PartialDependence) -> Panel? {
        guard dependence.names.count == 1, let parameter = history.definition.space[dependence.names[0]] else { return nil }
        let known = dependence.means.indices.filter { Axis.isDrawable(dependence.means[$0]) && dependence.deviations[$0].isFinite }
        let places = known.map { parameter.domain.unit(of: dependence.axes[0][$0]) ?? .nan }
        guard known.count > 1, places.allSatisfy(\.isFinite) else { return nil }
        let best = history.best?.trial.configuration[parameter.name].flatMap(parameter.domain.unit)
        return Panel(
            parameter: parameter, places: places, means: known.map { dependence.means[$0] }, deviations: known.map { dependence.deviations[$0] },
            best: best)
    }

    private func draw(_ panel: Panel, _ range: ClosedRange<Double>, _ width: Double, _ height: Double) -> Markup {
        let frame = ChartFrame(
            width: width, height: height, x: StudyFigures.axis(panel.parameter, ticks: 4, width: 10), y: StudyFigures.axis(range, ticks: 4))
        var body = frame.drawn(xTitle: panel.parameter.name.shortened(to: 34), yTitle: objective.name.shortened(to: 30))
        let (lows, highs) = (zip(panel.means, panel.deviations).map { $0 - $1 }, zip(panel.means, panel.deviations).map { $0 + $1 })
        func places(_ values: [Double]) -> [Place] { zip(panel.places, values).map { (frame.x($0), frame.y($1)) } }
        if panel.parameter.domain.choices == nil {
            body += "<path class=\"band\" d=\"\(Dots.line(places(lows) + places(highs).reversed()))z\"/>"
            body += "<path class=\"best\" d=\"\(Dots.line(places(panel.means)))\"/>"
        } else {
            // A choice is a place of its own: nothing lies between two.
            let half = min(0.3 / Double(max(panel.places.count, 1)) * (frame.right - frame.left), 14)
            for (index, place) in places(panel.means).enumerated() {
                let (low, high) = (frame.y(lows[index]), frame.y(highs[index]))
                body += "<path class=\"band\" d=\"M\(place.x - half) \(low)H\(place.x + half)V\(high)H\(place.x - half)z\"/>"
                body += "<path class=\"best\" d=\"M\(place.x - half) \(place.y)h\(half * 2)\"/>"
            }
        }
        if let best = panel.best {
            let x = frame.x(best)
            body += "<path class=\"mark\" d=\"M\(x - 4) \(frame.bottom)L\(x) \(frame.bottom - 9)L\(x + 4) \(frame.bottom)Z\"/>"
        }
        return body
    }
}
