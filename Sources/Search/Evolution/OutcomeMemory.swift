import Synchronization

/// Outcomes and generations of trials, remembered from one suggestion to the next: reading the notes of thousands of trials anew would be the
/// larger part of every suggestion.
///
/// A memory, not a state: a trial that is no longer the same object is looked at again.
final class OutcomeMemory: Sendable {
    private struct Known {
        var directions: [Direction] = []
        var trials: [Trial] = []
        var entries: [Entry] = []
    }

    /// What evolution knows of a trial.
    struct Entry {
        /// Nil while it runs or waits.
        var outcome: Outcome?
        /// The generation it was proposed in.
        var generation: Int?
        /// The trials that competed before its generation; on the first of it only.
        var members: [ClosedRange<Int>]?

        init(_ trial: Trial, _ directions: [Direction]) {
            let notes = TrialNotes(trial)
            outcome = Outcome(trial, directions, notes)
            generation = notes.number(.generation)
            members = generation == nil ? nil : notes.ranges(.members)
        }
    }

    private let known = Mutex(Known())

    /// By trial.
    func entries(of context: SamplingContext) -> [Entry] {
        known.withLock { known in
            if known.directions != context.directions || known.trials.count > context.trials.count { known = Known(directions: context.directions) }
            for (number, trial) in context.trials.enumerated() {
                if number == known.trials.count {
                    known.trials.append(trial)
                    known.entries.append(Entry(trial, context.directions))
                } else if !known.trials[number].isIdentical(to: trial) {
                    known.trials[number] = trial
                    known.entries[number] = Entry(trial, context.directions)
                }
            }
            return known.entries
        }
    }
}
