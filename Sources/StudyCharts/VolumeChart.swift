import Charts
import Search

/// The hypervolume of the front found so far, by trial.
struct VolumeChart {
    let history: StudyHistory

    /// Nil for one objective, for more than five, and where the front is too large to be measured in passing.
    var figure: Markup? {
        let count = history.objectives.count
        guard (2...5).contains(count) else { return nil }
        let entries = history.comparable.filter { $0.isFeasible && $0.losses.allSatisfy(\.isFinite) }
        let losses = entries.map(\.losses)
        let front = Front.members(losses)
        guard front.count > 1, front.count <= limit else { return nil }
        let scale = FrontScale(of: [losses])
        let steps = volumes(entries, scale.scaled(losses), reference: scale.scaled([scale.reference()])[0])
        guard let last = steps.last, last.volume > 0 else { return nil }
        let chart = Chart(
            id: "volume", title: "Hypervolume by trial",
            description: "\(Figures.value(last.volume)) after \(Figures.count(history.trials.count, "trial")).",
            caption: "Objectives scaled by the ideal and the nadir point of the front; measured to the nadir and a tenth of the range beyond it.")
        return chart.figure { width in
            let height = width.isNarrow ? 240.0 : 280
            let x = StudyFigures.counting(to: (history.trials.last?.number ?? 0) + 1, ticks: width.isNarrow ? 4 : 8)
            let frame = ChartFrame(width: chart.pixels(width), height: height, x: x, y: .linear(0...last.volume, ticks: 5))
            var body = frame.drawn(xTitle: "Trial", yTitle: "Hypervolume (higher is better)")
            var path: Markup = "M\(frame.x(Double(steps[0].number))) \(frame.y(steps[0].volume))"
            for step in steps.dropFirst() { path += "H\(frame.x(Double(step.number)))V\(frame.y(step.volume))" }
            body += "<path class=\"best\" d=\"\(path)H\(frame.right)\"/>"
            return Chart.Drawing(height: height, body: body)
        }
    }

    /// The size of a front that is measured in a few milliseconds.
    private var limit: Int { history.objectives.count < 4 ? 3000 : history.objectives.count == 4 ? 300 : 100 }

    /// After each of some trials, evenly chosen.
    private func volumes(_ entries: [StudyHistory.Entry], _ losses: [[Double]], reference: [Double]) -> [(number: Int, volume: Double)] {
        let checkpoints = Dots.chosen(Array(losses.indices), history.objectives.count < 4 ? 160 : 40)
        var steps: [(number: Int, volume: Double)] = []
        var front: [[Double]] = []
        var next = 0
        for checkpoint in checkpoints {
            front += losses[next...checkpoint]
            next = checkpoint + 1
            front = Front.members(front).map { front[$0] }
            // Fronts on the way may be larger than the last.
            if front.count > limit { continue }
            steps.append((entries[checkpoint].trial.number, Hypervolume.of(front, reference: reference)))
        }
        return steps
    }
}
