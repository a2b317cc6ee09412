public import Datasets
public import Learning

/// Every ensemble of a small library: the oracle that other selectors are tested against, and exact where it can be used.
///
/// Tries all ways to pick up to ``picks`` models with replacement that keep to the limits: `C(models + picks, picks)` evaluations.
public struct ExhaustiveSelection: EnsembleSelector {
    /// The largest number of picks, replacements counted.
    public var picks: Int

    public init(picks: Int = 4) { self.picks = max(1, picks) }

    public var card: SelectorCard {
        SelectorCard(
            id: "exhaustive", name: "Exhaustive", summary: "All ensembles of up to \(picks) picks from at most \(Self.maxCandidates) models; exact and slow.",
            source: "Enumeration; the test oracle.", maxCandidates: Self.maxCandidates)
    }

    private static let maxCandidates = 12

    public func select(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits, seed: UInt64
    ) throws -> Selection {
        guard candidates.count <= Self.maxCandidates else {
            throw EnsembleError(.tooMany, "exhaustive selection takes at most \(Self.maxCandidates) models, got \(candidates.count); use the selector 'greedy'")
        }
        let problem = try SelectionProblem(candidates, truth: truth, metric: metric, seed: seed, rowLimit: .max)
        let fitting = try problem.fitting(limits)
        let models = PackedModels(problem, metric: metric)
        var best = Composition(single: problem.bestSingle(of: fitting))
        var bestScore = models.score(best)
        let tolerance = models.tolerance
        var prefixes: [Composition] = []
        func extend(_ composition: Composition, from first: Int) {
            for index in first..<fitting.count {
                let larger = composition.adding(fitting[index])
                guard limits.allow(problem.cost(of: larger)) else { continue }
                let score = models.score(larger)
                let gain = score - bestScore
                if gain > tolerance || (gain > -tolerance && problem.cost(of: larger).isCheaper(than: problem.cost(of: best))) {
                    best = larger
                    bestScore = max(score, bestScore)
                    prefixes.append(larger)
                }
                if larger.total < picks { extend(larger, from: index) }
            }
        }
        extend(Composition(), from: 0)
        let single = problem.bestSingle(of: fitting)
        var exact = problem.score(of: best)
        if problem.singleScores[single] > exact {
            best = Composition(single: single)
            exact = problem.singleScores[single]
        }
        let ensembles = ([Composition(single: single)] + prefixes).uniqued().map { problem.ensemble($0, name: "best", score: problem.score(of: $0)) }
        return Selection(best: problem.ensemble(best, name: "best", score: exact), prefixes: ensembles, notes: problem.notes)
    }
}

extension Array where Element: Hashable {
    /// The first of each, in order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
