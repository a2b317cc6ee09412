public import Search
import SearchSpaces
import Testing

/// What every scheduler must do. Run it over `Schedulers.all` and several seeds.
public enum SchedulerConformance {
    public static func all(_ card: SchedulerCard, seed: UInt64) throws {
        try studiesEnd(card, seed: seed, workers: 1)
        try studiesEnd(card, seed: seed, workers: 3)
        try lostWorkersDoNoHarm(card, seed: seed)
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

    private static func study(_ card: SchedulerCard, seed: UInt64) throws -> Study {
        try Study(space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: card.make(), seed: seed)
    }
}
