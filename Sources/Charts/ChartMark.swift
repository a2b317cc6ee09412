/// A colour and a shape of a series, alike in every chart of a page.
package struct ChartMark: Sendable, Hashable {
    package enum Shape: Int, Sendable, CaseIterable {
        case circle, square, triangle, diamond
    }

    /// Colours that colour-blind readers can tell apart, in this order.
    package static let colours = 8

    /// Class of the style sheet, `c0`…`c7`.
    package let colour: Int
    package let shape: Shape

    package init(colour: Int, shape: Shape = .circle) {
        self.colour = colour
        self.shape = shape
    }

    /// The mark inside a line of text.
    package var sign: Markup { "<svg width=\"14\" height=\"14\" aria-hidden=\"true\">\(drawn(x: 7, y: 7, radius: 4.5))</svg>" }

    /// The mark around a point; shapes have about the same area.
    package func drawn(x: Double, y: Double, radius: Double, attributes: Markup = "", tip: String = "") -> Markup {
        let title = Markup.tip(tip)
        let style: Markup = "class=\"c\(colour)\"\(attributes)"
        switch shape {
        case .circle:
            return "<circle \(style) cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\">\(title)</circle>"
        case .square:
            let half = radius * 0.88
            return "<rect \(style) x=\"\(x - half)\" y=\"\(y - half)\" width=\"\(half * 2)\" height=\"\(half * 2)\">\(title)</rect>"
        case .triangle:
            let r = radius * 1.2
            return """
                <path \(style) d="M\(x) \(y - r)L\(x + r) \(y + r * 0.75)L\(x - r) \(y + r * 0.75)Z">\(title)</path>
                """
        case .diamond:
            let r = radius * 1.25
            return "<path \(style) d=\"M\(x) \(y - r)L\(x + r) \(y)L\(x) \(y + r)L\(x - r) \(y)Z\">\(title)</path>"
        }
    }
}
