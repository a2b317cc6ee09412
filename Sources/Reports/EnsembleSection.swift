import Charts

/// Who is in each ensemble: bars of weights, and a table of models by ensembles.
struct EnsembleSection {
    /// Ensembles that get a bar: the named ones and then the front, as far as there is room.
    static let mostBars = 16
    static let mostColumns = 6
    static let mostRows = 60

    let metric: ReportContent.Metric
    let marks: LearnerMarks
    private let shown: [ReportContent.Ensemble]
    private let hidden: Int
    private let models: [String: ReportContent.Model]

    init(_ content: ReportContent, marks: LearnerMarks) {
        metric = content.header.metric
        self.marks = marks
        let ordered = content.ensembles.filter(\.isNamed) + content.ensembles.filter { !$0.isNamed }
        shown = Array(ordered.prefix(Self.mostBars))
        hidden = ordered.count - shown.count
        models = Dictionary(content.models.map { ($0.id, $0) }) { first, _ in first }
    }

    func body(decimals: Int) -> Markup {
        guard !shown.isEmpty else { return "<p class=\"none\">No ensemble was chosen.</p>" }
        let parts = shown.map { "\($0.name.shortened(to: 40)): \(Figures.count($0.members.count, "model"))" }
        let note = hidden > 0 ? "\(Figures.count(hidden, "more point")) on the front not shown." : ""
        let chart = Chart(id: "weights", title: "Weights in the ensembles", description: parts.joined(separator: ", "), caption: "\(note)")
        let learners = Set(shown.flatMap(\.members).compactMap { models[$0.id]?.learner })
        let figure = chart.figure { bars($0, chart.pixels($0), decimals: decimals) }
        return marks.legend(learners, shapes: false) + figure + table(decimals: decimals)
    }

    private func bars(_ width: ChartWidth, _ pixels: Double, decimals: Int) -> Chart.Drawing {
        let row = width.isNarrow ? 52.0 : 34
        let names = shown.map { $0.name.shortened(to: width.isNarrow ? 16 : 18) }
        let left = width.isNarrow ? 0 : (names.map { $0.width(fontSize: 13) }.max() ?? 0) * 1.15 + 14
        let right = width.isNarrow ? pixels : pixels - 250
        var body = Markup()
        for (index, ensemble) in shown.enumerated() {
            let top = Double(index) * row + 4
            let barTop = width.isNarrow ? top + 20 : top
            let baseline = width.isNarrow ? top + 13 : top + 16
            let value = Figures.inColumn(ensemble.value, decimals: decimals)
            let cost = "\(Figures.milliseconds(ensemble.msPerRow)) per row · \(Figures.count(ensemble.members.count, "model"))"
            body += .label(names[index], ensemble.isNamed ? "name" : "ticks", x: 0, y: baseline)
            body += .label("\(value) · \(cost)", "ticks", x: pixels, y: baseline, anchor: .end)
            body += "<g class=\"bars\">\(segments(ensemble, from: left, to: right, y: barTop))</g>"
        }
        return Chart.Drawing(height: Double(shown.count) * row + 4, body: body)
    }

    private func segments(_ ensemble: ReportContent.Ensemble, from left: Double, to right: Double, y: Double) -> Markup {
        let weights = ensemble.members.map { $0.weight.isFinite ? min(max($0.weight, 0), 1e9) : 0 }
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return "" }
        let order = ensemble.members.indices.sorted { one, other in
            let learners = [one, other].map { models[ensemble.members[$0].id]?.learner ?? "" }
            return learners[0] == learners[1] ? weights[one] > weights[other] : rank(learners[0]) < rank(learners[1])
        }
        var x = left
        var result = Markup()
        for index in order where weights[index] > 0 {
            let member = ensemble.members[index]
            let length = weights[index] / sum * (right - left)
            let learner = models[member.id]?.learner
            let style = learner.map { "c\(marks[$0].colour)" } ?? "unknown"
            let kind = (learner ?? "unknown learner").shortened(to: 40)
            let tip = "\(member.id.shortened(to: 48))\n\(kind) · weight \(Figures.percent(weights[index] / sum))"
            let gap = length > 4 ? 1.5 : 0
            result += .rect(style, x: x, y: y, width: max(length - gap, 0.5), height: 22, more: " rx=\"2\"", tip: tip)
            x += length
        }
        return result
    }

    private func rank(_ learner: String) -> Int { marks.learners.firstIndex(of: learner) ?? Int.max }

    private func table(decimals: Int) -> Markup {
        let columns = Array(shown.prefix(max(shown.prefix(while: \.isNamed).count, 1)).prefix(Self.mostColumns))
        var weights: [String: [Double]] = [:]
        for (column, ensemble) in columns.enumerated() {
            for member in ensemble.members {
                weights[member.id, default: Array(repeating: 0, count: columns.count)][column] += member.weight
            }
        }
        let ids = weights.sorted { one, other in
            let sums = [one, other].map { $0.value.reduce(0) { $0 + ($1.isFinite ? $1 : 0) } }
            return sums[0] == sums[1] ? one.key < other.key : sums[0] > sums[1]
        }.map(\.key)
        var table = Table(caption: "Weights of the models in the ensembles", columns: [.text("Model"), .text("Learner")])
        table.columns += columns.map { .number($0.name.shortened(to: 20)) } + [.number(metric.title), .number("Per row")]
        for id in ids.prefix(Self.mostRows) {
            let model = models[id]
            var cells: [Markup] = ["<code>\(id.shortened(to: 48))</code>", "\(model?.learner.shortened(to: 40) ?? Figures.missing)"]
            cells += (weights[id] ?? []).map { $0 == 0 ? .quiet("·") : "\(Figures.percent($0))" }
            cells += ["\(model.map { Figures.inColumn($0.value, decimals: decimals) } ?? Figures.missing)"]
            cells += ["\(Figures.milliseconds(model?.msPerRow ?? .nan))"]
            table.rows.append(cells)
        }
        let rest = ids.count - Self.mostRows
        return table.markup + (rest > 0 ? "<p class=\"note\">\(Figures.count(rest, "more member")) with smaller weights.</p>" : "")
    }
}
