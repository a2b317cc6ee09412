import Charts
import Foundation
import Search
import SearchSpaces

/// The tables of a study's page.
struct StudyTables {
    static let mostTrials = 12
    static let mostReasons = 20

    let history: StudyHistory

    /// The best trials, or the front; nil without a result.
    var best: Markup? {
        let isFront = history.objectives.count > 1
        let all = isFront ? history.front.map { history.comparable[$0] } : history.bestFirst
        let shown = isFront ? Dots.chosen(all.sorted { $0.losses[0] < $1.losses[0] }, Self.mostTrials) : Array(all.prefix(Self.mostTrials))
        guard !shown.isEmpty else { return nil }
        let hasFidelity = shown.contains { $0.trial.progress.results.last != nil }
        let hasTime = shown.contains { $0.seconds != nil }
        let room = 590.0 - Double(history.objectives.count) * 80 - (hasFidelity ? 60 : 0) - (hasTime ? 80 : 0)
        let columns = columns(shown, pixels: max(room, 200))
        let digits = digits(shown)
        let rest = shown.map { others($0, except: Set(columns.map(\.name)), digits) }
        let hasMore = rest.contains { !$0.isEmpty }
        var table = Table(caption: isFront ? "Trials on the front" : "Best trials", columns: [.text("Trial")], style: "wrap")
        let decimals = history.objectives.map { objective in Figures.decimals(for: shown.map { $0.values[objective.position] }) }
        table.columns += history.objectives.map { .number($0.name.shortened(to: 24)) }
        if hasFidelity { table.columns.append(.number("Fidelity")) }
        if hasTime { table.columns.append(.number("Time")) }
        table.columns += columns.map { isNumber($0) ? .number($0.name.shortened(to: 24)) : .text($0.name.shortened(to: 24)) }
        if hasMore { table.columns.append(.text("Other parameters")) }
        for (entry, others) in zip(shown, rest) {
            var cells: [Markup] = ["\(entry.trial.number)"]
            cells += zip(entry.values, decimals).map { value, decimals in
                value.isFinite ? "\(Figures.inColumn(value, decimals: decimals))" : "\(StudyFigures.value(value))"
            }
            if hasFidelity { cells.append("\(entry.trial.progress.results.last.map { Figures.count($0.fidelity) } ?? "·")") }
            if hasTime { cells.append("\(entry.seconds.map(Figures.seconds) ?? "·")") }
            cells += columns.map { parameter in
                entry.trial.configuration[parameter.name].map { "\(text($0, of: parameter.name, digits))" as Markup } ?? .quiet("·")
            }
            if hasMore { cells.append(others) }
            table.rows.append(cells)
        }
        if !isFront { table.strong = [0] }
        let hidden = all.count - shown.count
        return table.markup + (isFront && hidden > 0 ? "<p class=\"note\">\(Figures.count(hidden, "more trial")) on the front.</p>" : "")
    }

    /// The parameters that matter most among those that the entries have, as many as there is room for.
    private func columns(_ entries: [StudyHistory.Entry], pixels: Double) -> [Parameter] {
        var left = pixels
        let digits = digits(entries)
        let known = history.parameters.filter { position in entries.contains { $0.point[position].isFinite } }
        return known.map { history.definition.space.parameters[$0] }.filter { parameter in
            let texts = entries.compactMap { $0.trial.configuration[parameter.name] }.map { text($0, of: parameter.name, digits) }
            left -= 18 + (([parameter.name.shortened(to: 24)] + texts).map { $0.width(fontSize: 14) }.max() ?? 0)
            return left > 0
        }
    }

    /// By the name of a number: as many digits as tell the entries apart.
    private func digits(_ entries: [StudyHistory.Entry]) -> [String: Int] {
        let names = history.definition.space.parameters.lazy.filter(isNumber).map(\.name)
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, Figures.digits(for: entries.compactMap { $0.trial.configuration[name]?.number }))
            })
    }

    private func text(_ value: ParameterValue, of name: String, _ digits: [String: Int]) -> String {
        StudyFigures.text(value, digits: digits[name] ?? 4).shortened(to: 30)
    }

    private func isNumber(_ parameter: Parameter) -> Bool { parameter.domain.choices == nil }

    private func others(_ entry: StudyHistory.Entry, except shown: Set<String>, _ digits: [String: Int]) -> Markup {
        let rest = entry.trial.configuration.filter { !shown.contains($0.name) && (history.definition.space[$0.name]?.domain.count ?? 2) != 1 }
        if rest.isEmpty { return "" }
        let texts = rest.prefix(10).map { "\($0.name.shortened(to: 30))=\(text($0.value, of: $0.name, digits))" }
        return "<code>\(texts.joined(separator: " "))\(rest.count > 10 ? " …" : "")</code>"
    }

    /// Failures of the same reason in one line; nil where there are none.
    var failures: Markup? {
        let failed = history.trials.filter { $0.state == .failed }
        guard !failed.isEmpty else { return nil }
        let groups = Dictionary(grouping: failed) { $0.failure ?? "no reason was recorded" }
            .sorted { ($1.value.count, $0.value[0].number) < ($0.value.count, $1.value[0].number) }
        var table = Table(
            caption: "Failed trials and their reasons", columns: [.text("Trials"), .text("Numbers"), .text("Reason")], style: "wrap")
        for (reason, trials) in groups.prefix(Self.mostReasons) {
            let numbers = trials.prefix(6).map { String($0.number) }.joined(separator: ", ") + (trials.count > 6 ? " …" : "")
            table.rows.append([
                "\(Figures.count(trials.count))", "\(numbers)", "<span class=\"reason\">\(reason.shortened(to: 400))</span>",
            ])
        }
        let lead: Markup = "<p>\(Figures.count(failed.count)) of \(Figures.count(history.trials.count, "trial")) failed.</p>"
        let rest = groups.count - Self.mostReasons
        return lead + table.markup + (rest > 0 ? "<p class=\"note\">\(Figures.count(rest, "more reason")) not shown.</p>" : "")
    }

    /// What may vary; nil for a space without parameters.
    var space: Markup? {
        let parameters = history.definition.space.parameters
        guard !parameters.isEmpty else { return nil }
        let hasConditions = parameters.contains { $0.condition != nil }
        var table = Table(caption: "Search space", columns: [.text("Parameter"), .text("Values"), .text("Default")], style: "wrap")
        if hasConditions { table.columns.append(.text("Active when")) }
        for parameter in parameters.prefix(100) {
            var cells: [Markup] = [
                "<code>\(parameter.name.shortened(to: 60))</code>", "\(parameter.domain.description.shortened(to: 160))",
                "\(StudyFigures.text(parameter.startValue).shortened(to: 40))",
            ]
            if hasConditions { cells.append(parameter.condition.map { "\($0.sentence.shortened(to: 200))" } ?? .quiet("always")) }
            table.rows.append(cells)
        }
        let rest = parameters.count - 100
        return table.markup + (rest > 0 ? "<p class=\"note\">\(Figures.count(rest, "more parameter")) not shown.</p>" : "")
    }
}

extension StudyHistory.Entry {
    /// From the first start to the last end; nil where one is not known.
    var seconds: Double? {
        guard let start = trial.start, let end = trial.completion else { return nil }
        let seconds = end.timeIntervalSince(start)
        return seconds >= 0 ? seconds : nil
    }
}

extension Condition {
    /// The condition in words: `solver is sgd and layers > 2`.
    var sentence: String {
        switch self {
        case .parameter(let name, .equals(let value)): "\(name) is \(StudyFigures.text(value))"
        case .parameter(let name, .differs(let value)): "\(name) is not \(StudyFigures.text(value))"
        case .parameter(let name, .isIn(let values)): "\(name) is \(values.map(StudyFigures.text).joined(separator: " or "))"
        case .parameter(let name, .greater(let value)): "\(name) > \(StudyFigures.text(value))"
        case .parameter(let name, .less(let value)): "\(name) < \(StudyFigures.text(value))"
        case .parameter(let name, .atLeast(let value)): "\(name) ≥ \(StudyFigures.text(value))"
        case .parameter(let name, .atMost(let value)): "\(name) ≤ \(StudyFigures.text(value))"
        case .relation(let left, let comparison, let right): "\(left) \(comparison.sign) \(right)"
        case .all(let parts): parts.map { $0.isAlternative ? "(\($0.sentence))" : $0.sentence }.joined(separator: " and ")
        case .any(let parts): parts.map(\.sentence).joined(separator: " or ")
        }
    }

    private var isAlternative: Bool {
        if case .any(let parts) = self { return parts.count > 1 }
        return false
    }
}

extension Condition.Comparison {
    fileprivate var sign: String {
        switch self {
        case .equals: "="
        case .differs: "≠"
        case .greater: ">"
        case .less: "<"
        case .atLeast: "≥"
        case .atMost: "≤"
        }
    }
}
