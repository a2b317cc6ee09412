import Charts

/// The best models, with costs and, behind each id, the configuration.
struct ModelSection {
    static let most = 20
    static let mostSettings = 60

    let content: ReportContent

    func body(decimals: Int) -> Markup {
        guard !content.models.isEmpty else { return "<p class=\"none\">No model was finished.</p>" }
        let metric = content.header.metric
        let order = content.models.indices.sorted { one, other in
            let values = (content.models[one].value, content.models[other].value)
            if metric.precedes(values.0, values.1) { return true }
            return metric.precedes(values.1, values.0) ? false : one < other
        }
        let trials = Dictionary(content.trials.map { ($0.number, $0) }) { first, _ in first }
        let hasFidelity = content.models.contains { $0.fidelity != nil }
        let hasMacs = content.models.contains { $0.macs != nil }
        var table = Table(caption: "Best models by \(metric.title)", columns: [.text("Model"), .text("Learner"), .number(metric.title)])
        if hasFidelity { table.columns.append(.number("Fidelity")) }
        table.columns += ["Per row", "Single row", "Rows/s", "Memory", "Size", "Training"].map { .number($0) }
        if hasMacs { table.columns.append(.number("MACs")) }
        for (place, index) in order.prefix(Self.most).enumerated() {
            let model = content.models[index]
            var cells = [model.learner.shortened(to: 32), Figures.inColumn(model.value, decimals: decimals)]
            if hasFidelity { cells.append(Figures.plain(model.fidelity ?? .nan)) }
            cells += [Figures.milliseconds(model.msPerRow), Figures.milliseconds(model.latencyMs), Figures.rate(model.throughput)]
            cells += [Figures.bytes(model.memoryBytes), Figures.bytes(model.sizeBytes), Figures.seconds(model.trainingSeconds)]
            if hasMacs { cells.append(model.macs.map(Figures.operations) ?? Figures.missing) }
            if model.id == content.bestModel { table.strong.insert(place) }
            table.rows.append([name(model, trials)] + cells.map { "\($0)" })
        }
        let rest = content.models.count - Self.most
        return table.markup + (rest > 0 ? "<p class=\"note\">\(Figures.count(rest, "more model")) in the library.</p>" : "")
    }

    private func name(_ model: ReportContent.Model, _ trials: [Int: ReportContent.Trial]) -> Markup {
        let id: Markup = "<code>\(model.id.shortened(to: 36))</code>"
        guard let trial = model.trial.flatMap({ trials[$0] }), !trial.configuration.isEmpty else { return id }
        let settings = trial.configuration.prefix(Self.mostSettings).map {
            "<dt>\($0.key.shortened(to: 60))</dt><dd>\($0.value.shortened(to: 120))</dd>" as Markup
        }
        return "<details><summary>\(id)</summary><dl class=\"settings\">\(settings.joined())</dl></details>"
    }
}
