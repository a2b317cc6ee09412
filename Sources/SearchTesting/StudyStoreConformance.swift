import Foundation
public import Search
public import SearchSpaces
import Testing

/// What every study store must do. Call each function from a test with a way to make an empty store.
public enum StudyStoreConformance {
    /// A space with every kind of parameter and a condition.
    public static func space() throws -> SearchSpace {
        try SearchSpace([
            .float("rate", 1e-4...1, log: true),
            .float("momentum", 0...0.9, step: 0.3),
            .integer("layers", 1...4),
            .categorical("activation", ["relu", "silu"]).when("layers", .greater(1)),
            .categorical("batch", [16, 32, 64] as [ParameterValue]),
            .boolean("bias"),
            .ordinal("size", ["small", "medium", "large"]),
            .constant("version", 2),
        ])
    }

    /// All requirements, one after another.
    public static func all(_ makeStore: () throws -> any StudyStore) throws {
        try definitionsComeBack(makeStore())
        try trialsComeBack(makeStore())
        try throwingUndoesAll(makeStore())
        try enqueuedConfigurationsComeFirst(makeStore())
        try resultsAreFenced(makeStore())
        try promotionsKeepWhatWasPaidFor(makeStore())
        try lostTrialsAreTriedAgain(makeStore())
        try lateResultsEndTheWait(makeStore())
        try heartbeatsKeepAJob(makeStore())
        try concurrentWorkersNeverShareAJob(makeStore())
        try studiesCanBeDeleted(makeStore())
    }

    public static func definitionsComeBack(_ store: any StudyStore) throws {
        var definition = StudyDefinition(
            name: "a \"quoted\" näme", space: try space(), directions: [.minimize, .maximize], metricNames: ["error", "speed"], seed: .max,
            sampler: AlgorithmChoice("random"), scheduler: AlgorithmChoice("asha", ["eta": 4]), userAttributes: ["note": "\"hello\""])
        try store.create(definition)
        #expect(try store.definition(of: definition.name) == definition)
        #expect(try store.definition(of: "other") == nil)
        #expect(throws: SearchError.self) { try store.create(definition) }
        definition.name = "second"
        try store.create(definition)
        #expect(try store.studyNames() == ["a \"quoted\" näme", "second"])
        #expect(throws: SearchError.self) { try store.trials(of: "other") }
    }

    public static func trialsComeBack(_ store: any StudyStore) throws {
        let space = try space()
        try store.create(StudyDefinition(name: "s", space: space, directions: [.minimize, .maximize]))
        var generator = TrialGenerator(seed: 1)
        var written: [Trial] = []
        for number in 0..<20 {
            var trial = Trial(
                number: number, state: TrialState.allCases[number % 5], configuration: try space.randomConfiguration(using: &generator))
            trial.values = number % 5 == 1 ? [.infinity, -.infinity] : []
            trial.intermediateValues = [1: 0.1, 2: -.infinity, 3: 1e-300]
            trial.progress.attempts = number
            trial.progress.worker = "w"
            trial.progress.results = [FidelityResult(fidelity: 3, values: [.infinity, 0.1])]
            trial.userAttributes = ["a": "{\"b\":[1,2]}"]
            trial.systemAttributes = ["c": "null"]
            trial.start = Date(timeIntervalSince1970: 1_700_000_000.25)
            trial.heartbeat = trial.start
            written.append(trial)
            #expect(try store.transaction(in: "s") { try $0.append(trial) } == number)
        }
        written[3].userAttributes = ["other": "1"]
        written[3].state = .complete
        written[3].values = [1, 2]
        let changed = written[3]
        try store.transaction(in: "s") { try $0.replace(changed) }
        let read = try store.trials(of: "s")
        #expect(read == written)
        #expect(read.map(\.configuration.names) == written.map(\.configuration.names))
        try store.transaction(in: "s") { transaction in
            var trial = transaction.trials[0]
            trial.intermediateValues[9] = .nan
            try transaction.replace(trial)
        }
        #expect(try store.trials(of: "s")[0].intermediateValues[9]?.isNaN == true)
        #expect(throws: SearchError.self) {
            try store.transaction(in: "s") { try $0.replace(Trial(number: 99, state: .running, configuration: [:])) }
        }
    }

    public static func throwingUndoesAll(_ store: any StudyStore) throws {
        struct Stop: Error {}
        try store.create(StudyDefinition(name: "s", space: try space()))
        _ = try store.transaction(in: "s") { try $0.append(Trial(number: 0, state: .running, configuration: [:])) }
        #expect(throws: Stop.self) {
            try store.transaction(in: "s") { transaction in
                var trial = transaction.trials[0]
                trial.state = .failed
                try transaction.replace(trial)
                _ = try transaction.append(trial)
                #expect(transaction.trials.map(\.state) == [.failed, .failed])
                throw Stop()
            }
        }
        #expect(try store.trials(of: "s").map(\.state) == [.running])
    }

    public static func enqueuedConfigurationsComeFirst(_ store: any StudyStore) throws {
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        try study.enqueue(["rate": 0.5, "layers": 1])
        try study.enqueue(study.space.defaultConfiguration)
        #expect(try study.trials().map(\.state) == [.waiting, .waiting])
        #expect(try study.trials()[0].configuration == ["rate": 0.5, "layers": 1])
        let jobs = try (0..<3).compactMap { _ in try study.ask(worker: "w").job }
        #expect(jobs.map(\.trial) == [0, 1, 2])
        #expect(jobs[0].configuration["rate"] == 0.5)
        #expect(jobs[0].configuration["activation"] == nil)
        #expect(jobs[1].configuration == study.space.defaultConfiguration)
        for job in jobs { try study.space.validate(job.configuration) }
        #expect(throws: SearchSpaceError.self) { try study.enqueue(["rate": 7]) }
    }

    public static func resultsAreFenced(_ store: any StudyStore) throws {
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        let jobs = try (0..<4).compactMap { _ in try study.ask(worker: "w").job }
        try study.tell(jobs[0], 1)
        try study.tell(jobs[0], 1)
        #expect(throws: SearchError.self) { try study.tell(jobs[0], 2) }
        #expect(throws: SearchError.self) { try study.tell(jobs[1], [1, 2]) }
        try study.tell(jobs[1], .nan)
        try study.fail(jobs[2], reason: "out of memory")
        #expect(try study.releaseJobs(ofWorker: "other") == [])
        #expect(try study.releaseJobs(ofWorker: "w") == [3])
        var trials = try study.trials()
        #expect(trials.map(\.state) == [.complete, .failed, .failed, .failed])
        #expect(trials[0].values == [1])
        #expect(trials[2].failure == "out of memory")
        // The worker was alive after all: its result is welcome.
        try study.tell(jobs[3], 4)
        trials = try study.trials()
        #expect(trials[3].state == .complete)
        #expect(trials[3].failure == nil)
        #expect(try study.best().map(\.number) == [0])
        var unknown = jobs[0]
        unknown.trial = 77
        #expect(throws: SearchError.self) { try study.heartbeat(unknown) }
    }

    public static func promotionsKeepWhatWasPaidFor(_ store: any StudyStore) throws {
        let study = try Study.create(
            StudyDefinition(
                name: "s", space: try space(), sampler: AlgorithmChoice("random"),
                scheduler: AlgorithmChoice("asha", ["maximum_fidelity": 9])), in: store)
        for number in 0..<3 {
            guard let job = try study.ask(worker: "w").job else { return #expect(Bool(false), "no job") }
            #expect((job.trial, job.fidelity, job.previousFidelity) == (number, 1, nil))
            try study.tell(job, Double(number))
        }
        #expect(try study.trials().map(\.state) == [.pruned, .pruned, .pruned])
        guard let promoted = try study.ask(worker: "dies").job else { return #expect(Bool(false), "no job") }
        #expect((promoted.trial, promoted.fidelity, promoted.previousFidelity) == (0, 3, 1))
        #expect(try study.trials()[0].state == .running)
        try study.releaseJobs(ofWorker: "dies")
        let fallen = try study.trials()[0]
        #expect(fallen.state == .pruned)
        #expect(fallen.progress.results == [FidelityResult(fidelity: 1, values: [0])])
        #expect(fallen.intermediateValues == [1: 0])
        // Not promoted again: the next job is a new trial.
        #expect(try study.ask(worker: "w").job?.trial == 3)
    }

    public static func lostTrialsAreTriedAgain(_ store: any StudyStore) throws {
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        let lease = Lease(.milliseconds(20), maximumRetries: 1)
        guard let first = try study.ask(worker: "dies").job else { return #expect(Bool(false), "no job") }
        Thread.sleep(forTimeInterval: 0.05)
        guard let second = try study.ask(worker: "dies too", lease: lease).job else { return #expect(Bool(false), "no job") }
        #expect((second.trial, second.attempt) == (first.trial, first.attempt + 1))
        #expect(second.configuration == first.configuration)
        #expect(try study.trials().map(\.retries) == [1])
        #expect(throws: SearchError.self) { try study.tell(first, 1) }
        #expect(throws: SearchError.self) { try study.heartbeat(first) }
        Thread.sleep(forTimeInterval: 0.05)
        // Once is enough: now it has failed, and the next job is a new trial.
        guard let third = try study.ask(worker: "w", lease: lease).job else { return #expect(Bool(false), "no job") }
        #expect((third.trial, third.attempt) == (1, 1))
        #expect(try study.trials().map(\.state) == [.failed, .running])
        #expect(try study.trials()[0].failure?.contains("no sign of life") == true)
        try study.tell(third, 3)
        #expect(try study.best().map(\.number) == [1])
    }

    public static func lateResultsEndTheWait(_ store: any StudyStore) throws {
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        let jobs = try (0..<2).compactMap { _ in try study.ask(worker: "slow").job }
        #expect(try study.releaseJobs(ofWorker: "slow", retries: 3) == [0, 1])
        #expect(try study.trials().map(\.state) == [.waiting, .waiting])
        #expect(try study.trials().map(\.configuration) == jobs.map(\.configuration))
        try study.tell(jobs[0], 0.5)
        var trials = try study.trials()
        #expect(trials.map(\.state) == [.complete, .waiting])
        #expect(trials[0].configuration == jobs[0].configuration)
        #expect(trials[0].failure == nil)
        guard let again = try study.ask(worker: "w").job else { return #expect(Bool(false), "no job") }
        #expect((again.trial, again.attempt) == (1, 2))
        #expect(again.configuration == jobs[1].configuration)
        #expect(throws: SearchError.self) { try study.tell(jobs[1], 1) }
        try study.tell(again, 2)
        trials = try study.trials()
        #expect(trials.map(\.values) == [[0.5], [2]])
        #expect(trials[1].configuration == jobs[1].configuration)
    }

    public static func heartbeatsKeepAJob(_ store: any StudyStore) throws {
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        guard let job = try study.ask(worker: "w").job, let begin = try study.trials()[0].heartbeat else { return #expect(Bool(false), "no job") }
        try study.keepingAlive(job, every: .milliseconds(5)) {
            for _ in 0..<2000 where try study.trials()[0].heartbeat == begin { Thread.sleep(forTimeInterval: 0.005) }
        }
        guard let end = try study.trials()[0].heartbeat else { return #expect(Bool(false), "no heartbeat") }
        #expect(end > begin)
        #expect(try study.heartbeat(all: [job]) == [])
        try study.releaseJobs(ofWorker: "w")
        #expect(try study.heartbeat(all: [job]) == [job])
    }

    public static func studiesCanBeDeleted(_ store: any StudyStore) throws {
        let definition = StudyDefinition(name: "s", space: try space(), metricNames: ["a"], sampler: AlgorithmChoice("random"), userAttributes: ["b": "1"])
        let study = try Study.create(definition, in: store)
        let neighbour = try Study.create(StudyDefinition(name: "t", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        for study in [study, neighbour] { try study.optimize(trials: 4) { try $0.float("rate") } }
        guard let job = try study.ask(worker: "w").job else { return #expect(Bool(false), "no job") }
        let kept = try neighbour.trials()
        try store.delete("s")
        #expect(try store.studyNames() == ["t"])
        #expect(try store.definition(of: "s") == nil)
        #expect(throws: SearchError.self) { try study.trials() }
        #expect(throws: SearchError.self) { try study.tell(job, 1) }
        #expect(throws: SearchError.self) { try store.delete("s") }
        #expect(try neighbour.trials() == kept)
        // Another one may take its name, with another space and no trials.
        let again = try Study.create(
            StudyDefinition(name: "s", space: SearchSpace([.float("x", 0...1)]), sampler: AlgorithmChoice("random")), in: store)
        #expect(try again.trials().isEmpty)
        try again.optimize(trials: 2) { try $0.float("x") }
        #expect(try again.trials().map(\.configuration.names) == [["x"], ["x"]])
        #expect(try neighbour.trials() == kept)
    }

    public static func concurrentWorkersNeverShareAJob(_ store: any StudyStore) throws {
        let study = try Study.create(
            StudyDefinition(
                name: "s", space: try space(), sampler: AlgorithmChoice("random"),
                scheduler: AlgorithmChoice("asha", ["maximum_fidelity": 9])), in: store)
        let jobs = Collected<String>()
        try study.optimize(trials: 60, workers: 4) { trial in
            jobs.add("\(trial.number)@\(trial.fidelity ?? 0)")
            return try trial.float("rate")
        }
        let all = jobs.items
        #expect(Set(all).count == all.count, "a job was handed out twice")
        #expect(Set(try study.trials().map(\.number)).count == 60)
        #expect(try study.trials().allSatisfy { $0.state == .pruned || $0.state == .complete })
    }
}

/// Items that several threads collect.
public final class Collected<Item: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var collected: [Item] = []

    public init() {}

    public func add(_ item: Item) { lock.withLock { collected.append(item) } }

    public var items: [Item] { lock.withLock { collected } }
}
