/// The members of a generation.
struct CMAGeneration: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        var outcome: Outcome
        /// Its configuration, NaN where inactive.
        var point: [Double]

        static func == (left: Member, right: Member) -> Bool { left.outcome == right.outcome && Genome.isSame(left.point, right.point) }
    }

    var members: [Member]
}

/// The finished trials by the generation they formed.
struct CMAHistory {
    /// Generations that the distribution has learned from.
    private(set) var closed: [CMAGeneration] = []
    /// Finished members of the present one, by number.
    private(set) var open: [CMAGeneration.Member] = []

    init(_ context: SamplingContext) {
        let points = context.points
        // Members come before the trial that closes their generation, but they may have finished after it was proposed.
        var members: [[CMAGeneration.Member]] = []
        var ranges: [[ClosedRange<Int>]?] = []
        for (trial, point) in zip(context.trials, points) {
            let notes = TrialNotes(trial)
            guard let generation = notes.number(.generation), (0...members.count).contains(generation) else { continue }
            if generation == members.count {
                members.append([])
                ranges.append(notes.ranges(.members))
            }
            guard let outcome = Outcome(trial, context.directions, notes) else { continue }
            members[generation].append(CMAGeneration.Member(outcome: outcome, point: point))
        }
        for (generation, finished) in members.dropLast().enumerated() {
            let noted = ranges[generation + 1] ?? []
            // Mostly one range of all that finished.
            let isAll =
                noted.count == 1 && noted[0].count == finished.count && finished.first?.outcome.number == noted[0].lowerBound
                && finished.last?.outcome.number == noted[0].upperBound
            let chosen = isAll ? finished : finished.filter { member in noted.contains { $0.contains(member.outcome.number) } }
            closed.append(CMAGeneration(members: chosen))
        }
        open = members.last ?? []
    }
}
