import Charts
public import Search

/// Pictures that compare ways of searching, each by several studies of the same objectives: other samplers, other seeds.
///
/// Pictures are pieces of HTML as those of ``StudyCharts``, and nil where there is nothing to draw.
public struct StudyComparison: Sendable {
    /// Studies that differ in nothing but chance.
    public struct Group: Sendable {
        public var name: String
        public var studies: [(definition: StudyDefinition, trials: [Trial])]

        public init(_ name: String, _ studies: [(definition: StudyDefinition, trials: [Trial])]) {
            self.name = name
            self.studies = studies
        }
    }

    let groups: [(name: String, histories: [StudyHistory])]

    /// - Parameter groups: Up to eight have colours of their own. The objectives are those of the first study; studies with another number
    ///   of objectives are left out.
    public init(_ groups: [Group]) {
        let count = groups.lazy.flatMap(\.studies).first?.definition.directions.count
        self.groups = groups.map { group in
            let studies = group.studies.filter { $0.definition.directions.count == count }
            return (group.name, studies.map { StudyHistory($0.definition, $0.trials) })
        }
    }

    var objectives: [StudyHistory.Objective] { groups.lazy.flatMap(\.histories).first?.objectives ?? [] }

    /// The best value so far by number of trials: the median of each group's studies, and the band of the middle half.
    public func bestSoFar(objective: Int = 0) -> String? { history(objective)?.source }

    func history(_ objective: Int) -> Markup? {
        guard objectives.indices.contains(objective) else { return nil }
        let goal = objectives[objective]
        let length = groups.flatMap { $0.histories.map(\.trials.count) }.max() ?? 0
        guard length > 1 else { return nil }
        let numbers = Dots.chosen(Array(0..<length), 150)
        let bands = groups.map { group in
            let paths = group.histories.map { path(of: $0, goal, length) }
            return numbers.map { number in
                let values = paths.map { $0[number] }.filter { !$0.isNaN }.sorted { goal.direction.isBetter($0, than: $1) }
                // While some study has no result, the median would be of the luckier ones.
                guard values.count == paths.count, !values.isEmpty else { return (low: Double.nan, middle: Double.nan, high: Double.nan) }
                return (values[(values.count - 1) / 4], values[(values.count - 1) / 2], values[values.count - 1 - (values.count - 1) / 4])
            }
        }
        let drawn = bands.flatMap { $0.flatMap { [$0.low, $0.middle, $0.high] } }
        guard let range = StudyFigures.range(drawn, higherIsBetter: goal.isMaximized) else { return nil }
        let chart = Chart(
            id: "best-\(objective)", title: "Best \(goal.name.shortened(to: 60)) so far",
            description: "\(Figures.count(groups.count, "group")) over \(Figures.count(length, "trial")).",
            caption: "Lines: medians over the studies of a group. Bands: the middle half of them.")
        let figure = chart.figure { width in
            let x = StudyFigures.counting(to: length, ticks: width.isNarrow ? 4 : 8)
            let height = width.isNarrow ? 300.0 : 380
            let frame = ChartFrame(width: chart.pixels(width), height: height, x: x, y: StudyFigures.axis(range, ticks: 6))
            var body = frame.drawn(xTitle: "Trials", yTitle: goal.axisTitle)
            for (index, band) in bands.enumerated() {
                func place(_ at: Int, _ value: Double) -> Place {
                    value.isNaN ? (.nan, .nan) : (frame.x(Double(numbers[at] + 1)), frame.y(min(max(value, -1e100), 1e100)))
                }
                let edge = band.indices.map { place($0, band[$0].low) } + band.indices.reversed().map { place($0, band[$0].high) }
                let colour = index % ChartMark.colours
                body += "<path class=\"c\(colour)\" opacity=\"0.16\" d=\"\(Dots.line(edge.filter { $0.x.isFinite }))\"/>"
                let middle = Dots.line(band.indices.map { place($0, band[$0].middle) })
                body += "<path class=\"line s\(colour)\" style=\"stroke-width:2px\" d=\"\(middle)\"/>"
            }
            return Chart.Drawing(height: height, body: body)
        }
        return legend + figure
    }

    /// What the groups attain of two objectives: the median surface of each, and thinner the best and the worst.
    public var attainment: String? { surfaces?.source }

    var surfaces: Markup? {
        guard objectives.count == 2 else { return nil }
        let (first, second) = (objectives[0], objectives[1])
        let attained = groups.map { group in
            AttainmentSurface(runs: group.histories.map { history in history.front.map { history.comparable[$0].losses } })
        }
        let lines = attained.map { [$0.best, $0.median, $0.worst] }
        let corners = lines.joined().joined().filter { $0.allSatisfy(Axis.isDrawable) }
        func range(_ objective: StudyHistory.Objective) -> ClosedRange<Double>? {
            // The one place where losses turn back into values: the sign is its own inverse.
            let values = corners.map { objective.direction.loss($0[objective.position]) }
            guard let low = values.min(), let high = values.max() else { return nil }
            return low...high
        }
        guard let across = range(first), let up = range(second) else { return nil }
        let chart = Chart(
            id: "attainment", title: "Attainment of \(first.name.shortened(to: 40)) and \(second.name.shortened(to: 40))",
            description: "\(Figures.count(groups.count, "group")).",
            caption: "Strong lines: what half of a group's studies attain. Thin lines: what one, and what all of them attain.")
        let figure = chart.figure { width in
            let height = width.isNarrow ? 320.0 : 440
            let frame = ChartFrame(
                width: chart.pixels(width), height: height, x: StudyFigures.axis(across, ticks: width.isNarrow ? 3 : 7),
                y: StudyFigures.axis(up, ticks: 6))
            var body = frame.drawn(xTitle: first.axisTitle, yTitle: second.axisTitle)
            for (index, levels) in lines.enumerated() {
                for (level, corners) in levels.enumerated() {
                    let style: Markup = level == 1 ? "stroke-width:2.25px" : "stroke-width:1px;opacity:.55"
                    let steps = stairs(corners.map { (frame.x(first.direction.loss($0[0])), frame.y(second.direction.loss($0[1]))) })
                    body += "<path class=\"line s\(index % ChartMark.colours)\" style=\"\(style)\" d=\"\(steps)\"/>"
                }
            }
            return Chart.Drawing(height: height, body: body)
        }
        return legend + figure
    }

    private var legend: Markup {
        let items = groups.enumerated().map { index, group -> Markup in
            let mark = ChartMark(colour: index % ChartMark.colours, shape: .square)
            return "<li>\(mark.sign)\(group.name.shortened(to: 40)) (\(Figures.count(group.histories.count, "study", "studies")))</li>"
        }
        return "<ul class=\"legend\">\(items.joined())</ul>"
    }

    private func stairs(_ places: [Place]) -> Markup {
        guard let first = places.first else { return "" }
        var data: Markup = "M\(first.x) \(first.y)"
        for step in places.dropFirst() { data += "H\(step.x)V\(step.y)" }
        return data
    }

    /// By number of trials; NaN before the first result.
    private func path(of history: StudyHistory, _ objective: StudyHistory.Objective, _ length: Int) -> [Double] {
        var path = [Double](repeating: .nan, count: length)
        var best = Double.nan
        var next = 0
        for entry in history.comparable where entry.isFeasible && entry.trial.number >= next && entry.trial.number < length {
            let value = entry.values[objective.position]
            if !best.isNaN, !objective.direction.isBetter(value, than: best) { continue }
            for number in next..<entry.trial.number { path[number] = best }
            (best, next) = (value, entry.trial.number)
        }
        for number in next..<length { path[number] = best }
        return path
    }
}
