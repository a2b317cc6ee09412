import Charts

/// Where the `best` ensemble is right and wrong: a heat map with figures per class, or the worst confusions where classes are many.
struct ConfusionSection {
    /// More classes than these do not fit into a heat map.
    static let mostClasses = 30
    static let mostConfusions = 20

    private let names: [String]
    /// `[true][predicted]`, square, never negative.
    private let counts: [[Double]]

    init(_ confusion: ReportContent.Confusion) {
        let size = max(confusion.classes.count, confusion.counts.count)
        names = (0..<size).map { $0 < confusion.classes.count ? confusion.classes[$0] : "class \($0)" }
        counts = (0..<size).map { row in
            (0..<size).map { column in
                guard row < confusion.counts.count, column < confusion.counts[row].count else { return 0 }
                return Double(max(confusion.counts[row][column], 0))
            }
        }
    }

    /// Whether map and table stand side by side.
    private var isSmall: Bool { names.count <= 8 }

    var body: Markup {
        let all = counts.reduce(0) { $0 + $1.reduce(0, +) }
        guard all > 0 else { return "<p class=\"none\">There are no validation rows to compare.</p>" }
        let right = names.indices.reduce(0) { $0 + counts[$1][$1] }
        let lead: Markup = "<p>\(Figures.percent(right / all)) of \(Figures.fixed(all, decimals: 0)) validation rows are right.</p>"
        if names.count > Self.mostClasses {
            return lead + "<h3>Worst confusions</h3>" + confusions + "<h3>Classes found least</h3>" + classes
        }
        let worst =
            confusedPairs.first.map { pair in
                " Most frequent error: \(names[pair.row]) taken for \(names[pair.column]), \(Figures.fixed(pair.count, decimals: 0)) times."
            } ?? ""
        let chart = Chart(
            id: "confusion", title: "Confusion matrix", description: "\(Figures.count(names.count, "class", "classes")).\(worst)",
            caption: """
                A row is a true class, a column an answer. Blue is right, orange is wrong; the stronger, the larger the share of the row.
                """,
            widePixels: isSmall ? 440 : 920)
        let figure = chart.figure { heatMap($0, chart.pixels($0)) }
        return isSmall ? lead + "<div class=\"pair\"><div>\(figure)</div><div>\(classes)</div></div>" : lead + figure + classes
    }

    private func heatMap(_ width: ChartWidth, _ pixels: Double) -> Chart.Drawing {
        let count = Double(names.count)
        let fontSize = width.isNarrow && names.count > 14 ? 8.5 : names.count > 20 ? 11 : 12
        let labels = names.map { $0.shortened(to: width.isNarrow ? 10 : 18) }
        let margin = min(max((labels.map { $0.width(fontSize: fontSize) }.max() ?? 0) + 10, 46), width.isNarrow ? 90 : 150)
        let cell = min((pixels - margin - 4) / count, width.isNarrow ? 84 : 92, width.isNarrow ? 400 : max(560 / count, 24))
        let isLevel = labels.allSatisfy { $0.width(fontSize: fontSize) < cell - 4 }
        let top = isLevel ? 44 : margin + 22
        var body: Markup = "<text class=\"axis\" x=\"0\" y=\"\(top - 10)\">True ↓</text>"
        body += "<text class=\"axis\" x=\"\(margin)\" y=\"13\">Answer →</text>"
        body += "<g class=\"ticks\" style=\"font-size:\(fontSize)px\">"
        for (index, label) in labels.enumerated() {
            let middle = (Double(index) + 0.5) * cell
            body += "<text x=\"\(margin - 8)\" y=\"\(top + middle + fontSize * 0.35)\" text-anchor=\"end\">\(label)</text>"
            let x = margin + middle
            if isLevel {
                body += "<text x=\"\(x)\" y=\"\(top - 8)\" text-anchor=\"middle\">\(label)</text>"
            } else {
                body += "<text transform=\"translate(\(x + fontSize * 0.35) \(top - 6)) rotate(-90)\">\(label)</text>"
            }
        }
        body += "</g><g class=\"cells\">"
        for row in names.indices {
            let sum = counts[row].reduce(0, +)
            for column in names.indices { body += self.cell(row, column, of: sum, x: margin, y: top, size: cell, width: width) }
        }
        return Chart.Drawing(height: top + count * cell + 6, body: body + "</g>")
    }

    private func cell(_ row: Int, _ column: Int, of sum: Double, x: Double, y: Double, size: Double, width: ChartWidth) -> Markup {
        let value = counts[row][column]
        let share = sum > 0 ? value / sum : 0
        let left = x + Double(column) * size
        let top = y + Double(row) * size
        let style = value == 0 ? "blank" : row == column ? "right" : "wrong"
        // Steps of opacity: a single error must still be seen, and text must be read on top of every step.
        let level = value == 0 ? 1 : row == column ? 0.12 + 0.78 * share : 0.14 + 0.86 * min(share * 2, 1)
        let tip =
            value == 0 || width.isNarrow
            ? ""
            : """
            \(names[row].shortened(to: 60)) → \(names[column].shortened(to: 60))
            \(Figures.fixed(value, decimals: 0)) rows, \(Figures.percent(share)) of the true class
            """
        let side = size - (size > 12 ? 1 : 0.5)
        let opacity: Markup = " fill-opacity=\"\(Figures.fixed(level, decimals: 2))\""
        var result = Markup.rect(style, x: left, y: top, width: side, height: side, more: opacity, tip: tip)
        let text = Figures.fixed(value, decimals: 0)
        let fontSize = min(max(size * 0.34, 9), 15)
        if value > 0, size >= 17, text.width(fontSize: fontSize) < size - 3 {
            let (x, y) = (left + side / 2, top + side / 2 + fontSize * 0.35)
            result += .label(text, level > 0.62 ? "over" : "plain", x: x, y: y, more: " font-size=\"\(fontSize)\"")
        }
        return result
    }

    private struct Pair {
        let row: Int
        let column: Int
        let count: Double
    }

    private var confusedPairs: [Pair] {
        var pairs: [Pair] = []
        for row in names.indices {
            for column in names.indices where row != column && counts[row][column] > 0 {
                pairs.append(Pair(row: row, column: column, count: counts[row][column]))
            }
        }
        return pairs.sorted { ($1.count, $0.row, $0.column) < ($0.count, $1.row, $1.column) }
    }

    private var confusions: Markup {
        let columns: [Table.Column] = [.text("True class"), .text("Answer"), .number("Rows"), .number("Of the class")]
        var table = Table(caption: "Worst confusions", columns: columns)
        for pair in confusedPairs.prefix(Self.mostConfusions) {
            let share = pair.count / counts[pair.row].reduce(0, +)
            table.rows.append([
                "\(names[pair.row].shortened(to: 60))", "\(names[pair.column].shortened(to: 60))",
                "\(Figures.fixed(pair.count, decimals: 0))", "\(Figures.percent(share))",
            ])
        }
        return table.rows.isEmpty ? "<p class=\"none\">No row was confused.</p>" : table.markup
    }

    /// Recall and precision, all classes in their order, or the twenty with the lowest recall.
    private var classes: Markup {
        let found = (0..<names.count).map { column in names.indices.reduce(0) { $0 + counts[$1][column] } }
        let sums = counts.map { $0.reduce(0, +) }
        let recall = names.indices.map { sums[$0] > 0 ? counts[$0][$0] / sums[$0] : .nan }
        var order = Array(names.indices)
        if names.count > Self.mostClasses {
            order = Array(order.filter { sums[$0] > 0 }.sorted { (recall[$0], $0) < (recall[$1], $1) }.prefix(Self.mostConfusions))
        }
        let columns: [Table.Column] = [.text("Class"), .number("Rows"), .number("Recall"), .number("Precision"), .text("Taken for")]
        var table = Table(caption: "Recall and precision of each class", columns: columns)
        for index in order {
            let wrong = names.indices.filter { $0 != index && counts[index][$0] > 0 }.max { counts[index][$0] < counts[index][$1] }
            let precision = found[index] > 0 ? counts[index][index] / found[index] : .nan
            let other: Markup =
                wrong.map { wrong in
                    "\(names[wrong].shortened(to: 40)) \(.quiet(Figures.fixed(counts[index][wrong], decimals: 0)))"
                } ?? "\(Figures.missing)"
            table.rows.append([
                "\(names[index].shortened(to: 60))", "\(Figures.fixed(sums[index], decimals: 0))", "\(Figures.percent(recall[index]))",
                "\(Figures.percent(precision))", other,
            ])
        }
        return table.markup
    }
}
