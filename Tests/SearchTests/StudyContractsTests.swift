import Search
import SearchSpaces
import SearchTesting
import Testing

/// What samplers and schedulers may rely on beyond configurations and values.
@Suite struct StudyContractsTests {
    private static let space = SearchSpaceBox.space

    @Test func aSamplersNotesComeBackWithTheTrial() throws {
        let study = try Study(space: Self.space, sampler: Noting())
        for _ in 0..<3 { _ = try study.ask(worker: "w") }
        #expect(try study.trials().map(\.notes) == [["generation": 0], ["generation": 1], ["generation": 2]])
    }

    @Test func constraintsAreKeptByNameAndAddUp() throws {
        let study = try Study(space: Self.space)
        let job = try #require(try study.ask(worker: "w").job)
        #expect(throws: SearchError.self) { try study.tell(job, [1], constraints: ["memory": .nan]) }
        try study.tell(job, [1], constraints: ["memory": 2.5, "latency": -1])
        let trial = try study.trials()[0]
        #expect(trial.constraints == ["memory": 2.5, "latency": -1])
        #expect(trial.violation == 2.5)
        #expect(Front.order([[1], [0], [3]], violations: [0, 2, 0]) == [0, 2, 1])
    }

    @Test func aSchedulerMayBreedATrialFromAnothers() throws {
        let study = try Study(space: Self.space, scheduler: Breeding())
        let first = try #require(try study.ask(worker: "w").job)
        try study.tell(first, 1)
        let child = try #require(try study.ask(worker: "w").job)
        #expect(child.parent == 0 && child.configuration == ["x": 0.25])
        #expect(try study.trials()[1].notes == ["step": 1])
    }

    @Test func pointsAreThoseOfTheSpaceAlsoWhenRemembered() throws {
        let study = try Study(space: try StudyStoreConformance.space(), sampler: RandomSampler())
        try study.enqueue(["rate": 0.5])
        let probe = Collected<[[Double]]>()
        for _ in 0..<6 {
            let job = try #require(try study.ask(worker: "w").job)
            try study.tell(job, 1)
            let trials = try study.trials()
            probe.add(SamplingContext(space: study.space, trials: trials, number: trials.count, seed: 0).points)
            let remembered = study.points(of: trials)
            for (trial, point) in zip(trials, remembered) {
                #expect(zip(point, study.space.encode(trial.configuration)).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
            }
        }
        #expect(probe.items.last?.count == 6)
    }
}

private enum SearchSpaceBox {
    static let space: SearchSpace = {
        guard let space = try? SearchSpace([.float("x", 0...1)]) else { preconditionFailure("a valid space") }
        return space
    }()
}

private struct Noting: Sampler {
    static let card = SamplerCard(id: "noting", name: "", summary: "", abilities: [], source: "") { _ in Noting() }
    func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }
    func propose(_ context: SamplingContext) throws -> Proposal? {
        Proposal(["x": 0.5], notes: ["generation": .integer(context.trials.compactMap { try? $0.notes.integer("generation") }.count)])
    }
}

private struct Breeding: TrialScheduler {
    static let card = SchedulerCard(id: "breeding", name: "", summary: "", abilities: [], source: "") { _ in Breeding() }
    var maximumFidelity: Int? { nil }
    func decide(_ context: SchedulingContext) -> SchedulingDecision {
        context.trials.isEmpty ? .start(fidelity: nil) : .breed(Proposal(["x": 0.25], notes: ["step": 1]), parent: 0, fidelity: nil)
    }
}
