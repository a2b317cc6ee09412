import Charts

/// Predicted against true values, and how the errors are spread.
struct ResidualSection {
    static let mostDots = 2000
    static let bins = 41

    private let pairs: [(truth: Double, predicted: Double)]
    private let skipped: Int
    private let target: String

    init(_ residuals: ReportContent.Residuals, target: String) {
        let all = zip(residuals.truth, residuals.predicted)
        pairs = all.filter { Axis.isDrawable($0) && Axis.isDrawable($1) }.map { (truth: $0, predicted: $1) }
        skipped = min(residuals.truth.count, residuals.predicted.count) - pairs.count
        self.target = target
    }

    var body: Markup {
        let errors = pairs.map { $0.predicted - $0.truth }
        guard let values = RobustRange.ofBulk(pairs.map(\.truth) + pairs.map(\.predicted)), let spread = RobustRange.ofBulk(errors) else {
            return "<p class=\"none\">There are no validation rows to compare.</p>"
        }
        let sizes = errors.map { abs($0) }.sorted()
        let middle = Figures.value(sizes[(sizes.count - 1) / 2], digits: 3)
        let high = Figures.value(sizes[(sizes.count - 1) * 9 / 10], digits: 3)
        var lead = "Half of \(Figures.count(pairs.count, "validation row")) are predicted within ±\(middle), nine in ten within ±\(high)."
        if skipped > 0 { lead += " \(Figures.count(skipped, "row")) without a number left out." }
        return """
            <p>\(lead)</p><div class="pair"><div><h3>Predicted and true</h3>\(scatter(values.range))</div>
            <div><h3>Errors</h3>\(histogram(errors, spread))</div></div>

            """
    }

    private func scatter(_ range: ClosedRange<Double>) -> Markup {
        let shown = pairs.count <= Self.mostDots ? pairs : (0..<Self.mostDots).map { pairs[$0 * pairs.count / Self.mostDots] }
        let outside = shown.reduce(0) { $0 + (range.contains($1.truth) && range.contains($1.predicted) ? 0 : 1) }
        var notes = ["On the line the answer is right."]
        if shown.count < pairs.count { notes.append("\(Figures.count(shown.count)) rows are drawn.") }
        if outside > 0 { notes.append("\(Figures.count(outside, "row lies", "rows lie")) beyond the axes, drawn on the edge.") }
        let chart = Chart(
            id: "scatter", title: "Predicted against true values", description: "\(Figures.count(shown.count, "row")) of \(target).",
            caption: "\(notes.joined(separator: " "))", widePixels: 440)
        return chart.figure { width in
            let axis = Axis.linear(range, ticks: 5)
            let height = width.isNarrow ? 340.0 : 420
            let frame = ChartFrame(width: chart.pixels(width), height: height, x: axis, y: axis)
            var body = frame.drawn(xTitle: "True \(target.shortened(to: 24))", yTitle: "Predicted \(target.shortened(to: 24))")
            body += "<path class=\"leader\" d=\"M\(frame.left) \(frame.bottom)L\(frame.right) \(frame.top)\"/><g class=\"dots\">"
            for pair in shown {
                let tip = width.isNarrow ? "" : "true \(Figures.value(pair.truth))\npredicted \(Figures.value(pair.predicted))"
                body += .circle("c0", x: frame.x(pair.truth), y: frame.y(pair.predicted), radius: 2.6, more: " opacity=\"0.45\"", tip: tip)
            }
            return Chart.Drawing(height: height, body: body + "</g>")
        }
    }

    private func histogram(_ errors: [Double], _ spread: RobustRange) -> Markup {
        // Around 0, so that a bias is seen as a lack of symmetry; an odd number of bins gives 0 a bin of its own.
        let reach = max(abs(spread.range.lowerBound), abs(spread.range.upperBound))
        let axis = Axis.linear(-max(reach, 1e-90)...max(reach, 1e-90), ticks: 5, padding: 0.02)
        var counts = [Int](repeating: 0, count: Self.bins)
        var outside = 0
        for error in errors {
            if axis.contains(error) { counts[min(Int(axis.place(error) * Double(Self.bins)), Self.bins - 1)] += 1 } else { outside += 1 }
        }
        let bias = Figures.value(errors.reduce(0) { $0 + $1 / Double(errors.count) }, digits: 3)
        var caption = "Mean error \(bias)."
        if outside > 0 { caption += " \(Figures.count(outside, "row lies", "rows lie")) beyond the axis and not drawn." }
        let chart = Chart(
            id: "errors", title: "Histogram of errors", description: "Predicted minus true; mean \(bias).", caption: "\(caption)",
            widePixels: 440)
        return chart.figure { width in
            let height = width.isNarrow ? 260.0 : 420
            let y = Axis.linear(0...Double(max(counts.max() ?? 1, 1)), ticks: 5, padding: 0)
            let frame = ChartFrame(width: chart.pixels(width), height: height, x: axis, y: y)
            var body = frame.drawn(xTitle: "Predicted − true", yTitle: "Rows")
            let bin = (frame.right - frame.left) / Double(Self.bins)
            for (index, count) in counts.enumerated() where count > 0 {
                let (left, top) = (frame.left + Double(index) * bin, frame.y(Double(count)))
                let tip = Figures.count(count, "row")
                body += .rect("c0", x: left, y: top, width: max(bin - 1, 0.5), height: frame.bottom - top, tip: tip)
            }
            return Chart.Drawing(height: height, body: body + "<path class=\"zero\" d=\"M\(frame.x(0)) \(frame.top)V\(frame.bottom)\"/>")
        }
    }
}
