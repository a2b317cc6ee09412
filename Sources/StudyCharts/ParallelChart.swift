import Charts
import Search
import SearchSpaces

/// Every trial as a line through its parameters to its value: which combinations end well.
struct ParallelChart {
    private struct Rail {
        let title: String
        let ticks: [Axis.Tick]
        /// 0…1 by entry, NaN where inactive.
        let shares: [Double]
    }

    let history: StudyHistory

    /// Nil where fewer than two parameters vary or nothing can be compared.
    var figure: Markup? {
        guard history.spread.count > 1, history.comparable.count > 1 else { return nil }
        let hidden = history.spread.count - counts(.wide).parameters
        var notes = ["Shade: rank among \(Figures.count(history.comparable.count, "trial"))."]
        if hidden > 0 { notes.append("\(Figures.count(hidden, "parameter")) of less influence not shown.") }
        let chart = Chart(
            id: "parallel", title: "Parameters and values", description: "Each line is a trial; the darkest or brightest are the best.",
            caption: "\(notes.joined(separator: " "))")
        return StudyStyle.key(best: "best", worst: "worst") + chart.figure { draw($0, chart.pixels($0)) }
    }

    /// How many rails there is room for.
    private func counts(_ width: ChartWidth) -> (parameters: Int, objectives: Int) {
        let objectives = min(history.objectives.count, width.isNarrow ? 4 : 6)
        return (width.isNarrow ? 7 : min(10, 13 - objectives), objectives)
    }

    private func rails(_ width: ChartWidth) -> [Rail] {
        let ticks = width.isNarrow ? 4 : 6
        var rails = history.spread.prefix(counts(width).parameters).map { position -> Rail in
            let parameter = history.definition.space.parameters[position]
            return Rail(
                title: parameter.name, ticks: StudyFigures.axis(parameter, ticks: ticks, width: 10).ticks,
                shares: history.comparable.enumerated().map { $1.point[position] + jitter($0, parameter.domain.count) })
        }
        for objective in history.objectives.prefix(counts(width).objectives) {
            let values = history.comparable.map { $0.values[objective.position] }
            guard let range = history.range(objective, values) else { continue }
            let axis = StudyFigures.axis(range, ticks: ticks)
            rails.append(
                Rail(
                    title: objective.name, ticks: axis.ticks.map { Axis.Tick(value: axis.place($0.value), label: $0.label) },
                    shares: values.map { axis.place(min(max($0, -1e100), 1e100)) }))
        }
        return rails
    }

    private func draw(_ width: ChartWidth, _ pixels: Double) -> Chart.Drawing {
        let rails = rails(width)
        let isTall = width.isNarrow
        let hasInactive = rails.contains { $0.shares.contains(where: \.isNaN) }
        let last = Double(max(rails.count - 1, 1))
        let height = isTall ? 48 + last * 62 + 40 : 400.0
        // Where rails begin and end, and how far apart they are.
        let (start, end) = isTall ? (hasInactive ? 56.0 : 14, pixels - 14) : (height - (hasInactive ? 54.0 : 28), 52.0)
        let (first, gap) = isTall ? (34.0, 62.0) : (44.0, (pixels - 44 - 70) / last)
        func place(_ rail: Int, _ share: Double) -> Place {
            let along = share.isNaN ? (isTall ? 20 : height - 22) : start + share * (end - start)
            let across = first + Double(rail) * gap
            return isTall ? (along, across) : (across, along)
        }
        var paths = [Markup](repeating: "", count: StudyStyle.shades)
        for entry in chosen(width.isNarrow ? 250 : 500) {
            paths[StudyHistory.shade(history.ranks[entry])] += Dots.line(rails.indices.map { place($0, rails[$0].shares[entry]) })
        }
        var body = Markup()
        for shade in paths.indices.reversed() where !paths[shade].isEmpty {
            body += "<path class=\"line q\(shade)\" opacity=\"\(shade == 0 ? "0.75" : "0.5")\" d=\"\(paths[shade])\"/>" as Markup
        }
        for (index, rail) in rails.enumerated() {
            let (from, to) = (place(index, 0), place(index, 1))
            body += "<path class=\"rail\" d=\"M\(from.x) \(from.y)L\(to.x) \(to.y)\"/>"
            let room = isTall ? pixels - 20 : gap * (rails.count > 7 ? 1.9 : 0.95)
            let title = rail.title.fitted(to: room, fontSize: 14.5)
            if isTall {
                body += .label(title, "name", x: 0, y: from.y - 12)
            } else {
                // Long names of many rails take turns on two lines.
                let row = rails.count > 7 && index % 2 == 1 ? 32.0 : 14
                body += .label(
                    title, "name", x: min(max(from.x, title.width(fontSize: 14.5) / 2), pixels - title.width(fontSize: 14.5) / 2), y: row, anchor: .middle)
            }
            var free = -Double.infinity
            for tick in rail.ticks {
                let at = place(index, tick.value)
                if isTall {
                    let half = tick.label.width(fontSize: 11.5) / 2
                    let middle = min(max(at.x, half), pixels - half)
                    guard middle - half > free + 6 else { continue }
                    body += .label(tick.label, "tag", x: middle, y: at.y + 14, anchor: .middle)
                    free = middle + half
                } else {
                    body += .label(tick.label, "tag", x: at.x + 4, y: at.y + 4)
                }
            }
        }
        if hasInactive {
            let at = place(0, .nan)
            body += .label("inactive", "ticks", x: isTall ? 0 : at.x - 40, y: isTall ? height - 6 : at.y + 16)
        }
        return Chart.Drawing(height: height, body: body)
    }

    /// Lines through the same value lie side by side, so that one sees how many there are.
    private func jitter(_ index: Int, _ count: Int?) -> Double {
        guard let count, count <= 12 else { return 0 }
        return (Double((index &* 7_919) % 101) / 101 - 0.5) * 0.3 / Double(count)
    }

    /// The best fifth of what is drawn, and an even choice of the others.
    private func chosen(_ limit: Int) -> [Int] {
        let order = history.ranks.indices.sorted { history.ranks[$0] < history.ranks[$1] }
        guard order.count > limit else { return order }
        return order.prefix(limit / 5) + Dots.chosen(Array(order.dropFirst(limit / 5)), limit - limit / 5)
    }
}
