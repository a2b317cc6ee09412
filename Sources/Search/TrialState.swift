/// Where a trial stands. Raw values are Optuna's codes.
public enum TrialState: Int, Sendable, Hashable, Codable, CaseIterable {
    /// A worker holds it.
    case running = 0
    /// It has its final values.
    case complete = 1
    /// It was stopped, or waits at a rung where it may still be promoted; its last intermediate value counts.
    case pruned = 2
    /// It has no result.
    case failed = 3
    /// It is enqueued: its configuration, or a part of it, is fixed and no worker has it yet.
    case waiting = 4
}
