import Charts

/// Ensembles and the best single model: every metric, and what a row costs.
struct ScoreSection {
    static let mostRows = 24

    let content: ReportContent

    var body: Markup {
        let metrics = content.scores.metrics
        let rows = content.scores.rows.prefix(Self.mostRows)
        guard !rows.isEmpty else { return "<p class=\"none\">Nothing was scored.</p>" }
        let ensembles = Dictionary(content.ensembles.map { ($0.name, $0) }) { first, _ in first }
        let models = Dictionary(content.models.map { ($0.id, $0) }) { first, _ in first }
        let hasCosts = rows.contains { ensembles[$0.name] != nil || models[$0.name] != nil }
        var table = Table(caption: "Metrics on the validation rows", columns: [.text("")])
        table.columns += metrics.map { .number($0.title.shortened(to: 30) + ($0.higherIsBetter ? " ↑" : " ↓")) }
        if hasCosts { table.columns += [.number("Models"), .number("Per row"), .number("Single row"), .number("Memory")] }
        let columns = metrics.indices.map { column in rows.map { column < $0.values.count ? $0.values[column] : .nan } }
        let decimals = columns.map(Figures.decimals)
        let bests = columns.indices.map { column in
            columns[column].filter(\.isFinite).reduce(Double?.none) { best, value in
                best.map { metrics[column].isBetter(value, than: $0) ? value : $0 } ?? value
            }
        }
        for row in rows {
            var cells: [Markup] = [name(row.name, isModel: ensembles[row.name] == nil && models[row.name] != nil)]
            for column in metrics.indices {
                let value = column < row.values.count ? row.values[column] : .nan
                let text = Figures.inColumn(value, decimals: decimals[column])
                cells.append(value == bests[column] && rows.count > 1 ? "<b>\(text)</b>" : "\(text)")
            }
            if hasCosts { cells += costs(ensembles[row.name], models[row.name]) }
            table.rows.append(cells)
        }
        return table.markup
    }

    private func name(_ name: String, isModel: Bool) -> Markup {
        isModel ? "best single model <code>\(name.shortened(to: 28))</code>" : "\(name.shortened(to: 40))"
    }

    private func costs(_ ensemble: ReportContent.Ensemble?, _ model: ReportContent.Model?) -> [Markup] {
        let count = ensemble.map { Figures.count($0.members.count) } ?? (model == nil ? Figures.missing : "1")
        let memory = (ensemble?.memoryBytes ?? model?.memoryBytes).map(Figures.bytes) ?? Figures.missing
        let perRow = Figures.milliseconds(ensemble?.msPerRow ?? model?.msPerRow ?? .nan)
        return ["\(count)", "\(perRow)", "\(Figures.milliseconds(ensemble?.latencyMs ?? model?.latencyMs ?? .nan))", "\(memory)"]
    }
}
