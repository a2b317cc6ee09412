public import SearchSpaces

extension PopulationBasedTraining {
    /// A stretch of training with fixed values.
    public struct Segment: Sendable, Hashable {
        /// The trial that trained it.
        public var trial: Int
        /// Where it began; 0 for a fresh model.
        public var from: Int
        public var to: Int
        public var configuration: Configuration

        public init(trial: Int, from: Int, to: Int, configuration: Configuration) {
            self.trial = trial
            self.from = from
            self.to = to
            self.configuration = configuration
        }
    }

    /// The schedule that led to a trial's model, first segment first: training a fresh model by it replays the trial.
    ///
    /// - Parameter trials: All trials of the study by number.
    public static func schedule(of trial: Trial, in trials: [Trial]) -> [Segment] {
        var segments: [Segment] = []
        var current = trial
        var end = trial.progress.results.last?.fidelity ?? trial.progress.fidelity ?? 0
        while true {
            let parent = current.progress.parent.flatMap { trials.indices.contains($0) && $0 < current.number ? trials[$0] : nil }
            let from = parent == nil ? 0 : current.notes[fromNote]?.wholeNumber ?? 0
            segments.append(Segment(trial: current.number, from: from, to: end, configuration: current.configuration))
            guard let parent else { return segments.reversed() }
            (current, end) = (parent, from)
        }
    }
}
