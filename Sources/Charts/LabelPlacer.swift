/// Finds room for labels beside their points: not over another label, not outside the plot, over as few marks as can be.
package struct LabelPlacer {
    package struct Box {
        package var x: Double
        package var y: Double
        package var width: Double
        package var height: Double

        package init(x: Double, y: Double, width: Double, height: Double) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }

        package func overlaps(_ other: Box) -> Bool {
            x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
        }
    }

    private let plot: Box
    private let marks: [(x: Double, y: Double)]
    private let points: [(x: Double, y: Double)]
    private var taken: [Box] = []

    /// - Parameters:
    ///   - marks: what a label should leave free.
    ///   - points: what it must leave free: the points that have labels.
    package init(plot: Box, marks: [(x: Double, y: Double)], points: [(x: Double, y: Double)]) {
        self.plot = plot
        self.marks = marks
        self.points = points
    }

    /// The place of a label: baseline at the left end of the text, and whether it lies far enough away to need a line to its point.
    package mutating func place(_ width: Double, height: Double, at point: (x: Double, y: Double)) -> (x: Double, y: Double, isFar: Bool) {
        var best: (box: Box, cost: Double, isFar: Bool)?
        for gap in [10.0, 26, 46, 70] {
            let rows = [point.y - gap - height / 2, point.y - height / 2, point.y + gap - height / 2]
            let columns = [point.x + gap, point.x - width / 2, point.x - gap - width]
            for (row, y) in rows.enumerated() {
                for (column, x) in columns.enumerated() where !(row == 1 && column == 1) {
                    let box = Box(x: x, y: y, width: width, height: height)
                    let cost = cost(of: box) + gap / 8 + Double(column) * 0.3
                    if cost < best?.cost ?? .infinity { best = (box, cost, gap > 10) }
                }
            }
        }
        guard let best else { return (point.x, point.y, false) }
        taken.append(best.box)
        return (best.box.x, best.box.y + height * 0.78, best.isFar)
    }

    /// Points on a line, close enough that no label fits between them.
    package static func points(along line: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        zip(line, line.dropFirst()).flatMap { from, to in
            let steps = min(Int(max(abs(to.x - from.x), abs(to.y - from.y)) / 8) + 1, 200)
            return (0..<steps).map { step in
                let share = (Double(step) + 0.5) / Double(steps)
                return (x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share)
            }
        }
    }

    private func cost(of box: Box) -> Double {
        var cost = 0.0
        if box.x < plot.x || box.x + box.width > plot.x + plot.width { cost += 1000 }
        if box.y < plot.y || box.y + box.height > plot.y + plot.height { cost += 200 }
        for other in taken where box.overlaps(other) { cost += 500 }
        for point in points where box.overlaps(Box(x: point.x - 7, y: point.y - 7, width: 14, height: 14)) { cost += 60 }
        for mark in marks where box.overlaps(Box(x: mark.x - 4, y: mark.y - 4, width: 8, height: 8)) { cost += 2 }
        return cost
    }
}
