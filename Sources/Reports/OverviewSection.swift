import Charts

/// The top of the page: what was learned from which data, the result in one sentence, and the figures that matter.
struct OverviewSection {
    let content: ReportContent

    private var header: ReportContent.Header { content.header }
    private var metric: ReportContent.Metric { header.metric }
    private var best: ReportContent.Ensemble? { content.ensembles.first { $0.name == "best" } ?? content.ensembles.first }
    private var single: ReportContent.Model? { content.bestModel.flatMap { id in content.models.first { $0.id == id } } }

    func title() -> Markup {
        let data = header.data
        var facts = [data.task, Figures.count(data.rows, "row"), Figures.count(data.columns, "column")]
        if let classes = data.classes { facts.append(Figures.count(classes, "class", "classes")) }
        return """
            <header><p class="kicker">Tutti report</p><h1>\(header.runName.shortened(to: 120))</h1>
            <p class="facts">Predicting <b>\(data.target.shortened(to: 60))</b> from <b>\(data.name.shortened(to: 80))</b>: \
            \(facts.joined(separator: " · "))</p></header>

            """
    }

    func summary(decimals: Int) -> Markup {
        "<div class=\"tiles\">\(tiles(decimals).joined())</div>\n<p class=\"lead\">\(sentence(decimals))</p>\n"
    }

    private func tiles(_ decimals: Int) -> [Markup] {
        let value = { (number: Double?) in Figures.inColumn(number ?? .nan, decimals: decimals) }
        let complete = content.trials.reduce(0) { $0 + ($1.state == .complete ? 1 : 0) }
        let budget = header.effort.budgetSeconds.map { "of \(Figures.seconds($0))" } ?? "no limit"
        let owner = best?.name.shortened(to: 20) ?? (single == nil ? "no model" : "best single model")
        let direction = "validation rows, \(metric.higherIsBetter ? "higher" : "lower") is better"
        let members = best.map { Figures.count($0.members.count, "model") + " together" } ?? (single == nil ? "none" : "one model")
        let trials = "\(Figures.count(complete)) of \(Figures.count(content.trials.count, "trial")) complete"
        let workers = Figures.count(header.effort.workers, "worker")
        return [
            tile("\(metric.title.shortened(to: 30)), \(owner)", value(best?.value ?? single?.value), direction, isFirst: true),
            tile("Best single model", value(single?.value), single?.learner.shortened(to: 30) ?? "none"),
            tile("Time per row", Figures.milliseconds(best?.msPerRow ?? single?.msPerRow ?? .nan), members),
            tile("Models", Figures.count(content.models.count), trials),
            tile("Search time", Figures.seconds(header.effort.spentSeconds), "\(budget), \(workers)"),
        ]
    }

    private func tile(_ name: String, _ figure: String, _ note: String, isFirst: Bool = false) -> Markup {
        """
        <div class="tile\(isFirst ? " first" : "")"><p>\(name)</p><p class="figure">\(figure)</p><p class="quiet">\(note)</p></div>
        """
    }

    private func sentence(_ decimals: Int) -> Markup {
        let value = { (number: Double) in Figures.inColumn(number, decimals: decimals) }
        guard let best else {
            guard let single else { return content.models.isEmpty ? "The search left no model." : "No ensemble was chosen." }
            return """
                No ensemble was chosen; the best single model, \(single.learner.shortened(to: 30)), has \(Self.lowered(metric.title)) \
                <b>\(value(single.value))</b>.
                """
        }
        let models = Figures.count(best.members.count, "model")
        var text: Markup = """
            The ensemble <b>\(best.name.shortened(to: 30))</b> joins \(models) and reaches \(Self.lowered(metric.title)) \
            <b>\(value(best.value))</b>
            """
        if let single, single.value.isFinite {
            text += "; the best single model, \(single.learner.shortened(to: 30)), has \(value(single.value))"
        }
        text += "."
        if let fast = content.ensembles.first(where: { $0.name == "fast" }), best.msPerRow.isFinite, fast.msPerRow > 0 {
            let times = best.msPerRow / fast.msPerRow
            if times > 1.05 { text += " <b>fast</b> has \(value(fast.value)) and is \(Figures.value(times, digits: 2)) times as fast." }
        }
        return text
    }

    /// `log loss`, but `AUC`: a word that is not all capitals starts small inside a sentence.
    static func lowered(_ title: String) -> String {
        let word = title.prefix { $0 != " " }
        guard word.count > 1, word.dropFirst().allSatisfy(\.isLowercase) else { return title.shortened(to: 40) }
        return (title.prefix(1).lowercased() + title.dropFirst()).shortened(to: 40)
    }
}
