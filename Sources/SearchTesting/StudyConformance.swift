public import Search
public import SearchSpaces
import Testing

/// What every allowed combination of a sampler, a scheduler and a store must do. Run it over `pairs()` and a store of each kind.
///
/// One course of events stands for many: two jobs at a time, duplicates that were enqueued, failures, infinities, values that are not
/// numbers, and workers that vanish. It ends; every configuration is one of the space's; and it comes out the same when it is done again,
/// in any store, by processes that each take over after a few jobs.
public enum StudyConformance {
    /// A sampler with a scheduler.
    public struct Pair: Sendable, CustomStringConvertible {
        public var sampler: SamplerCard
        public var scheduler: SchedulerCard
        /// How many objectives a study of the pair may have at most.
        public var objectives: Int

        public var description: String { "\(sampler.id) × \(scheduler.id)" }
    }

    /// Opens one store, again and again: what another process would see.
    public typealias Opening = () throws -> any StudyStore

    /// The pairs that `Compatibility` allows, and every scheduler that chooses by itself, with the sampler that it never asks.
    public static func pairs(_ samplers: [SamplerCard] = Samplers.all, _ schedulers: [SchedulerCard] = Schedulers.all) -> [Pair] {
        schedulers.flatMap { scheduler in
            let choosesItself = scheduler.abilities.contains(.bringsSampler)
            let partners = choosesItself ? Array(samplers.prefix(1)) : samplers
            return partners.compactMap { sampler in
                func allows(_ objectives: Int) -> Bool {
                    choosesItself
                        ? objectives == 1 || scheduler.abilities.contains(.multiObjective)
                        : Compatibility.check(sampler, with: scheduler, objectives: objectives).isCompatible
                }
                return allows(1) ? Pair(sampler: sampler, scheduler: scheduler, objectives: allows(2) ? 2 : 1) : nil
            }
        }
    }

    /// Everything, on spaces of all kinds, each as a study of one store that is empty at first.
    public static func all(_ pair: Pair, trials: Int, seed: UInt64, _ open: Opening) throws {
        let spaces = [
            try StudyStoreConformance.space(), try SearchSpace([.integer("only", 3...3), .constant("k", "v")]), try RandomSpaces.space(seed: seed),
        ]
        for (index, space) in spaces.enumerated() {
            for objectives in 1...pair.objectives {
                try resumingChangesNothing(pair, space, objectives: objectives, trials: trials, seed: seed, as: "space \(index), \(objectives)", open)
            }
        }
        try earlierStudiesAreLearnedFrom(pair, trials: trials, seed: seed, as: "earlier", open)
    }

    /// A study that is taken over in its middle, more than once and in any store, comes out as one in memory that was not interrupted.
    public static func resumingChangesNothing(
        _ pair: Pair, _ space: SearchSpace, objectives: Int = 1, trials: Int, seed: UInt64, as name: String = "study", _ open: Opening
    ) throws {
        let memory = InMemoryStore()
        let whole = try Course(pair, space, objectives: objectives, trials: trials, seed: seed).run { memory }
        let again = try Course(pair, space, objectives: objectives, trials: trials, seed: seed, name: name, asksPerProcess: 7).run(open)
        let difference = zip(whole, again).first { $0 != $1 }
        #expect(
            difference == nil && whole.count == again.count,
            "\(pair.description), \(objectives) objectives, seed \(seed): \(whole.count) and \(again.count) trials, \(difference.map { "\($0)" } ?? "the same")"
        )
    }

    /// A random space is respected from beginning to end.
    ///
    /// - Parameter seed: Of the space, and of the study.
    public static func randomSpaceIsRespected(_ pair: Pair, objectives: Int = 1, trials: Int, seed: UInt64) throws {
        let store = InMemoryStore()
        _ = try Course(pair, RandomSpaces.space(seed: seed), objectives: objectives, trials: trials, seed: seed).run { store }
    }

    /// A study of a larger space begins with what one of a smaller space has found.
    public static func earlierStudiesAreLearnedFrom(_ pair: Pair, trials: Int, seed: UInt64, as name: String = "study", _ open: Opening) throws {
        let small = try SearchSpace([.float("x", 0...1), .categorical("c", ["a", "b"]), .integer("n", 1...4)])
        let large = try SearchSpace([
            .float("x", -1...2), .categorical("c", ["z", "a", "b"]), .integer("n", 3...9), .float("new", 1e-3...1, log: true),
            .integer("child", 1...3).when("c", .equals("z")),
        ])
        let earlier = try Study(space: small, sampler: RandomSampler(), seed: seed)
        try earlier.optimize(trials: 6) { try $0.float("x") }
        let course = Course(pair, large, objectives: 1, trials: trials, seed: seed, name: name)
        _ = try course.run(open) { study in
            try study.warmStart(from: earlier.trials(), best: 2)
            for trial in try earlier.trials() {
                guard let configuration = try? large.complete(trial.configuration), (try? large.validate(configuration)) != nil else { continue }
                try study.add(configuration, values: trial.values)
            }
        }
    }
}

/// One study from its beginning to its end.
private struct Course {
    private let pair: StudyConformance.Pair
    private let definition: StudyDefinition
    private let trials: Int
    /// After so many questions for a job the store is opened anew; nil for never.
    private let asksPerProcess: Int?

    init(
        _ pair: StudyConformance.Pair, _ space: SearchSpace, objectives: Int, trials: Int, seed: UInt64, name: String = "study", asksPerProcess: Int? = nil
    ) {
        self.pair = pair
        self.trials = trials
        self.asksPerProcess = asksPerProcess
        definition = StudyDefinition(
            name: name, space: space, directions: Array([.minimize, .maximize].prefix(objectives)), seed: seed, sampler: AlgorithmChoice(pair.sampler.id),
            scheduler: AlgorithmChoice(pair.scheduler.id))
    }

    private var title: String { "\(pair.description), \(definition.directions.count) objectives, seed \(definition.seed)" }

    /// - Returns: A line for each trial, with all that does not depend on the clock.
    func run(_ open: StudyConformance.Opening, preparing: (Study) throws -> Void = { _ in }) throws -> [String] {
        var study = try Study.create(definition, in: open())
        try preparing(study)
        // The same thing twice, and a part of a configuration; where the space forbids it, that is said at once.
        let first = definition.space.defaultConfiguration
        for wish in [first, first, Configuration(first.suffix(1).map { ($0.name, $0.value) })] {
            do {
                try study.enqueue(wish)
            } catch let error as SearchSpaceError {
                #expect(error.code == .forbidden && (wish != first || definition.space.isForbidden(first)), "\(title): \(error)")
            }
        }
        var held: [Job] = []
        var asked = 0
        while true {
            if let asksPerProcess, asked % asksPerProcess == asksPerProcess - 1 { study = try Study.open(definition.name, in: open()) }
            guard asked < 60 * trials else {
                Issue.record("\(title): the study does not end")
                break
            }
            // A name of its own for each job, so that one can vanish alone.
            let offer = try study.ask(worker: "worker \(asked)", limit: trials)
            asked += 1
            if case .job(let job) = offer {
                #expect(throws: Never.self, "\(title), trial \(job.trial): \(job.configuration)") { try definition.space.validate(job.configuration) }
                held.append(job)
                if held.count < 2 { continue }
            }
            if held.isEmpty {
                if case .wait = offer { Issue.record("\(title): waits for nobody") }
                break
            }
            try finish(held.removeFirst(), study)
        }
        let all = try study.trials()
        check(all)
        return all.map(line)
    }

    private func finish(_ job: Job, _ study: Study) throws {
        switch (job.trial * 7 + job.attempt) % 13 {
        case 0: return try study.fail(job, reason: "on purpose")
        case 1: return try study.tell(job, definition.directions.map { _ in .infinity })
        case 2: return try study.tell(job, definition.directions.map { _ in -.infinity })
        case 3: return try study.tell(job, definition.directions.map { _ in .nan })
        case 4:
            try study.releaseJobs(ofWorker: job.worker, retries: 1)
            return
        default: break
        }
        let value = Double(job.configuration.hashFree)
        for step in 1...3 where step <= job.fidelity ?? 3 {
            let reported = step == 2 && job.trial % 5 == 0 ? .nan : value + 1 / Double(step)
            if try !study.report(job, reported, at: step) { return try study.stop(job) }
        }
        try study.tell(job, definition.directions.indices.map { value * Double(1 - 2 * $0) + 1 / Double(job.fidelity ?? 1) })
    }

    private func check(_ all: [Trial]) {
        #expect(all.map(\.number) == Array(0..<all.count), "\(title)")
        for trial in all {
            #expect(trial.state != .running && trial.state != .waiting, "\(title): \(line(trial))")
            #expect(throws: Never.self, "\(title): \(line(trial))") { try definition.space.validate(trial.configuration) }
            // What was stopped by its reports may count with a value of its own.
            let isStopped = trial.state == .pruned && trial.progress.results.isEmpty && !trial.intermediateValues.isEmpty
            let expected = trial.state == .complete ? definition.directions.count : isStopped ? min(trial.values.count, 1) : 0
            #expect(trial.values.count == expected, "\(title): \(line(trial))")
            let fidelities = trial.progress.results.map(\.fidelity)
            #expect(zip(fidelities, fidelities.dropFirst()).allSatisfy { $0 < $1 }, "\(title): \(line(trial))")
        }
    }

    private func line(_ trial: Trial) -> String {
        let progress = trial.progress
        let curve = trial.intermediateValues.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let results = progress.results.map { "\($0.fidelity): \($0.values)" }
        return "\(trial.number) \(trial.state) \(trial.configuration) \(trial.values) \(curve) \(results) bracket \(progress.bracket) "
            + "attempts \(progress.attempts) parent \(progress.parent ?? -1) notes \(trial.notes) \(trial.failure ?? "")"
    }
}
