import Charts
import Search

extension StudyComparison {
    /// The middle of some numbers, one per study.
    public struct Quartiles: Sendable, Hashable, Codable {
        public var low: Double
        public var median: Double
        public var high: Double

        /// Nil without numbers.
        init?(_ numbers: [Double]) {
            let sorted = numbers.sorted()
            guard let last = sorted.indices.last else { return nil }
            (low, median, high) = (sorted[last / 4], sorted[last / 2], sorted[last - last / 4])
        }
    }

    /// How a group came out.
    public struct Standing: Sendable, Hashable, Codable {
        public var group: String
        public var studies: Int
        /// Of all its studies.
        public var trials: Int
        /// The best value of each study; nil with several objectives, and while a study has no result.
        public var best: Quartiles?
        /// Of the studies' fronts, against the front of all studies of all groups; nil with one objective.
        public var hypervolume: Quartiles?
        public var igdPlus: Quartiles?
        public var epsilon: Quartiles?
        public var r2: Quartiles?
    }

    /// One per group, in the order given.
    public var standings: [Standing] {
        let fronts = groups.map { group in group.histories.map { history in history.front.map { history.comparable[$0].losses } } }
        let comparison = objectives.count > 1 ? FrontComparison(Array(fronts.joined())) : nil
        var first = 0
        return groups.map { group in
            defer { first += group.histories.count }
            var standing = Standing(group: group.name, studies: group.histories.count, trials: group.histories.reduce(0) { $0 + $1.trials.count })
            if let comparison {
                if comparison.reference.isEmpty { return standing }
                let qualities = comparison.qualities[first..<first + group.histories.count]
                standing.hypervolume = Quartiles(qualities.map(\.hypervolume))
                standing.igdPlus = Quartiles(qualities.map(\.igdPlus))
                standing.epsilon = Quartiles(qualities.map(\.epsilon))
                standing.r2 = Quartiles(qualities.map(\.r2))
            } else {
                let best = group.histories.compactMap { $0.best?.values[0] }
                if best.count == group.histories.count { standing.best = Quartiles(best) }
            }
            return standing
        }
    }

    /// The comparison as one page that loads nothing from elsewhere, to be written as UTF-8.
    public func page(title: String) -> String {
        let standings = standings
        let studies = standings.reduce(0) { $0 + $1.studies }
        let goals = objectives.map { "\($0.isMaximized ? "maximize" : "minimize") \($0.name.shortened(to: 40))" }
        let facts: [Markup] = [
            "\(goals.joined(separator: ", "))", "\(Figures.count(standings.count, "way", "ways")) of searching",
            "\(Figures.count(studies, "study", "studies"))",
        ]
        var page = SectionedPage(kicker: "Comparison", title: title.shortened(to: 120), facts: "<p class=\"facts\">\(facts.joined(" · "))</p>\n")
        page.add("standings", "Results", [table(standings)])
        page.add("attainment-section", "Attainment", [surfaces])
        page.add("history", "Best so far", objectives.indices.prefix(4).map { history($0) })
        return page.source
    }

    private func table(_ standings: [Standing]) -> Markup {
        var table = Table(caption: "Results", columns: [.text("Searched by"), .number("Studies"), .number("Trials")])
        func figure(_ value: Double) -> String { value.isFinite ? Figures.value(value, digits: 3) : StudyFigures.value(value) }
        func cell(_ quartiles: Quartiles?) -> Markup {
            guard let quartiles else { return .quiet("·") }
            return "\(figure(quartiles.median)) (\(figure(quartiles.low)) to \(figure(quartiles.high)))"
        }
        let figures: [(title: String, of: any KeyPath<Standing, Quartiles?> & Sendable)] =
            objectives.count > 1
            ? [("Hypervolume", \.hypervolume), ("IGD+", \.igdPlus), ("Epsilon", \.epsilon), ("R2", \.r2)]
            : [("Best \((objectives.first?.name ?? "value").shortened(to: 24))", \.best)]
        table.columns += figures.map { .number($0.title) }
        table.rows = standings.map { standing in
            ["\(standing.group.shortened(to: 60))", "\(Figures.count(standing.studies))", "\(Figures.count(standing.trials))"]
                + figures.map { cell(standing[keyPath: $0.of]) }
        }
        let note: Markup =
            objectives.count > 1
            ? "Medians over the studies, and the middle half. Hypervolume: the share of what all studies together dominate. IGD+ and epsilon: the distance to their front, 0 is best. R2: lower is better."
            : "Medians over the studies, and the middle half."
        return table.markup + "<p class=\"note\">\(note)</p>"
    }
}
