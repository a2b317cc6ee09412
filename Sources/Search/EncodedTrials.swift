import SearchSpaces
import Synchronization

/// The configurations of a study's trials as points of the unit cube, remembered from one suggestion to the next: looking up thousands of
/// names and taking logarithms would otherwise be the larger part of every suggestion.
///
/// A trial's configuration is fixed once it has started, so its point never changes. A memory, not a state: forgetting it changes no answer.
final class EncodedTrials: Sendable {
    private let space: SearchSpace
    /// By number; empty for a trial that had not started when it was last looked at.
    private let known = Mutex<[[Double]]>([])

    init(_ space: SearchSpace) { self.space = space }

    /// `[trials][parameters]`, for trials by number.
    func points(of trials: [Trial]) -> [[Double]] {
        known.withLock { known in
            // Another history than before (a replayed one, say) starts anew.
            if known.count > trials.count { known.removeAll() }
            for (number, trial) in trials.enumerated() {
                if number < known.count, !known[number].isEmpty { continue }
                let point = space.encode(trial.configuration)
                if number == known.count { known.append([]) }
                if trial.state == .waiting {
                    known[number] = []
                } else {
                    known[number] = point
                }
            }
            var points = known
            for number in points.indices where points[number].isEmpty { points[number] = space.encode(trials[number].configuration) }
            return points
        }
    }
}
