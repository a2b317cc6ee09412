import Datasets
import Learning

/// A library made ready for selection: checked, without unusable candidates, in an order that does not depend on how it was given.
struct SelectionProblem: Sendable {
    let ids: [String]
    let costs: [EnsembleCost]
    let predictions: [Predictions]
    let truth: Dataset.Target
    let metric: Metric
    /// Exact score of each model alone.
    let singleScores: [Double]
    /// Rows that selection looks at: those with a known target, sampled where they are too many.
    let rows: [Int]
    let notes: [String]

    var count: Int { ids.count }
    var width: Int { predictions[0].width }

    init(_ candidates: [Candidate], truth: Dataset.Target, metric: Metric, seed: UInt64, rowLimit: Int) throws {
        guard !candidates.isEmpty else {
            throw EnsembleError(.noCandidates, "there is no model to select from; fit or import one first")
        }
        let sorted = candidates.sorted { $0.id < $1.id }
        try Self.check(sorted, truth: truth, metric: metric)
        let usable = sorted.filter(\.predictions.allFinite)
        var notes: [String] = []
        if usable.count < sorted.count {
            let dropped = sorted.filter { !$0.predictions.allFinite }.map(\.id)
            notes.append(
                "left out, predictions not finite: \(dropped.prefix(5).joined(separator: ", "))\(dropped.count > 5 ? " and \(dropped.count - 5) more" : "")")
        }
        guard !usable.isEmpty else {
            throw EnsembleError(.noCandidates, "none of the \(sorted.count) models has finite validation predictions; see their cards for what went wrong")
        }
        let known: [Int] =
            switch truth {
            case .classes(let labels, _): labels.indices.filter { labels[$0] >= 0 }
            case .values(let values): values.indices.filter { !values[$0].isNaN }
            }
        guard !known.isEmpty else {
            throw EnsembleError(.badData, "none of the \(truth.count) validation rows has a known target; selection needs some")
        }
        let singleScores = concurrently(usable.count) { metric.score(usable[$0].predictions, truth) }
        guard singleScores.allSatisfy({ !$0.isNaN }) else {
            throw EnsembleError(
                .badData, "\(metric.title) is not defined on the \(known.count) validation rows (is there only one class?); choose another metric")
        }
        ids = usable.map(\.id)
        costs = usable.map { EnsembleCost($0.cost) }
        predictions = usable.map(\.predictions)
        self.truth = truth
        self.metric = metric
        self.singleScores = singleScores
        if known.count > rowLimit {
            rows = sample(rowLimit, of: known, seed: seed)
            notes.append("selection looked at \(rowLimit) of \(known.count) validation rows; the score is over all of them")
        } else {
            rows = known
        }
        self.notes = notes
    }

    private static func check(_ sorted: [Candidate], truth: Dataset.Target, metric: Metric) throws {
        let width = sorted[0].predictions.width
        for (position, candidate) in sorted.enumerated() {
            if position > 0, sorted[position - 1].id == candidate.id {
                throw EnsembleError(.badData, "two candidates are called '\(candidate.id)'; ids must differ")
            }
            guard candidate.predictions.rowCount == truth.count, candidate.predictions.width == width else {
                throw EnsembleError(
                    .badData,
                    "model '\(candidate.id)' has predictions of \(candidate.predictions.rowCount) rows × \(candidate.predictions.width), "
                        + "expected \(truth.count) × \(width); "
                        + "all models of a library must predict the same validation rows")
            }
        }
        switch truth {
        case .classes(let labels, let names):
            guard !metric.kinds.contains(.regression) else {
                throw EnsembleError(.badData, "\(metric.title) measures values, but the target is classes; choose a classification metric")
            }
            guard width >= 2, width == names.count, labels.allSatisfy({ $0 < width }) else {
                throw EnsembleError(.badData, "predictions have \(width) columns, but the target has \(names.count) classes")
            }
        case .values:
            guard metric.kinds.contains(.regression), width == 1 else {
                throw EnsembleError(
                    .badData,
                    "the target is values; got the metric \(metric.title) and predictions of \(width) columns, expected a regression metric and 1 column")
            }
        }
    }

    // MARK: What compositions cost and score

    /// Added up in the order of the ids, so that equal ensembles have equal costs to the last bit.
    func cost(of composition: Composition) -> EnsembleCost {
        composition.entries.reduce(EnsembleCost()) { $0 + costs[$1.model] }
    }

    /// Exact: the metric itself, over all rows.
    func score(of composition: Composition) -> Double {
        if let only = composition.entries.first, composition.entries.count == 1 { return singleScores[only.model] }
        return metric.score(mean(of: composition), truth)
    }

    /// Whether one validates better than another by more than chance may be.
    func isClearlyBetter(_ one: Composition, than other: Composition) -> Bool {
        guard score(of: one) > score(of: other) else { return false }
        return PairedComparison(mean(of: one), mean(of: other), truth: truth, metric: metric).isClearlyBetter
    }

    private func mean(of composition: Composition) -> Predictions {
        Predictions.weightedMean(composition.entries.map { (Double($0.count), predictions[$0.model]) })
    }

    /// Models that keep to the limits alone.
    /// - Throws: ``EnsembleError`` `.nothingFits`.
    func fitting(_ limits: CostLimits) throws -> [Int] {
        for limit in [limits.latencyMs, limits.msPerRow, limits.memoryBytes.map(Double.init), limits.models.map(Double.init)] {
            if let limit, !(limit > 0) { throw EnsembleError(.nothingFits, "a limit of \(limit) leaves no room for any model; limits must be positive") }
        }
        let fitting = (0..<count).filter { limits.allow(costs[$0]) }
        guard !fitting.isEmpty else { throw limits.nothingFits(ids, costs) }
        return fitting
    }

    /// The best single model of some; the cheaper of equals.
    func bestSingle(of models: [Int]) -> Int {
        models.dropFirst().reduce(models[0]) { best, model in
            if singleScores[model] != singleScores[best] { return singleScores[model] > singleScores[best] ? model : best }
            return costs[model].isCheaper(than: costs[best]) ? model : best
        }
    }

    func ensemble(_ composition: Composition, name: String, score: Double) -> Ensemble {
        let cost = cost(of: composition)
        let total = Double(composition.total)
        let members = composition.entries.sorted { ($1.count, ids[$0.model]) < ($0.count, ids[$1.model]) }
        return Ensemble(
            name: name, members: members.map { Ensemble.Member(id: ids[$0.model], weight: Double($0.count) / total) }, score: score,
            latencyMs: cost.latencyMs, msPerRow: cost.msPerRow, memoryBytes: cost.memoryBytes, sizeBytes: cost.sizeBytes)
    }
}

/// Models and how often each was picked; the counts over their total are the weights.
struct Composition: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var model: Int
        var count: Int
    }

    /// Rising by model, counts positive.
    private(set) var entries: [Entry] = []

    init() {}
    init(single model: Int) { entries = [Entry(model: model, count: 1)] }

    var total: Int { entries.reduce(0) { $0 + $1.count } }
    var models: [Int] { entries.map(\.model) }
    func contains(_ model: Int) -> Bool { entries.contains { $0.model == model } }

    func adding(_ model: Int, count: Int = 1) -> Composition {
        var result = self
        if let index = entries.firstIndex(where: { $0.model >= model }) {
            if entries[index].model == model {
                result.entries[index].count += count
            } else {
                result.entries.insert(Entry(model: model, count: count), at: index)
            }
        } else {
            result.entries.append(Entry(model: model, count: count))
        }
        return result
    }

    func removing(_ model: Int) -> Composition {
        var result = self
        result.entries.removeAll { $0.model == model }
        return result
    }
}

/// Distinct elements by reservoir, in their own order.
private func sample(_ count: Int, of all: [Int], seed: UInt64) -> [Int] {
    var random = SplitMix64(seed: seed)
    var kept = Array(all.prefix(count))
    for index in count..<all.count {
        let place = Int.random(in: 0...index, using: &random)
        if place < count { kept[place] = all[index] }
    }
    return kept.sorted()
}
