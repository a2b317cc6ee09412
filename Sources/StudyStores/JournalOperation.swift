import Foundation

/// The operations of Optuna's journal, one a line.
enum JournalOperation: Int {
    case createStudy = 0
    case deleteStudy = 1
    case setStudyUserAttribute = 2
    case setStudySystemAttribute = 3
    case createTrial = 4
    case setTrialParameter = 5
    case setTrialState = 6
    case setTrialIntermediateValue = 7
    case setTrialUserAttribute = 8
    case setTrialSystemAttribute = 9
    case discardTrials = 10

    /// System attribute of a trial that waits at a rung: since when, or null when it has gone on.
    static let pausedKey = "tutti:paused"
    static let heartbeatKey = "tutti:heartbeat"
    private static let workerPrefix = "tutti-"
    private static let removalKey = "tutti_removed"

    /// A name for what one process writes.
    static func newWorker() -> String { workerPrefix + UUID().uuidString.lowercased() }

    static func isOurs(_ line: JournalJSON) -> Bool { line["worker_id"]?.string?.hasPrefix(workerPrefix) ?? false }

    /// Whether an attribute is to be removed, for which Optuna has no operation: it sees null.
    static func isRemoval(_ line: JournalJSON) -> Bool { line[removalKey] != nil }

    /// A line with fields that are JSON already.
    func line(_ worker: String, _ fields: [(name: String, json: String)]) -> String {
        let all = [("op_code", "\(rawValue)"), ("worker_id", JournalJSON.text(worker))] + fields
        return "{" + all.map { "\(JournalJSON.text($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    /// The line that removes an attribute, or sets one.
    func line(_ worker: String, trial: Int, _ field: String, _ key: String, _ json: String?) -> String {
        var fields = [("trial_id", "\(trial)"), (field, "{\(JournalJSON.text(key)):\(json.map(JournalJSON.line) ?? "null")}")]
        if json == nil { fields.append((Self.removalKey, "true")) }
        return line(worker, fields)
    }
}
