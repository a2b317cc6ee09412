/// The few shapes of SVG that the charts are made of.
extension Markup {
    package enum Anchor: String {
        case start, middle, end
    }

    /// What a pointer over a mark shows; nothing where there is nothing to say.
    package static func tip(_ text: String) -> Markup { text.isEmpty ? "" : "<title>\(text)</title>" }

    package static func rect(
        _ style: String, x: Double, y: Double, width: Double, height: Double, more: Markup = "", tip text: String = ""
    ) -> Markup {
        "<rect class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\"\(more)>\(tip(text))</rect>"
    }

    package static func circle(_ style: String, x: Double, y: Double, radius: Double, more: Markup = "", tip text: String = "") -> Markup {
        "<circle class=\"\(style)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"\(more)>\(tip(text))</circle>"
    }

    /// One line of text; `y` is its baseline.
    package static func label(_ text: String, _ style: String = "", x: Double, y: Double, anchor: Anchor = .start, more: Markup = "") -> Markup {
        let kind: Markup = style.isEmpty ? "" : " class=\"\(style)\""
        let side: Markup = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        return "<text\(kind) x=\"\(x)\" y=\"\(y)\"\(side)\(more)>\(text)</text>"
    }

    /// The tick of a value that lies beyond the axis, on its edge.
    package static func edge(colour: Int, x: Double, y: Double, tip text: String) -> Markup {
        "<path class=\"edge s\(colour)\" d=\"M\(x) \(y - 3)v6\">\(tip(text))</path>"
    }

    /// Text in small type for what is of less weight.
    package static func quiet(_ text: String) -> Markup { "<span class=\"quiet\">\(text)</span>" }
}
