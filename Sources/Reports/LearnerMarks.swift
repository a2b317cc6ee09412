import Charts

/// A colour and a shape for each learner, the same in every chart of a page.
///
/// Eight colours that colour-blind readers can tell apart, in this order; the ninth learner begins again with another shape.
struct LearnerMarks: Sendable {
    /// Those with most trials and models first.
    let learners: [String]
    private let marks: [String: ChartMark]

    init(_ content: ReportContent) {
        var counts: [String: Int] = [:]
        for trial in content.trials { counts[trial.learner, default: 0] += 1 }
        for model in content.models { counts[model.learner, default: 0] += 1 }
        learners = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        var marks: [String: ChartMark] = [:]
        for (index, learner) in learners.enumerated() {
            let shapes = ChartMark.Shape.allCases
            marks[learner] = ChartMark(colour: index % ChartMark.colours, shape: shapes[index / ChartMark.colours % shapes.count])
        }
        self.marks = marks
    }

    subscript(learner: String) -> ChartMark { marks[learner] ?? ChartMark(colour: 0, shape: .circle) }

    /// The key to colours and shapes, only for the learners given.
    func legend(_ shown: Set<String>, shapes: Bool = true) -> Markup {
        let items = learners.filter(shown.contains).map { learner -> Markup in
            let mark = shapes ? self[learner] : ChartMark(colour: self[learner].colour, shape: .square)
            return "<li>\(mark.sign)\(learner.shortened(to: 40))</li>"
        }
        return items.isEmpty ? "" : "<ul class=\"legend\">\(items.joined())</ul>"
    }
}
