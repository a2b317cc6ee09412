/// The width that a chart is drawn for. Every chart is drawn twice, since text in a scaled drawing could not be read on a phone.
enum ChartWidth: String, Sendable, CaseIterable {
    case wide, narrow

    var isNarrow: Bool { self == .narrow }
}

/// A figure with its drawing in both widths; one of them is hidden, for readers of the screen too.
struct Chart {
    let id: String
    /// Read aloud in place of the drawing.
    let title: String
    let description: String
    var caption: Markup = ""
    /// Of the wide drawing; 440 for two side by side.
    var widePixels: Double = 920

    func pixels(_ width: ChartWidth) -> Double { width.isNarrow ? 360 : widePixels }

    struct Drawing {
        var height: Double
        var body: Markup
    }

    func figure(_ draw: (ChartWidth) -> Drawing) -> Markup {
        let drawings = ChartWidth.allCases.map { width -> Markup in
            let drawing = draw(width)
            let name: Markup = "\(id)-\(width.rawValue)"
            return """
                <svg class="chart \(width.rawValue)" viewBox="0 0 \(pixels(width)) \(drawing.height)" role="img" \
                aria-labelledby="\(name)-title \(name)-desc"><title id="\(name)-title">\(title)</title>\
                <desc id="\(name)-desc">\(description)</desc>\(drawing.body)</svg>

                """
        }
        let below: Markup = caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>"
        return "<figure>\(drawings.joined())\(below)</figure>\n"
    }
}

/// Two axes around a plot: margins, grid, tick labels, titles.
struct ChartFrame {
    let width: Double
    let height: Double
    let x: Axis
    let y: Axis
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    init(width: Double, height: Double, x: Axis, y: Axis) {
        self.width = width
        self.height = height
        self.x = x
        self.y = y
        let widest = y.ticks.map { $0.label.width(fontSize: 12) }.max() ?? 0
        left = min(max(widest + 12, 32), width * 0.3)
        right = width - 12
        top = 30
        bottom = height - 46
    }

    func x(_ value: Double) -> Double { left + x.place(value) * (right - left) }
    func y(_ value: Double) -> Double { bottom - y.place(value) * (bottom - top) }

    /// Grid and labels; the title of the vertical axis lies above it, where it can be read without turning the head.
    func drawn(xTitle: String, yTitle: String) -> Markup {
        var result: Markup = "<g class=\"grid\">"
        for tick in y.ticks { result += "<path d=\"M\(left) \(y(tick.value))H\(right)\"/>" }
        for tick in x.ticks { result += "<path d=\"M\(x(tick.value)) \(bottom)v5\"/>" }
        result += "<path class=\"base\" d=\"M\(left) \(bottom)H\(right)\"/></g><g class=\"ticks\">"
        for tick in y.ticks { result += "<text x=\"\(left - 8)\" y=\"\(y(tick.value) + 4)\" text-anchor=\"end\">\(tick.label)</text>" }
        var end = -Double.infinity
        for tick in x.ticks {
            let half = tick.label.width(fontSize: 12) / 2
            let middle = min(max(x(tick.value), half), width - half)
            guard middle - half > end + 8 else { continue }
            result += "<text x=\"\(middle)\" y=\"\(bottom + 19)\" text-anchor=\"middle\">\(tick.label)</text>"
            end = middle + half
        }
        result += "</g><text class=\"axis\" x=\"0\" y=\"13\">\(yTitle)</text>"
        result += "<text class=\"axis\" x=\"\(right)\" y=\"\(height - 6)\" text-anchor=\"end\">\(xTitle)</text>"
        return result
    }
}
