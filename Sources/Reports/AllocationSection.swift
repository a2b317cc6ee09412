import Charts
import Foundation

/// The allocation matrix as a grid: models by devices, the batch size in the cell.
struct AllocationSection {
    let allocation: ReportContent.Allocation
    let marks: LearnerMarks
    private let learners: [String: String]

    init(_ allocation: ReportContent.Allocation, models: [ReportContent.Model], marks: LearnerMarks) {
        self.allocation = allocation
        self.marks = marks
        learners = Dictionary(models.map { ($0.id, $0.learner) }) { first, _ in first }
    }

    var body: Markup {
        """
        \(lead)\(grid)<p class="note">A number is the batch size in rows; a model with several numbers runs in several copies.</p>

        """
    }

    private var lead: Markup {
        var parts: [Markup] = []
        for (rate, word) in [(allocation.predictedThroughput, "predicted"), (allocation.measuredThroughput, "measured")] {
            if let rate, rate.isFinite { parts.append("<b>\(Figures.rate(rate))</b> rows/s \(word)") }
        }
        if parts.isEmpty { parts = ["not measured"] }
        return """
            <p>Ensemble <code>\(allocation.ensemble.shortened(to: 40))</code>, \(Figures.count(allocation.models.count, "model")) on \
            \(Figures.count(allocation.devices.count, "device")): \(parts.joined(", ")).</p>

            """
    }

    private var grid: Markup {
        guard !allocation.models.isEmpty, !allocation.devices.isEmpty else { return "<p class=\"none\">Nothing was placed.</p>" }
        var table = Table(caption: "Batch size of each model on each device", columns: [.text("Model")], style: "grid-table")
        table.columns += allocation.devices.map { .number($0.shortened(to: 16)) }
        let top = allocation.batches.joined().max() ?? 1
        for (column, model) in allocation.models.enumerated() {
            let sign: Markup = learners[model].map { marks[$0].sign } ?? ""
            var cells: [Markup] = ["\(sign) <code>\(model.shortened(to: 36))</code>"]
            for row in allocation.devices.indices {
                let batch = batch(row, column)
                let style = batch > 0 ? "b\(level(batch, of: top))" : "quiet"
                cells.append("<span class=\"batch \(style)\">\(batch > 0 ? Figures.count(batch) : "·")</span>")
            }
            table.rows.append(cells)
        }
        return table.markup
    }

    private func batch(_ device: Int, _ model: Int) -> Int {
        guard device < allocation.batches.count, model < allocation.batches[device].count else { return 0 }
        return allocation.batches[device][model]
    }

    /// 1…4 by powers of two below the largest.
    private func level(_ batch: Int, of top: Int) -> Int {
        let share = log2(Double(batch) + 1) / log2(Double(max(top, 1)) + 1)
        return min(max(Int((share * 4).rounded(.up)), 1), 4)
    }
}
