import Datasets
import Foundation
import Learning

/// The data of a run, read and divided: the same rows in the same order in every process that works on the run.
struct RunData: Sendable {
    /// All rows, as they are learned from.
    let rows: Dataset
    /// What is trained on and what is judged, once or several times.
    let divisions: [StratifiedSplit]
    /// Rows that are judged in some division, ascending: those of ``validation``.
    let judged: [Int]
    /// The rows that models are judged by, each by models that have not seen it.
    let validation: Dataset

    /// - Throws: `DatasetError`, ``TuttiError`` `.usage` where the plan does not fit the data.
    init(_ data: Dataset, plan: ResamplingPlan, seed: UInt64) throws {
        let applied = try plan.applied(to: data)
        rows = applied.data
        divisions = try plan.resampling.splits(of: rows.target, rowCount: rows.rowCount, groups: applied.groups, times: applied.times, seed: seed)
        judged = Set(divisions.flatMap(\.holdout)).sorted()
        validation = rows.selecting(rows: judged)
    }

    /// Rows to train on in a division.
    func training(_ division: Int) -> Dataset { rows.selecting(rows: divisions[division].training) }
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
