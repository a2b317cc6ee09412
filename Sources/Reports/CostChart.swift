import Charts
import Foundation

/// Metric value against the work of a row: models as dots, ensembles as rings, the best of these for their cost connected.
struct CostChart {
    let metric: ReportContent.Metric
    let marks: LearnerMarks
    private let models: [ReportContent.Model]
    private let ensembles: [ReportContent.Ensemble]

    init(_ content: ReportContent, marks: LearnerMarks) {
        metric = content.header.metric
        self.marks = marks
        models = content.models.filter { Axis.isDrawable($0.value) && Self.isDrawable(ms: $0.msPerRow) }
        ensembles = content.ensembles.filter { Axis.isDrawable($0.value) && Self.isDrawable(ms: $0.msPerRow) }
    }

    /// A logarithmic axis has no place for 0.
    private static func isDrawable(ms: Double) -> Bool { ms > 1e-12 && ms < 1e12 }

    /// Nil where nothing has a cost.
    func figure(decimals: Int) -> Markup? {
        let costs = models.map(\.msPerRow) + ensembles.map(\.msPerRow)
        guard let cheapest = costs.min(), let dearest = costs.max(),
            let modelScores = RobustRange.ofScores(models.map(\.value) + ensembles.map(\.value), higherIsBetter: metric.higherIsBetter)
        else { return nil }
        // An ensemble is never clipped: it is what the chart is about.
        let all = [modelScores.range.lowerBound, modelScores.range.upperBound] + ensembles.map(\.value)
        let range = (all.min() ?? 0)...(all.max() ?? 0)
        let clipped = models.reduce(0) { $0 + (range.contains($1.value) ? 0 : 1) }
        var notes: [String] = []
        if !ensembles.isEmpty {
            notes.append("Dots are single models, rings are ensembles; the line joins the ensembles that no cheaper one beats.")
        }
        if clipped > 0 {
            notes.append("\(Figures.count(clipped, "model lies", "models lie")) beyond the axis, drawn as ticks on its edge.")
        }
        let points = ensembles.prefix(12).map { ensemble in
            let value = Figures.inColumn(ensemble.value, decimals: decimals)
            return "\(ensemble.name.shortened(to: 40)): \(value) at \(Figures.milliseconds(ensemble.msPerRow)) per row"
        }
        let counts = "\(Figures.count(models.count, "model")) and \(Figures.count(ensembles.count, "ensemble")). "
        let chart = Chart(
            id: "cost", title: "\(metric.title.shortened(to: 60)) against cost", description: counts + points.joined(separator: "; "),
            caption: "\(notes.joined(separator: " "))")
        return marks.legend(Set(models.map(\.learner)))
            + chart.figure { draw($0, chart.pixels($0), costs: cheapest...dearest, scores: range, decimals: decimals) }
    }

    private func draw(
        _ width: ChartWidth, _ pixels: Double, costs: ClosedRange<Double>, scores: ClosedRange<Double>, decimals: Int
    ) -> Chart.Drawing {
        let height = width.isNarrow ? 320.0 : 420
        let x = Axis.logarithmic(costs, ticks: width.isNarrow ? 4 : 8) { ms in
            Figures.milliseconds(ms).replacingOccurrences(of: ".0 ", with: " ")
        }
        let frame = ChartFrame(width: pixels, height: height, x: x, y: .linear(scores, ticks: 6, padding: width.isNarrow ? 0.12 : 0.08))
        var body = frame.drawn(xTitle: "Time per row, one thread (logarithmic)", yTitle: metric.axisTitle)
        body += "<g class=\"dots\">"
        var taken: [(x: Double, y: Double)] = []
        for model in models {
            let (left, top) = (frame.x(model.msPerRow), frame.y(model.value))
            let tip = width.isNarrow ? "" : tip(model, decimals: decimals)
            if frame.y.contains(model.value) {
                let radius = width.isNarrow ? 3.0 : 4
                body += marks[model.learner].drawn(x: left, y: top, radius: radius, attributes: " opacity=\"0.75\"", tip: tip)
                taken.append((left, top))
            } else {
                body += .edge(colour: marks[model.learner].colour, x: left, y: top, tip: tip)
            }
        }
        body += "</g>"
        return Chart.Drawing(height: height, body: body + drawnEnsembles(frame, width, taken, decimals: decimals))
    }

    private func drawnEnsembles(_ frame: ChartFrame, _ width: ChartWidth, _ dots: [(x: Double, y: Double)], decimals: Int) -> Markup {
        let places = ensembles.map { (x: frame.x($0.msPerRow), y: frame.y($0.value)) }
        let front = front().map { (x: frame.x($0.msPerRow), y: frame.y($0.value)) }
        let line = front.map { "\($0.x) \($0.y)" as Markup }
        let rings = zip(ensembles, places).map { ensemble, place -> Markup in
            let (style, radius) = ensemble.isNamed ? ("ring named", 6.5) : ("ring", 4.5)
            return .circle(style, x: place.x, y: place.y, radius: radius, tip: width.isNarrow ? "" : tip(ensemble, decimals: decimals))
        }
        var body: Markup = line.count > 1 ? "<path class=\"front\" d=\"M\(line.joined("L"))\"/>" : ""
        let plot = LabelPlacer.Box(x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top)
        var placer = LabelPlacer(plot: plot, marks: dots + LabelPlacer.points(along: front), points: places)
        var texts = Markup()
        for (place, names) in labels(places) {
            let short = names.map { $0.shortened(to: width.isNarrow ? 9 : 18) }.joined(separator: " = ")
            let text = short.shortened(to: width.isNarrow ? 22 : 44)
            let label = placer.place(text.width(fontSize: 13) * 1.06, height: 16, at: place)
            if label.isFar {
                let nearest = min(max(place.x, label.x + 4), label.x + text.width(fontSize: 13) - 4)
                body += "<path class=\"leader\" d=\"M\(place.x) \(place.y)L\(nearest) \(label.y + (label.y < place.y ? 3 : -11))\"/>"
            }
            texts += .label(text, "label", x: label.x, y: label.y)
        }
        return body + rings.joined() + texts
    }

    /// Ensembles that are better than everything cheaper, cheapest first.
    private func front() -> [ReportContent.Ensemble] {
        var front: [ReportContent.Ensemble] = []
        let byCost = ensembles.sorted { one, other in
            one.msPerRow == other.msPerRow ? metric.precedes(one.value, other.value) : one.msPerRow < other.msPerRow
        }
        for ensemble in byCost where front.last.map({ metric.isBetter(ensemble.value, than: $0.value) }) ?? true { front.append(ensemble) }
        return front
    }

    /// Names by place: ensembles on the same spot share one label.
    private func labels(_ places: [(x: Double, y: Double)]) -> [(place: (x: Double, y: Double), names: [String])] {
        var labels: [(place: (x: Double, y: Double), names: [String])] = []
        for (ensemble, place) in zip(ensembles, places) where ensemble.isNamed {
            if let same = labels.firstIndex(where: { abs($0.place.x - place.x) < 1.5 && abs($0.place.y - place.y) < 1.5 }) {
                labels[same].names.append(ensemble.name)
            } else if labels.count < 8 {
                labels.append((place, [ensemble.name]))
            }
        }
        return labels
    }

    private func tip(_ model: ReportContent.Model, decimals: Int) -> String {
        "\(model.id.shortened(to: 40)) · \(model.learner.shortened(to: 40))\n\(metric.title.shortened(to: 40)) "
            + "\(Figures.inColumn(model.value, decimals: decimals))\n\(Figures.milliseconds(model.msPerRow)) per row"
    }

    private func tip(_ ensemble: ReportContent.Ensemble, decimals: Int) -> String {
        "Ensemble \(ensemble.name.shortened(to: 40)), \(Figures.count(ensemble.members.count, "model"))\n\(metric.title.shortened(to: 40)) "
            + "\(Figures.inColumn(ensemble.value, decimals: decimals))\n\(Figures.milliseconds(ensemble.msPerRow)) per row"
    }
}

extension ReportContent.Ensemble {
    /// Whether the name is one that people use, not a place on the front.
    var isNamed: Bool { !name.isEmpty && !name.allSatisfy { $0.isNumber || $0 == "." || $0 == "#" } }
}
