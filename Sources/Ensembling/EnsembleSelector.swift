public import Datasets
public import Learning

/// A way to choose members and weights from a library, under limits.
///
/// To add one: a file with the algorithm, a file with its special tests, and its line in ``Selectors/all``.
public protocol EnsembleSelector: Sendable {
    var card: SelectorCard { get }

    /// Chooses an ensemble.
    ///
    /// The result does not depend on the order of `candidates`, keeps to `limits`, and scores at least as well on these rows as the best
    /// single model that keeps to them. A candidate whose predictions are not finite is left out, with a note.
    /// - Parameters:
    ///   - candidates: distinct ids, predictions for the rows of `truth`.
    ///   - seed: decides where the method samples; the same seed gives the same result.
    /// - Throws: ``EnsembleError`` `.noCandidates`, `.badData` where shapes or metric do not fit, `.nothingFits` where no model keeps to
    ///   the limits.
    func select(from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: CostLimits, seed: UInt64) throws -> Selection

    /// One selection for each of several limits, in their order, which should rise; a method may reuse earlier work.
    /// - Throws: as ``select(from:truth:metric:limits:seed:)``.
    func selectSeries(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: [CostLimits], seed: UInt64
    ) throws -> [Selection]
}

extension EnsembleSelector {
    public func selectSeries(
        from candidates: [Candidate], truth: Dataset.Target, metric: Metric, limits: [CostLimits], seed: UInt64
    ) throws -> [Selection] {
        try limits.map { try select(from: candidates, truth: truth, metric: metric, limits: $0, seed: seed) }
    }
}

/// What a selector found.
public struct Selection: Sendable, Hashable {
    /// The chosen ensemble, named `best`.
    public var best: Ensemble
    /// Every ensemble met on the way that keeps to the limits, in the order met, each once: material for a front.
    public var prefixes: [Ensemble]
    /// What a reader should know: candidates left out, rows sampled.
    public var notes: [String]

    public init(best: Ensemble, prefixes: [Ensemble], notes: [String] = []) {
        self.best = best
        self.prefixes = prefixes
        self.notes = notes
    }
}

/// Facts about a selector, for lists, docs and conformance tests.
public struct SelectorCard: Codable, Sendable, Hashable {
    /// Name in options: `greedy`.
    public var id: String
    public var name: String
    public var summary: String
    /// Paper that the algorithm comes from, and where ours differs.
    public var source: String
    /// The most candidates it can handle; nil for any number.
    public var maxCandidates: Int?

    public init(id: String, name: String, summary: String, source: String, maxCandidates: Int? = nil) {
        self.id = id
        self.name = name
        self.summary = summary
        self.source = source
        self.maxCandidates = maxCandidates
    }
}

/// The selectors there are.
public enum Selectors {
    /// With their usual settings, the default first.
    public static let all: [any EnsembleSelector] = [GreedySelection(), SingleBest(), ExhaustiveSelection()]

    /// - Throws: ``EnsembleError`` `.unknown` where no selector has this id.
    public static func make(_ id: String) throws -> any EnsembleSelector {
        guard let selector = all.first(where: { $0.card.id == id }) else {
            throw EnsembleError(.unknown, "no ensemble selector '\(id)'; choose one of \(all.map(\.card.id).joined(separator: ", "))")
        }
        return selector
    }
}
