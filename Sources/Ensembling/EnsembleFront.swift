public import Datasets
public import Learning

/// The best ensemble for each cost: what a user is shown to choose from.
///
/// A selector runs at a rising series of budgets of work per row. What it chooses without a budget, at half of that one's work and at a
/// quarter are the named ensembles; of all that it met on the way, those stay that no other beats in both score and work.
///
/// The names follow the selector, not the highest score on the validation rows: of many ensembles the one that happens to score highest
/// owes that partly to luck. An ensemble of the front that scores above `best` by such luck is not shown.
public enum EnsembleFront {
    /// Ensembles shown, the three named ones among them.
    public static let shownLimit = 12

    /// Builds the front.
    /// - Parameter limits: hold for every ensemble of it.
    /// - Returns: `best` (what the selector chooses), `balanced` (its choice at half the work of `best`, else the best single model) and
    ///   `fast` (its choice at a quarter of the work, else the cheapest model), in this order and always all three, even where they are
    ///   equal; then the other points of the front as `front-1`, `front-2`, … with rising work. Scores are exact.
    /// - Throws: as the selector does.
    public static func build(
        _ candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits = CostLimits(), seed: UInt64,
        selector: any EnsembleSelector = GreedySelection()
    ) throws -> EnsemblesDocument {
        let widest = try selector.select(from: candidates, truth: truth, metric: metric, limits: limits, seed: seed)
        var met = [widest.best] + widest.prefixes
        let singles = singles(candidates, truth: truth, metric: metric, limits: limits)
        let budgets = budgets(upTo: widest.best.msPerRow, from: singles.map(\.msPerRow).min() ?? .infinity)
        let series = try selector.selectSeries(
            from: candidates, truth: truth, metric: metric, limits: budgets.map { limits.tightened(by: CostLimits(msPerRow: $0)) }, seed: seed)
        for selection in series { met += [selection.best] + selection.prefixes }

        let points = exactFront(met + singles, candidates, truth, metric)
        return EnsemblesDocument(
            metric: metric.id, selector: selector.card.id, ensembles: named([widest.best] + series.map(\.best), points: points, singles: singles),
            notes: (widest.notes + series.flatMap(\.notes)).uniqued())
    }

    /// Those that no other beats in both score and work, cheapest first. Of equals the one with fewer members, then smaller memory, stays.
    public static func nonDominated(_ ensembles: [Ensemble]) -> [Ensemble] {
        let sorted = ensembles.sorted { one, other in
            if one.msPerRow != other.msPerRow { return one.msPerRow < other.msPerRow }
            if one.score != other.score { return one.score > other.score }
            if one.members.count != other.members.count { return one.members.count < other.members.count }
            if one.memoryBytes != other.memoryBytes { return one.memoryBytes < other.memoryBytes }
            return one.members.map(\.id).lexicographicallyPrecedes(other.members.map(\.id))
        }
        var front: [Ensemble] = []
        for ensemble in sorted where ensemble.score > front.last?.score ?? -.infinity { front.append(ensemble) }
        return front
    }

    // MARK: Parts

    /// Halves of the widest ensemble's work, down to the cheapest model: eight at most, rising.
    private static func budgets(upTo most: Double, from least: Double) -> [Double] {
        guard most.isFinite, least.isFinite, least < most else { return [] }
        var budgets: [Double] = []
        var budget = most / 2
        while budget >= least, budgets.count < 8 {
            budgets.append(budget)
            budget /= 2
        }
        return budgets.reversed() + [most]
    }

    /// Each usable model alone, where it keeps to the limits.
    private static func singles(_ candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits) -> [Ensemble] {
        let usable = candidates.filter { $0.predictions.allFinite && limits.allow(EnsembleCost($0.cost)) }.sorted { $0.id < $1.id }
        let scores = concurrently(usable.count) { metric.score(usable[$0].predictions, truth) }
        return zip(usable, scores).map { candidate, score in
            let cost = EnsembleCost(candidate.cost)
            return Ensemble(
                name: candidate.id, members: [Ensemble.Member(id: candidate.id, weight: 1)], score: score, latencyMs: cost.latencyMs,
                msPerRow: cost.msPerRow, memoryBytes: cost.memoryBytes, sizeBytes: cost.sizeBytes)
        }
    }

    /// The front by the scores on the way, thinned, then by exact scores.
    private static func exactFront(_ met: [Ensemble], _ candidates: [Candidate], _ truth: Dataset.Target, _ metric: Metric) -> [Ensemble] {
        let predictions = Dictionary(candidates.map { ($0.id, $0.predictions) }, uniquingKeysWith: { first, _ in first })
        return nonDominated(
            nonDominated(met).map { ensemble in
                var exact = ensemble
                let members = ensemble.members.sorted { $0.id < $1.id }.compactMap { member in predictions[member.id].map { (member.weight, $0) } }
                exact.score = metric.score(members.count == 1 ? members[0].1 : Predictions.weightedMean(members), truth)
                return exact
            })
    }

    /// - Parameter chosen: by the selector, without a budget first, then at rising budgets.
    private static func named(_ chosen: [Ensemble], points: [Ensemble], singles: [Ensemble]) -> [Ensemble] {
        // The last budget is that of the first one's work, and its run knows all the cheaper choices.
        guard let best = chosen.last else { return [] }
        let cheaper = chosen.dropFirst()
        let bestSingle = nonDominated(singles.filter { $0.msPerRow <= best.msPerRow }).last ?? best
        let balanced = cheaper.last { $0.msPerRow <= best.msPerRow / 2 } ?? bestSingle
        let fast = cheaper.last { $0.msPerRow <= best.msPerRow / 4 } ?? points.first ?? best
        var result = zip(["best", "balanced", "fast"], [best, balanced, fast]).map { name, ensemble in renamed(ensemble, name) }
        let taken = [best, balanced, fast].map(\.members)
        let others = points.filter { $0.msPerRow <= best.msPerRow && $0.score <= best.score && !taken.contains($0.members) }
        for (index, ensemble) in thinned(others, to: shownLimit - result.count).enumerated() { result.append(renamed(ensemble, "front-\(index + 1)")) }
        return result
    }

    private static func renamed(_ ensemble: Ensemble, _ name: String) -> Ensemble {
        var result = ensemble
        result.name = name
        return result
    }

    /// Evenly over the ranks, the first and the last kept.
    private static func thinned(_ points: [Ensemble], to limit: Int) -> [Ensemble] {
        guard points.count > limit, limit > 1 else { return points }
        return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
    }
}
