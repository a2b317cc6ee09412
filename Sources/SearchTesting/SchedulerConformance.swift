public import Search
import SearchSpaces
import Testing

/// What every scheduler must do. Run it over `Schedulers.all` and several seeds.
public enum SchedulerConformance {
    public static func all(_ card: SchedulerCard, seed: UInt64) throws {
        try studiesEnd(card, seed: seed, workers: 1)
        try studiesEnd(card, seed: seed, workers: 3)
        try lostWorkersDoNoHarm(card, seed: seed)
        try badResultsDoNoHarm(card, seed: seed)
        try sameTrialsSameDecision(card, seed: seed)
        if card.abilities.contains(.asynchronous) { try nobodyWaits(card, seed: seed) }
        if card.abilities.contains(.multiObjective) { try severalObjectives(card, seed: seed) }
        OptionConformance.areDocumented(card.options, of: card.id) { _ = try card.make($0) }
    }

    /// With a limit on new trials every study ends, with a complete trial, and fidelities only rise.
    public static func studiesEnd(_ card: SchedulerCard, seed: UInt64, workers: Int) throws {
        for trials in [1, 2, 5, 40] {
            let study = try study(card, seed: seed)
            try study.optimize(trials: trials, workers: workers) { trial in
                try trial.report(try trial.float("x"), at: trial.fidelity ?? 1)
                return try trial.float("x")
            }
            let all = try study.trials()
            #expect(all.count == trials, "\(card.id), seed \(seed)")
            #expect(all.contains { $0.state == .complete }, "\(card.id), seed \(seed), \(trials) trials: none is complete")
            #expect(all.allSatisfy { $0.state == .complete || $0.state == .pruned }, "\(card.id), seed \(seed)")
            for trial in all {
                let fidelities = trial.progress.results.map(\.fidelity)
                #expect(zip(fidelities, fidelities.dropFirst()).allSatisfy { $0 < $1 }, "\(card.id), seed \(seed): \(fidelities)")
                if let maximum = study.scheduler.maximumFidelity, trial.state == .complete {
                    #expect(fidelities.last == maximum, "\(card.id), seed \(seed)")
                }
            }
        }
    }

    /// Workers that vanish cost their trials, not the study.
    public static func lostWorkersDoNoHarm(_ card: SchedulerCard, seed: UInt64) throws {
        let study = try study(card, seed: seed)
        var asked = 0
        loop: while true {
            switch try study.ask(worker: "w\(asked % 3)", limit: 30) {
            case .finished: break loop
            case .wait:
                #expect(try study.trials().contains { $0.state == .running }, "\(card.id) waits for nobody")
                try study.releaseJobs(ofWorker: "w0")
            case .job(let job):
                if asked % 3 == 0 { try study.releaseJobs(ofWorker: "w0") } else { try study.tell(job, try job.configuration.float("x")) }
            }
            asked += 1
            guard asked < 2000 else { return #expect(Bool(false), "\(card.id), seed \(seed): the study does not end") }
        }
        #expect(try study.trials().allSatisfy { $0.state != .running }, "\(card.id), seed \(seed)")
        #expect(try study.trials().allSatisfy { $0.state == .failed || !$0.progress.results.isEmpty || !$0.values.isEmpty })
    }

    /// Infinities, failures and reports that are not numbers cost their trials, not the study.
    public static func badResultsDoNoHarm(_ card: SchedulerCard, seed: UInt64) throws {
        struct Broken: Error {}
        for share in [2, 1] {
            let study = try study(card, seed: seed)
            try study.optimize(trials: 30) { trial in
                let x = try trial.float("x")
                let isBad = trial.number % share == 0
                try trial.report(isBad ? .nan : x, at: 1)
                try trial.report(isBad ? .infinity : x, at: 2)
                guard isBad else { return x }
                switch trial.number % 3 {
                case 0: throw Broken()
                case 1: return .infinity
                default: return -.infinity
                }
            }
            let trials = try study.trials()
            #expect(trials.count <= 30 && trials.allSatisfy { $0.state != .running }, "\(card.id), seed \(seed)")
        }
    }

    /// A scheduler has no memory: the same trials lead to the same decision.
    public static func sameTrialsSameDecision(_ card: SchedulerCard, seed: UInt64) throws {
        let study = try study(card, seed: seed)
        let twin = try card.make()
        for _ in 0..<60 {
            let context = SchedulingContext(trials: try study.trials(), space: study.space, seed: seed)
            #expect(study.scheduler.decide(context) == twin.decide(context), "\(card.id), seed \(seed)")
            guard case .job(let job) = try study.ask(worker: "w") else { return }
            try study.tell(job, try job.configuration.float("x"))
        }
    }

    /// While new trials may start, there is a job for whoever asks, however many results are awaited.
    static func nobodyWaits(_ card: SchedulerCard, seed: UInt64) throws {
        let study = try study(card, seed: seed)
        var jobs: [Job] = []
        for number in 0..<90 {
            guard let job = try study.ask(worker: "w\(number)").job else {
                Issue.record("\(card.id), seed \(seed): nothing to do with \(jobs.count) jobs under way")
                return
            }
            jobs.append(job)
            // More and more are under way, and the first ones never come back.
            guard number % 4 != 0 else { continue }
            let done = jobs.remove(at: jobs.count / 2)
            try study.tell(done, try done.configuration.float("x"))
        }
    }

    /// Studies with several objectives end, with a complete trial.
    public static func severalObjectives(_ card: SchedulerCard, seed: UInt64) throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0...1)]), directions: [.minimize, .maximize], sampler: RandomSampler(), scheduler: card.make(),
            seed: seed)
        let front = try study.optimize(trials: 30, objectives: { [try $0.float("x"), try $0.float("x")] })
        #expect(front.contains { $0.state == .complete }, "\(card.id), seed \(seed)")
    }

    private static func study(_ card: SchedulerCard, seed: UInt64) throws -> Study {
        try Study(space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: card.make(), seed: seed)
    }
}
