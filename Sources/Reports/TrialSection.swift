import Charts

/// What the search tried: a table by learner, and why trials failed.
struct TrialSection {
    static let mostReasons = 30

    let content: ReportContent
    let marks: LearnerMarks

    /// Trials by learner and state, with the best value of each learner: the search chart in figures.
    func learners(decimals: Int) -> Markup {
        guard !content.trials.isEmpty else { return "<p class=\"none\">No trial was run.</p>" }
        let metric = content.header.metric
        let states = ReportContent.Trial.State.allCases.filter { state in content.trials.contains { $0.state == state } }
        var table = Table(caption: "Trials by learner", columns: [.text("Learner"), .number("Trials")])
        table.columns += states.map { .number($0.title) } + [.number("Best \(OverviewSection.lowered(metric.title))")]
        let groups = Dictionary(grouping: content.trials, by: \.learner)
        let rows = groups.map { learner, trials -> (learner: String, best: Double, trials: [ReportContent.Trial]) in
            let values = trials.flatMap(\.evaluations).map(\.value).filter(\.isFinite)
            return (learner, (metric.higherIsBetter ? values.max() : values.min()) ?? .nan, trials)
        }.sorted { metric.precedes($0.best, $1.best) || (!metric.precedes($1.best, $0.best) && $0.learner < $1.learner) }
        for row in rows {
            var cells: [Markup] = ["\(marks[row.learner].sign) \(row.learner.shortened(to: 40))", "\(Figures.count(row.trials.count))"]
            cells += states.map { state in
                let count = row.trials.reduce(0) { $0 + ($1.state == state ? 1 : 0) }
                return count == 0 ? .quiet("·") : "\(Figures.count(count))"
            }
            table.rows.append(cells + ["\(Figures.inColumn(row.best, decimals: decimals))"])
        }
        return table.markup
    }

    /// Failures with the same learner and reason in one line; nil where there are none.
    var failures: Markup? {
        struct Kind: Hashable {
            let learner: String
            let reason: String
        }
        let failed = content.trials.filter { $0.state == .fail }
        guard !failed.isEmpty else { return nil }
        let groups = Dictionary(grouping: failed) { Kind(learner: $0.learner, reason: $0.failure ?? "no reason was recorded") }
            .sorted { ($1.value.count, $0.value[0].number) < ($0.value.count, $1.value[0].number) }
        var table = Table(
            caption: "Failed trials and their reasons", columns: [.text("Learner"), .number("Trials"), .text("Numbers"), .text("Reason")],
            style: "wrap")
        for (kind, trials) in groups.prefix(Self.mostReasons) {
            let numbers = trials.prefix(6).map { String($0.number) }.joined(separator: ", ") + (trials.count > 6 ? " …" : "")
            table.rows.append([
                "\(kind.learner.shortened(to: 40))", "\(Figures.count(trials.count))", "\(numbers)",
                "<span class=\"reason\">\(kind.reason.shortened(to: 400))</span>",
            ])
        }
        let rest = groups.count - Self.mostReasons
        let many = "\(Figures.count(failed.count)) of \(Figures.count(content.trials.count, "trial"))"
        let lead: Markup = "<p>\(many) failed; the rest of the search went on.</p>"
        return lead + table.markup + (rest > 0 ? "<p class=\"note\">\(Figures.count(rest, "more reason")) not shown.</p>" : "")
    }
}

extension ReportContent.Trial.State {
    var title: String {
        switch self {
        case .complete: "Complete"
        case .pruned: "Stopped early"
        case .fail: "Failed"
        case .running: "Running"
        }
    }
}
