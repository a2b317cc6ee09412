import Charts
import Foundation
import Search
import SearchSpaces

/// The ranks of the trials over two parameters at once: as dots, and smoothed to a landscape.
struct PairChart {
    let history: StudyHistory
    /// Positions of the two parameters.
    let pair: (x: Int, y: Int)

    /// The pairs of the parameters that matter most.
    static func all(_ history: StudyHistory) -> [PairChart] {
        let first = history.spread.prefix(3)
        guard history.comparable.count >= 10 else { return [] }
        return first.indices.flatMap { one in
            first.indices.filter { $0 > one }.map { PairChart(history: history, pair: (first[one], first[$0])) }
        }
    }

    private var parameters: (x: Parameter, y: Parameter) {
        (history.definition.space.parameters[pair.x], history.definition.space.parameters[pair.y])
    }

    private var active: [Int] {
        history.comparable.indices.filter { history.comparable[$0].point[pair.x].isFinite && history.comparable[$0].point[pair.y].isFinite }
    }

    private var names: String { "\(parameters.x.name.shortened(to: 40)) and \(parameters.y.name.shortened(to: 40))" }
    private var id: String { "\(pair.x)-\(pair.y)" }

    /// The landscape and the dots side by side; nil where hardly a trial has both parameters.
    var figure: Markup? {
        guard active.count >= 10 else { return nil }
        let cells = landscape()
        let contour = Chart(
            id: "contour-\(id)", title: "Landscape of \(names)", description: "Ranks of nearby trials, averaged; empty far from all.",
            widePixels: 440)
        let dots = Chart(
            id: "rank-\(id)", title: "Ranks over \(names)", description: "\(Figures.count(active.count, "trial")), shaded by rank.",
            widePixels: 440)
        let left = contour.figure { width in draw(contour.pixels(width), width) { cells.drawn(in: $0) + best($0) } }
        let right = dots.figure { width in draw(dots.pixels(width), width) { ranked($0, width) + best($0) } }
        return "<h3>\(names)</h3>\n<div class=\"pair\">\(left)\(right)</div>"
    }

    private func draw(_ pixels: Double, _ width: ChartWidth, _ body: (ChartFrame) -> Markup) -> Chart.Drawing {
        let height = width.isNarrow ? 290.0 : 340
        let frame = ChartFrame(
            width: pixels, height: height, x: StudyFigures.axis(parameters.x, ticks: 5, width: 12),
            y: StudyFigures.axis(parameters.y, ticks: 5, width: 12))
        let axes = frame.drawn(xTitle: parameters.x.name.shortened(to: 40), yTitle: parameters.y.name.shortened(to: 40))
        return Chart.Drawing(height: height, body: axes + body(frame))
    }

    private func ranked(_ frame: ChartFrame, _ width: ChartWidth) -> Markup {
        var bins = [[Place]](repeating: [], count: StudyStyle.shades)
        let active = active
        for index in active {
            let point = history.comparable[index].point
            let shift = (jitter(index, parameters.x), jitter(index &* 31, parameters.y))
            bins[StudyHistory.shade(history.ranks[index])].append((frame.x(point[pair.x] + shift.0), frame.y(point[pair.y] + shift.1)))
        }
        let radius = active.count > 800 ? 1.6 : active.count > 150 ? 2.2 : 3.2
        return bins.indices.reversed().map { shade in
            Dots.path("q\(shade)", radius: radius, bins[shade], limit: width.isNarrow ? 80 : 150)
        }.joined()
    }

    /// Choices are spread within their cell, so that dots do not hide each other.
    private func jitter(_ index: Int, _ parameter: Parameter) -> Double {
        guard let choices = parameter.domain.choices else { return 0 }
        return (Double((index &* 7_919) % 101) / 101 - 0.5) * 0.6 / Double(choices.count)
    }

    private func best(_ frame: ChartFrame) -> Markup {
        guard let best = history.best, best.point[pair.x].isFinite, best.point[pair.y].isFinite else { return "" }
        return .circle(
            "star", x: frame.x(best.point[pair.x]), y: frame.y(best.point[pair.y]), radius: 4.5, tip: best.tip(history.objectives))
    }

    /// Kernel regression of the ranks on a grid; a choice is as far from all others.
    private func landscape() -> Landscape {
        let shown = Dots.chosen(active, 1500)
        let x = Scale(parameters.x.domain, cells: 64), y = Scale(parameters.y.domain, cells: 46)
        let points = shown.map { (x: history.comparable[$0].point[pair.x], y: history.comparable[$0].point[pair.y]) }
        let ranks = shown.map { history.ranks[$0] }
        let width = min(max(0.55 * pow(Double(shown.count), -1.0 / 3), 0.035), 0.16)
        var cells = Landscape(columns: x.cells, rows: y.cells)
        for row in 0..<y.cells {
            let middle = (Double(row) + 0.5) / Double(y.cells)
            let near = points.indices.filter { abs(y.distance(points[$0].y, middle)) < 3 * width }
            for column in 0..<x.cells {
                let centre = (Double(column) + 0.5) / Double(x.cells)
                var (weight, sum, nearest) = (0.0, 0.0, Double.infinity)
                for index in near {
                    let (dx, dy) = (x.distance(points[index].x, centre) / width, y.distance(points[index].y, middle) / width)
                    let square = dx * dx + dy * dy
                    guard square < 9 else { continue }
                    let share = exp(-0.5 * square)
                    weight += share
                    sum += share * ranks[index]
                    nearest = min(nearest, square)
                }
                if nearest < 2.6, weight > 0 { cells.set(column, row, sum / weight) }
            }
        }
        return cells
    }
}

/// A coordinate of the landscape.
private struct Scale {
    let cells: Int
    let isChoice: Bool

    init(_ domain: Domain, cells: Int) {
        if case .categorical(let values) = domain, values.count <= cells {
            (self.cells, isChoice) = (values.count, true)
        } else {
            (self.cells, isChoice) = (cells, false)
        }
    }

    func distance(_ one: Double, _ other: Double) -> Double {
        guard isChoice else { return one - other }
        return Int(one * Double(cells)) == Int(other * Double(cells)) ? 0 : .infinity
    }
}

/// Mean ranks on a grid, row 0 at the bottom.
private struct Landscape {
    let columns: Int
    let rows: Int
    private var shades: [Int]
    private var ranks: [Double]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        shades = []
        ranks = [Double](repeating: .nan, count: columns * rows)
    }

    mutating func set(_ column: Int, _ row: Int, _ rank: Double) { ranks[row * columns + column] = rank }

    /// Averages keep away from the ends, so the shades share out the range that there is.
    private func shade(_ rank: Double, _ range: ClosedRange<Double>) -> Int {
        let width = range.upperBound - range.lowerBound
        return StudyHistory.shade(width > 0 ? (rank - range.lowerBound) / width : 0)
    }

    func drawn(in frame: ChartFrame) -> Markup {
        let known = ranks.filter(\.isFinite)
        guard let low = known.min(), let high = known.max() else { return "" }
        var paths = [Markup](repeating: "", count: StudyStyle.shades)
        let (width, height) = ((frame.right - frame.left) / Double(columns), (frame.bottom - frame.top) / Double(rows))
        for row in 0..<rows {
            let top = frame.bottom - Double(row + 1) * height
            var column = 0
            while column < columns {
                let rank = ranks[row * columns + column]
                guard rank.isFinite else {
                    column += 1
                    continue
                }
                let shade = shade(rank, low...high)
                var end = column + 1
                while end < columns, ranks[row * columns + end].isFinite, self.shade(ranks[row * columns + end], low...high) == shade { end += 1 }
                let length = Double(end - column) * width
                // A little higher than a cell: no seams.
                paths[shade] += "M\(frame.left + Double(column) * width) \(top)h\(length)v\(height + 0.4)h\(-length)z"
                column = end
            }
        }
        return paths.indices.filter { !paths[$0].isEmpty }.map { "<path class=\"f\($0)\" d=\"\(paths[$0])\"/>" as Markup }.joined()
    }
}
