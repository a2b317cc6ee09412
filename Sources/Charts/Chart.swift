/// The width that a chart is drawn for. Every chart is drawn twice, since text in a scaled drawing could not be read on a phone.
package enum ChartWidth: String, Sendable, CaseIterable {
    case wide, narrow

    package var isNarrow: Bool { self == .narrow }
}

/// A figure with its drawing in both widths; one of them is hidden, for readers of the screen too.
package struct Chart {
    package let id: String
    /// Read aloud in place of the drawing.
    package let title: String
    package let description: String
    package var caption: Markup = ""
    /// Of the wide drawing; 440 for two side by side.
    package var widePixels: Double = 920

    package init(id: String, title: String, description: String, caption: Markup = "", widePixels: Double = 920) {
        self.id = id
        self.title = title
        self.description = description
        self.caption = caption
        self.widePixels = widePixels
    }

    package func pixels(_ width: ChartWidth) -> Double { width.isNarrow ? 360 : widePixels }

    package struct Drawing {
        package var height: Double
        package var body: Markup

        package init(height: Double, body: Markup) {
            self.height = height
            self.body = body
        }
    }

    package func figure(_ draw: (ChartWidth) -> Drawing) -> Markup {
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
package struct ChartFrame {
    package let width: Double
    package let height: Double
    package let x: Axis
    package let y: Axis
    package let left: Double
    package let right: Double
    package let top: Double
    package let bottom: Double

    package init(width: Double, height: Double, x: Axis, y: Axis) {
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

    package func x(_ value: Double) -> Double { left + x.place(value) * (right - left) }
    package func y(_ value: Double) -> Double { bottom - y.place(value) * (bottom - top) }

    /// Grid and labels; the title of the vertical axis lies above it, where it can be read without turning the head.
    package func drawn(xTitle: String, yTitle: String) -> Markup {
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
