import Datasets
import Foundation
import Learning

/// The data of a run, read and split: the same rows in the same order in every process that works on the run.
struct RunData: Sendable {
    var training: Dataset
    var validation: Dataset

    /// Rows held out for validation: the share falls with the number of rows, because what counts is how many there are.
    static func validationShare(rowCount: Int) -> Double {
        let wanted = 6000.0
        return min(0.25, max(0.1, wanted / Double(max(rowCount, 1))))
    }

    static func split(_ data: Dataset, seed: UInt64) -> RunData {
        let split = StratifiedSplit(of: data, holdout: validationShare(rowCount: data.rowCount), seed: seed)
        return RunData(training: data.selecting(rows: split.training), validation: data.selecting(rows: split.holdout))
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
        return split(data, seed: manifest.seed)
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
