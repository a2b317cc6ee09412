import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct PopulationBasedTrainingTests {
    private func run(_ scheduler: PopulationBasedTraining, trials: Int, seed: UInt64 = 1) throws -> [Trial] {
        let study = try Study(
            space: SearchSpace([.float("rate", 0.001...1, log: true), .ordinal("size", ["s", "m", "l"]), .boolean("flag")]),
            sampler: RandomSampler(), scheduler: scheduler, seed: seed)
        try study.optimize(trials: trials) { abs(log(try $0.float("rate") / 0.1)) + 1 / Double($0.fidelity ?? 1) }
        return try study.trials()
    }

    @Test func theWorstGoOnFromTheBest() throws {
        let trials = try run(PopulationBasedTraining(maximumFidelity: 6, population: 8), trials: 30)
        let children = trials.filter { $0.progress.parent != nil }
        #expect(children.count > 4)
        for child in children {
            let parent = trials[try #require(child.progress.parent)]
            let loser = trials[try child.notes.integer("replaces")]
            let from = try child.notes.integer("from")
            let (better, worse) = (parent.progress.values(at: from), loser.progress.values(at: from))
            #expect(try #require(better)[0] <= #require(worse)[0])
            #expect(child.progress.results.first?.fidelity == from + 1)
            #expect(loser.state == .pruned && loser.progress.results.last?.fidelity == from)
            #expect(loser.progress.bracket == child.progress.bracket)
            // Changed by a fifth, or drawn anew.
            let ratio = try child.configuration.float("rate") / parent.configuration.float("rate")
            if abs(ratio - 1.2) > 1e-9, abs(ratio - 0.8) > 1e-9 { #expect(child.configuration["rate"] != parent.configuration["rate"]) }
        }
    }

    @Test func aChildsJobSaysHowFarItsParentHadCome() throws {
        let study = try Study(
            space: SearchSpace([.float("x", 0.1...1)]), sampler: RandomSampler(),
            scheduler: PopulationBasedTraining(maximumFidelity: 4, population: 4))
        var bred: Job?
        while bred == nil, case .job(let job) = try study.ask(worker: "w") {
            if job.parent != nil { bred = job }
            try study.tell(job, job.configuration.float("x"))
        }
        let job = try #require(bred)
        #expect(job.previousFidelity == nil && job.parentFidelity.map { $0 + 1 } == job.fidelity)
    }

    @Test func theScheduleLeadsFromAFreshModelToTheTrial() throws {
        let trials = try run(PopulationBasedTraining(maximumFidelity: 6, population: 8), trials: 40)
        let child = try #require(trials.last { $0.state == .complete && $0.progress.parent != nil })
        let schedule = PopulationBasedTraining.schedule(of: child, in: trials)
        #expect(schedule.count > 1 && schedule.first?.from == 0 && schedule.last?.to == 6 && schedule.last?.trial == child.number)
        for (earlier, later) in zip(schedule, schedule.dropFirst()) {
            #expect(earlier.to == later.from && trials[later.trial].progress.parent == earlier.trial)
            #expect(later.configuration == trials[later.trial].configuration)
        }
    }

    @Test func checkpointsAreNeededAsLongAsSomebodyMayBeBredFromThem() throws {
        let scheduler = try PopulationBasedTraining(maximumFidelity: 4, population: 4)
        let trials = try run(scheduler, trials: 12)
        for count in 1...trials.count {
            // As the study stood when it had so many trials, none of them further than now.
            let members = scheduler.population(of: 0, in: Array(trials.prefix(count)))
            #expect(members.contains(0) && members.allSatisfy { trials[$0].progress.bracket < 4 })
        }
        let members = scheduler.population(of: 0, in: trials)
        #expect(scheduler.lowestParentFidelity(of: members, in: trials) == nil)
        var behind = trials
        let last = try #require(members.last { trials[$0].state == .complete && trials[$0].progress.results.count > 1 })
        behind[last].state = .pruned
        behind[last].progress.results = behind[last].progress.results.filter { $0.fidelity <= 3 }
        #expect(scheduler.lowestParentFidelity(of: members, in: behind) == behind[last].progress.results.last?.fidelity)
        #expect(scheduler.lowestParentFidelity(of: Array(members.prefix(3)), in: trials) == 0)
    }

    @Test func aSynchronousPopulationWaitsForAll() throws {
        let scheduler = try PopulationBasedTraining(maximumFidelity: 3, population: 4, isSynchronous: true)
        let study = try Study(space: SearchSpace([.float("x", 0...1)]), sampler: RandomSampler(), scheduler: scheduler)
        var jobs: [Job] = []
        for _ in 0..<4 { jobs.append(try #require(try study.ask(worker: "w").job)) }
        for job in jobs.dropFirst() { try study.tell(job, Double(job.trial)) }
        // Nobody is compared before the first is back; a second population begins.
        #expect(try #require(try study.ask(worker: "w").job).trial == 4)
        try study.tell(jobs[0], 0)
        // Trials 0, 1 and 2 go on; the worst, 3, gives way to a child of the best.
        var next: [Job] = []
        for _ in 0..<4 { next.append(try #require(try study.ask(worker: "w").job)) }
        #expect(next.map(\.trial) == [0, 1, 2, 5])
        #expect(next[3].parent == 0 && next[3].fidelity == 2)
    }

    @Test func withoutNewTrialsMembersGoOn() throws {
        let trials = try run(PopulationBasedTraining(maximumFidelity: 4, population: 8), trials: 8)
        #expect(trials.allSatisfy { $0.state == .complete && $0.progress.results.count == 4 })
    }
}
