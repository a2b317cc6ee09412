/// A colour and a shape for each learner, the same in every chart of a page.
///
/// Eight colours that colour-blind readers can tell apart, in this order; the ninth learner begins again with another shape.
struct LearnerMarks: Sendable {
    struct Mark: Sendable, Hashable {
        /// Class of the style sheet, `c0`…`c7`.
        let colour: Int
        let shape: Shape
    }

    enum Shape: Int, Sendable, CaseIterable {
        case circle, square, triangle, diamond
    }

    static let colours = 8

    /// Those with most trials and models first.
    let learners: [String]
    private let marks: [String: Mark]

    init(_ content: ReportContent) {
        var counts: [String: Int] = [:]
        for trial in content.trials { counts[trial.learner, default: 0] += 1 }
        for model in content.models { counts[model.learner, default: 0] += 1 }
        learners = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        var marks: [String: Mark] = [:]
        for (index, learner) in learners.enumerated() {
            let shapes = Shape.allCases
            marks[learner] = Mark(colour: index % Self.colours, shape: shapes[index / Self.colours % shapes.count])
        }
        self.marks = marks
    }

    subscript(learner: String) -> Mark { marks[learner] ?? Mark(colour: 0, shape: .circle) }

    /// The key to colours and shapes, only for the learners given.
    func legend(_ shown: Set<String>, shapes: Bool = true) -> Markup {
        let items = learners.filter(shown.contains).map { learner -> Markup in
            let mark = shapes ? self[learner] : Mark(colour: self[learner].colour, shape: .square)
            return "<li>\(mark.sign)\(learner.shortened(to: 40))</li>"
        }
        return items.isEmpty ? "" : "<ul class=\"legend\">\(items.joined())</ul>"
    }
}

extension LearnerMarks.Mark {
    /// The mark inside a line of text.
    var sign: Markup { "<svg width=\"14\" height=\"14\" aria-hidden=\"true\">\(drawn(x: 7, y: 7, radius: 4.5))</svg>" }

    /// The mark around a point; shapes have about the same area.
    func drawn(x: Double, y: Double, radius: Double, attributes: Markup = "", tip: String = "") -> Markup {
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
