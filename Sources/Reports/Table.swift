/// An HTML table that scrolls sideways where the screen is too narrow for it.
struct Table {
    struct Column {
        let title: String
        let isNumber: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// Read aloud before the table; the heading above it says the same to those who see.
    let caption: String
    var columns: [Column]
    var rows: [[Markup]] = []
    /// Rows to stress.
    var strong: Set<Int> = []
    var style: Markup = ""

    var markup: Markup {
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
