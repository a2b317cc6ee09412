import Foundation
import Search
import SearchSpaces

/// A transaction that keeps what is written in memory until its store writes it down in one go.
///
/// A trial that is appended and then changed costs one insertion, and nothing has to be undone in the store when the body throws.
final class BufferedTransaction: StudyTransaction {
    let now: Date
    private(set) var trials: [Trial]
    /// How many trials there were; those from here on are new.
    let initialCount: Int
    /// What the replaced trials were before, by number.
    private(set) var originals: [Int: Trial] = [:]

    init(_ trials: consuming [Trial], now: Date) {
        initialCount = trials.count
        self.trials = trials
        self.now = now
    }

    /// The trials that differ from before, with what they were; nil for new ones. By rising number.
    var changes: [(trial: Trial, original: Trial?)] {
        var changes: [(trial: Trial, original: Trial?)] = []
        for number in originals.keys.sorted() {
            if let original = originals[number], original != trials[number] { changes.append((trials[number], original)) }
        }
        for trial in trials[initialCount...] { changes.append((trial, nil)) }
        return changes
    }

    func append(_ trial: Trial) throws -> Int {
        var trial = trial
        trial.number = trials.count
        trials.append(trial)
        return trial.number
    }

    func replace(_ trial: Trial) throws {
        guard trials.indices.contains(trial.number) else {
            throw SearchError(.unknownTrial, "There is no trial \(trial.number) to replace.", trial: trial.number)
        }
        if trial.number < initialCount, originals[trial.number] == nil { originals[trial.number] = trials[trial.number] }
        trials[trial.number] = trial
    }

    /// The trials as they were.
    func rollBack() {
        for (number, original) in originals { trials[number] = original }
        trials.removeLast(trials.count - initialCount)
    }

    /// Hands the trials back; the transaction is over.
    func finish() -> [Trial] {
        defer { trials = [] }
        return trials
    }
}
