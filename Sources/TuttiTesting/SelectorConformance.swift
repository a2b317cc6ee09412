public import Datasets
public import Ensembling
import Foundation
public import Learning

/// What every ensemble selector must keep to, as checks to run on any of them.
///
/// ```swift
/// @Test(arguments: Selectors.all.map(\.card.id), 0..<3)
/// func conforms(id: String, seed: Int) throws {
///     #expect(try SelectorConformance.violations(of: Selectors.make(id), seed: UInt64(seed)) == [])
/// }
/// ```
public enum SelectorConformance {
    /// What a selector does wrong on made libraries of one seed, a sentence each; empty where it conforms.
    /// - Throws: what the selector throws where it should not.
    public static func violations(of selector: any EnsembleSelector, seed: UInt64) throws -> [String] {
        var found: [String] = []
        let models = min(selector.card.maxCandidates ?? 10, 10) * 3 / 5
        for metric in [Metric.logLoss, .accuracy, .auc, .rmse] {
            let library = ToyLibrary(models: models, rows: 64, classes: metric == .rmse ? 1 : 3, seed: seed)
            let name = "\(selector.card.id), \(metric), seed \(seed)"
            found += try violations(of: selector, library, metric, seed).map { "\(name): \($0)" }
        }
        if selector.card.id.isEmpty || selector.card.summary.isEmpty || selector.card.source.isEmpty { found.append("the card has empty fields") }
        return found
    }

    private static func violations(of selector: any EnsembleSelector, _ library: ToyLibrary, _ metric: Metric, _ seed: UInt64) throws -> [String] {
        var found: [String] = []
        func select(_ candidates: [Candidate], _ limits: CostLimits = CostLimits()) throws -> Selection {
            try selector.select(from: candidates, truth: library.truth, metric: metric, limits: limits, seed: seed)
        }
        let free = try select(library.candidates)
        if try select(library.candidates.reversed()) != free { found.append("the order of the candidates changes the result") }
        if try select(library.candidates) != free { found.append("the same seed gives another result") }

        let work = library.candidates.map(\.cost.msPerRow).sorted()
        let limits =
            [CostLimits()] + work.map { CostLimits(msPerRow: $0 * 1.5) } + [
                CostLimits(latencyMs: 4), CostLimits(memoryBytes: 2_500_000), CostLimits(models: 1), CostLimits(latencyMs: 6, models: 2),
            ]
        for limits in limits {
            let selection = try select(library.candidates, limits)
            for ensemble in [selection.best] + selection.prefixes where !limits.allow(ensemble) { found.append("\(ensemble) breaks \(limits)") }
            found += library.slips(in: selection.best, metric)
            let chosen = library.predictions(of: selection.best)
            let singles = library.candidates.filter { limits.allow(library.ensemble([$0.id: 1], metric)) }
            if singles.contains(where: { PairedComparison($0.predictions, chosen, truth: library.truth, metric: metric).isClearlyBetter }) {
                found.append("clearly worse than a single model that keeps to \(limits)")
            }
        }
        let series = try selector.selectSeries(
            from: library.candidates, truth: library.truth, metric: metric, limits: work.map { CostLimits(msPerRow: $0 * 1.5) }, seed: seed)
        if series.count != work.count { found.append("a series of \(work.count) limits gave \(series.count) selections") }

        let broken = Candidate(
            id: "broken",
            predictions: Predictions(width: library.candidates[0].predictions.width, values: library.candidates[0].predictions.values.map { _ in .nan }),
            cost: Cost())
        let without = try select(library.candidates + [broken])
        if without.best != free.best || without.notes.isEmpty {
            found.append("a model whose predictions are not finite changes the result or goes without a note")
        }

        do {
            _ = try select(library.candidates, CostLimits(latencyMs: 1e-9))
            found.append("a limit that nothing keeps to throws no error")
        } catch let error as EnsembleError where error.code == .nothingFits {}
        do {
            _ = try select([])
            found.append("an empty library throws no error")
        } catch let error as EnsembleError where error.code == .noCandidates {}
        return found
    }
}

/// A made library: models that share a part of their errors, of many strengths and prices.
public struct ToyLibrary: Sendable {
    public var candidates: [Candidate]
    public var truth: Dataset.Target

    /// - Parameter classes: 1 for a regression.
    public init(models: Int, rows: Int, classes: Int, seed: UInt64) {
        var random = ToyRandom(state: seed &+ 1)
        let labels = (0..<rows).map { _ in Int32.random(in: 0..<Int32(classes), using: &random) }
        let values = (0..<rows).map { _ in random.normal() * 3 }
        let shared = (0..<(rows * classes)).map { _ in random.normal() }
        candidates = (0..<models).map { model in
            let strength = Double.random(in: 0.5...2.5, using: &random)
            var output = [Float](repeating: 0, count: rows * classes)
            for row in 0..<rows {
                let logits = (0..<classes).map { column in
                    (labels[row] == Int32(column) ? strength : 0) + shared[row * classes + column] * 0.7 + random.normal() * 0.9
                }
                let total = logits.reduce(0) { $0 + exp($1) }
                for column in 0..<classes {
                    output[row * classes + column] = classes == 1 ? Float(values[row] + logits[0] / strength) : Float(exp(logits[column]) / total)
                }
            }
            let ms = exp(Double.random(in: -1...1.5, using: &random))
            return Candidate(
                id: "model-\(model)", predictions: Predictions(width: classes, values: output),
                cost: Cost(latencyMs: [1: ms, 32: ms * 16], memoryBytes: Int(ms * 1_000_000), sizeBytes: Int(ms * 500_000)))
        }
        truth = classes == 1 ? .values(values) : .classes(labels, names: (0..<classes).map { "class \($0)" })
    }

    /// The ensemble with some weights, scored and priced the plain way.
    public func ensemble(_ weights: [String: Double], _ metric: Metric, name: String = "plain") -> Ensemble {
        let used = candidates.filter { weights[$0.id] != nil }.sorted { $0.id < $1.id }
        let mean = Predictions.weightedMean(used.map { (weights[$0.id] ?? 0, $0.predictions) })
        return Ensemble(
            name: name, members: used.map { Ensemble.Member(id: $0.id, weight: weights[$0.id] ?? 0) }, score: metric.score(mean, truth),
            latencyMs: used.reduce(0) { $0 + $1.cost.singleRowMs }, msPerRow: used.reduce(0) { $0 + $1.cost.msPerRow },
            memoryBytes: used.reduce(0) { $0 + $1.cost.memoryBytes }, sizeBytes: used.reduce(0) { $0 + $1.cost.sizeBytes })
    }

    /// What an ensemble of the library predicts.
    public func predictions(of ensemble: Ensemble) -> Predictions {
        let weights = Dictionary(ensemble.members.map { ($0.id, $0.weight) }, uniquingKeysWith: { first, _ in first })
        return .weightedMean(candidates.compactMap { candidate in weights[candidate.id].map { ($0, candidate.predictions) } })
    }

    /// Where an ensemble is not what it says: weights, order of members, score or costs.
    public func slips(in ensemble: Ensemble, _ metric: Metric) -> [String] {
        var found: [String] = []
        if Set(ensemble.members.map(\.id)).count != ensemble.members.count { found.append("a member occurs twice in \(ensemble)") }
        if abs(ensemble.members.reduce(0) { $0 + $1.weight } - 1) > 1e-9 { found.append("weights do not sum to 1 in \(ensemble)") }
        if zip(ensemble.members, ensemble.members.dropFirst()).contains(where: { $0.weight < $1.weight }) { found.append("weights do not fall in \(ensemble)") }
        let plain = self.ensemble(Dictionary(uniqueKeysWithValues: ensemble.members.map { ($0.id, $0.weight) }), metric)
        for (got, expected, what) in [
            (ensemble.score, plain.score, "score"), (ensemble.latencyMs, plain.latencyMs, "latency"), (ensemble.msPerRow, plain.msPerRow, "work"),
            (Double(ensemble.memoryBytes), Double(plain.memoryBytes), "memory"), (Double(ensemble.sizeBytes), Double(plain.sizeBytes), "size"),
        ] where abs(got - expected) > 1e-6 * max(1, abs(expected)) { found.append("\(what) is \(got), computed plainly \(expected)") }
        return found
    }
}

/// Reproducible numbers for made data.
struct ToyRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Nearly normal: the sum of twelve uniforms.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) } }
}
