import Datasets
import Foundation
import Learning

/// The data of a run, read and divided: the same rows in the same order in every process that works on the run.
struct RunData: Sendable {
    /// All rows that the run may see, as they are learned from.
    let rows: Dataset
    /// The rows of the data that a part of a nested resampling leaves out: to judge the run by.
    let outerHoldout: Dataset?
    /// What is trained on and what is judged, once or several times.
    let divisions: [StratifiedSplit]
    /// Rows that are judged in some division, ascending: those of ``validation``.
    let judged: [Int]
    /// The rows that models are judged by, each by models that have not seen it.
    let validation: Dataset
    /// What every trial trains on where there is one division: selected once, for it may be most of a large data set.
    private let onlyTraining: Dataset?

    /// - Throws: `DatasetError`, ``TuttiError`` `.usage` where the plan does not fit the data.
    init(_ data: Dataset, plan: ResamplingPlan, seed: UInt64) throws {
        let applied = try plan.applied(to: data)
        var (seen, groups, times) = applied
        if let outer = plan.outer {
            let parts = try outer.resampling.splits(of: seen.target, rowCount: seen.rowCount, groups: groups, times: times, seed: seed)
            guard parts.indices.contains(outer.index) else {
                throw TuttiError(.badData, "the run is part \(outer.index) of \(outer.resampling), which has \(parts.count) parts: its run.json is damaged")
            }
            let part = parts[outer.index]
            outerHoldout = seen.selecting(rows: part.holdout)
            seen = seen.selecting(rows: part.training)
            groups = groups.map { groups in part.training.map { groups[$0] } }
            times = times.map { times in part.training.map { times[$0] } }
        } else {
            outerHoldout = nil
        }
        rows = seen
        divisions = try plan.resampling.splits(of: rows.target, rowCount: rows.rowCount, groups: groups, times: times, seed: seed)
        judged = Set(divisions.flatMap(\.holdout)).sorted()
        validation = rows.selecting(rows: judged)
        onlyTraining = divisions.count == 1 ? rows.selecting(rows: divisions[0].training) : nil
    }

    /// Rows to train on in a division.
    func training(_ division: Int) -> Dataset { onlyTraining ?? rows.selecting(rows: divisions[division].training) }
    /// Rows to judge in a division.
    func holdout(_ division: Int) -> Dataset { divisions.count == 1 ? validation : rows.selecting(rows: divisions[division].holdout) }
    /// Where the rows of a division's holdout stand among those of ``validation``.
    func positions(_ division: Int) -> [Int] {
        guard divisions.count > 1 else { return Array(judged.indices) }
        let places = Dictionary(uniqueKeysWithValues: zip(judged, judged.indices))
        return divisions[division].holdout.compactMap { places[$0] }
    }

    /// Reads the data of a run that exists.
    /// - Throws: `DatasetError`; ``TuttiError`` `.badData` where the data is not what the run began with.
    static func load(_ manifest: RunManifest) throws -> RunData {
        let data = try DatasetReader.read(URL(fileURLWithPath: manifest.source.path), options: manifest.source.options)
        guard data.fingerprint == manifest.fingerprint else {
            throw TuttiError(
                .badData,
                "'\(manifest.source.path)' has changed since the run began (fingerprint \(data.fingerprint), was \(manifest.fingerprint)); restore it, or begin a new run"
            )
        }
        return try RunData(data, plan: manifest.resampling, seed: manifest.seed)
    }
}

extension Dataset.Target {
    /// Rows whose answer is known.
    var knownCount: Int {
        switch self {
        case .classes(let labels, _): labels.count { $0 >= 0 }
        case .values(let values): values.count { !$0.isNaN }
        }
    }
}
