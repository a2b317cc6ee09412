/// An HTML table that scrolls sideways where the screen is too narrow for it.
package struct Table {
    package struct Column {
        package let title: String
        package let isNumber: Bool

        package static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// Read aloud before the table; the heading above it says the same to those who see.
    package let caption: String
    package var columns: [Column]
    package var rows: [[Markup]] = []
    /// Rows to stress.
    package var strong: Set<Int> = []
    package var style: Markup = ""

    package init(caption: String, columns: [Column], rows: [[Markup]] = [], strong: Set<Int> = [], style: Markup = "") {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.strong = strong
        self.style = style
    }

    package var markup: Markup {
        let heads = columns.map { "<th scope=\"col\"\(style(of: $0))>\($0.title)</th>" as Markup }
        let lines = rows.enumerated().map { index, cells -> Markup in
            let row = cells.enumerated().map { place, cell -> Markup in
                guard place > 0 else { return "<th scope=\"row\">\(cell)</th>" }
                return "<td\(place < columns.count ? style(of: columns[place]) : "")>\(cell)</td>"
            }
            let stress: Markup = strong.contains(index) ? " class=\"strong\"" : ""
            return "<tr\(stress)>\(row.joined())</tr>\n"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table class="\(style)"><caption>\(caption)</caption>
            <thead><tr>\(heads.joined())</tr></thead><tbody>
            \(lines.joined())</tbody></table></div>

            """
    }

    private func style(of column: Column) -> Markup { column.isNumber ? " class=\"n\"" : "" }
}
