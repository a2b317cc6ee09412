public import Datasets
public import Learning

/// The best single model: what any ensemble has to beat.
public struct SingleBest: EnsembleSelector {
    public init() {}

    public var card: SelectorCard {
        SelectorCard(
            id: "single", name: "Single best", summary: "The model with the best validation score that keeps to the limits; no ensemble.",
            source: "The baseline of every study of ensembles.")
    }

    public func select(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits, seed: UInt64
    ) throws -> Selection {
        let problem = try SelectionProblem(candidates, truth: truth, metric: metric, seed: seed, rowLimit: .max)
        let best = problem.bestSingle(of: try problem.fitting(limits))
        let ensemble = problem.ensemble(Composition(single: best), name: "best", score: problem.singleScores[best])
        return Selection(best: ensemble, prefixes: [ensemble], notes: problem.notes)
    }
}
