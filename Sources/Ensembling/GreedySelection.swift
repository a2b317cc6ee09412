public import Datasets
public import Learning

/// Greedy forward selection with replacement, under limits on cost.
///
/// Starting from nothing, each round adds the model that makes the mean best; models may be picked again, and their counts become weights.
/// The best prefix is kept. Under limits, only models that keep the ensemble within them can be picked, and the run is made twice, by gain
/// and by gain per extra cost, since either alone can be arbitrarily bad; then members are dropped and swapped while that helps.
///
/// Source: Caruana et al., "Ensemble selection from libraries of models", ICML 2004. Ours adds limits, the second rule, the repair, and for
/// metrics on hard labels the softened guide (``Guide``).
public struct GreedySelection: EnsembleSelector {
    /// What the picks are guided by; the metric judges what comes out of it in any case.
    ///
    /// Accuracy in steps of one row is noise to climb on. Softened, a row counts by its margin (the true class's probability less the best
    /// other one's): from 0 at -``softness`` to 1 at +``softness``. On made libraries of 60 to 100 models (12 settings: 2 to 10 classes,
    /// 300 to 6,000 validation rows, calibrated to overconfident), accuracy on held-out rows was 0.3 to 1.0 points above that of selecting
    /// on accuracy itself, and 0.1 to 3.8 points above selecting on log loss, which shuns the low confidence of a mean. Bagged selection
    /// on accuracy was better than softened in one setting of the twelve, and took about one and a half times the members.
    public enum Guide: String, Codable, Sendable, Hashable, CaseIterable {
        /// The metric, ties broken by its smooth companion.
        case metric
        /// The metric's smooth companion: log loss for classes, squared error for values.
        case smooth
        /// Accuracy and balanced accuracy by margins; other metrics as they are.
        case softened
    }

    /// Margin at which a softened row counts fully. A half did as well in the same trials; twice fell off where there are ten classes.
    static let softness: Float = 0.2

    /// Picks, the same model picked again included.
    public var rounds: Int
    /// Rounds without a new best prefix after which a run ends.
    public var patience: Int
    public var guide: Guide
    /// Models that a run picks from: the best ones alone of those that keep to its limits. The rest of a large library was stopped early
    /// for a reason.
    public var modelLimit: Int
    /// Validation rows that selection looks at; more are sampled.
    public var rowLimit: Int
    /// When a run takes what it has found so far; nil for never. Results then depend on the machine's speed where it passes.
    public var deadline: Deadline?

    public init(rounds: Int = 50, patience: Int = 12, guide: Guide = .softened, modelLimit: Int = 100, rowLimit: Int = 100_000) {
        self.rounds = max(1, rounds)
        self.patience = max(1, patience)
        self.guide = guide
        self.modelLimit = max(1, modelLimit)
        self.rowLimit = max(1, rowLimit)
    }

    public var card: SelectorCard {
        SelectorCard(
            id: "greedy", name: "Greedy selection",
            summary: "Adds, \(rounds) times, the model that helps the mean most; keeps the best prefix and the limits.",
            source: "Caruana et al., Ensemble selection from libraries of models, ICML 2004; ours adds limits, gain per cost, drops and swaps.")
    }

    public func select(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits, seed: UInt64
    ) throws -> Selection {
        try selectSeries(from: candidates, truth: truth, metric: metric, limits: [limits], seed: seed)[0]
    }

    /// Each selection starts also from the one before, and is never clearly worse than it where its limits are wider.
    public func selectSeries(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: [CostLimits], seed: UInt64
    ) throws -> [Selection] {
        let problem = try SelectionProblem(candidates, truth: truth, metric: metric, seed: seed, rowLimit: rowLimit)
        let search = GreedySearch(problem, settings: self)
        var previous: Composition?
        return try limits.map { limits in
            let fitting = try problem.fitting(limits)
            let start = previous.flatMap { limits.allow(problem.cost(of: $0)) ? $0 : nil }
            let steps = search.run(fitting: fitting, limits: limits, startingFrom: start)
            var best = search.best(of: steps, fitting: fitting)
            // The guide may rise while the metric falls.
            if let start, problem.isClearlyBetter(start, than: best) { best = start }
            previous = best
            let prefixes = steps.map { problem.ensemble($0.composition, name: "best", score: $0.score) }
            return Selection(
                best: problem.ensemble(best, name: "best", score: problem.score(of: best)), prefixes: prefixes,
                notes: problem.notes + (isLate ? ["the time limit ended the selection early"] : []))
        }
    }

    var isLate: Bool { deadline?.hasPassed ?? false }

    func guidingMetric(for metric: Metric) -> Metric { guide == .smooth ? metric.tieBreaker : metric }

    func softness(for metric: Metric) -> Float {
        guide == .softened && (metric == .accuracy || metric == .balancedAccuracy) ? Self.softness : 0
    }
}
