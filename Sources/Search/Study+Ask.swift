import SearchSpaces

extension Study {
    /// Gives a worker its next job, or says that there is none.
    ///
    /// Scheduling, sampling and writing happen in one transaction of the store, so no two workers get the same job, and each sampler
    /// sees what all others are trying.
    ///
    /// - Parameters:
    ///   - worker: Who asks; `releaseJobs(ofWorker:)` needs the same name.
    ///   - limit: How many trials the study may have started in all; nil for no limit. Promotions go on beyond it.
    ///   - intensifying: Whether the rest of the time is for the most promising trials: a scheduler with fidelities then raises them
    ///     before it starts anything new.
    ///   - lease: When jobs of silent workers are given up, and how often their trials are tried again; nobody's when nil. Workers
    ///     that ask with a lease must send heartbeats; see ``Heartbeats``.
    /// - Throws: `SearchSpaceError` when the sampler finds nothing allowed; `SearchError` (`storage`).
    public func ask(worker: String, limit: Int? = nil, intensifying: Bool = false, lease: Lease? = nil) throws -> Offer {
        try store.transaction(in: name) { transaction in
            if let lease { try giveUpSilent(lease, transaction) }
            let (waiting, lost, started) = try standing(transaction)
            let trials = transaction.trials
            if var trial = lost {
                // It had begun before anything that waits, and its scheduler has already decided.
                trial.configuration = space.ordered(trial.configuration)
                return .job(try start(&trial, fidelity: trial.progress.fidelity, worker: worker, transaction))
            }
            let context = SchedulingContext(
                trials: trials, directions: definition.directions, mayStart: limit.map { started < $0 } ?? true,
                isIntensifying: intensifying, space: space, seed: definition.seed)
            switch scheduler.decide(context) {
            case .wait: return .wait
            case .finish: return .finished
            case .promote(let number, let fidelity):
                var trial = try transaction.trial(number)
                trial.completion = nil
                return .job(try start(&trial, fidelity: fidelity, worker: worker, transaction))
            case .breed(let proposal, let parent, let fidelity, let bracket):
                var trial = Trial(number: trials.count, state: .running, configuration: try space.validate(proposal.configuration))
                trial.notes = proposal.notes
                trial.progress.parent = parent
                trial.progress.bracket = bracket
                trial.start = transaction.now
                trial.number = try transaction.append(trial)
                return .job(try start(&trial, fidelity: fidelity, worker: worker, transaction))
            case .start(let fidelity, let bracket):
                let number = waiting ?? trials.count
                guard var trial = try newTrial(number, claimed: waiting.map { trials[$0] }, fidelity: fidelity, trials) else {
                    return trials.contains { $0.state == .running } ? .wait : .finished
                }
                trial.start = transaction.now
                trial.progress.bracket = bracket
                if waiting == nil { trial.number = try transaction.append(trial) }
                return .job(try start(&trial, fidelity: fidelity, worker: worker, transaction))
            }
        }
    }

    /// The waiting trial with what it lacks, or a new one; nil when the sampler has nothing left.
    private func newTrial(_ number: Int, claimed: Trial?, fidelity: Int?, _ trials: [Trial]) throws -> Trial? {
        let context = SamplingContext(
            space: space, directions: definition.directions, trials: trials, number: number, fidelity: fidelity, seed: definition.seed,
            encoded: encoded)
        guard var trial = claimed else {
            return try sampler.propose(context).map { proposal in
                var trial = Trial(number: number, state: .running, configuration: proposal.configuration)
                trial.notes = proposal.notes
                return trial
            }
        }
        // The sampler is asked only when the enqueued configuration leaves something open.
        let base = try isComplete(trial.configuration) ? nil : sampler.sample(context)
        trial.configuration = try space.configuration(with: trial.configuration, from: base ?? [:], seed: definition.seed, number: number)
        return trial
    }

    /// Where the study stands, in one pass over its trials: the first that waits to be started, one that is to be tried again, and how many
    /// have been started.
    ///
    /// Other programs may enqueue what the space does not have; that fails the trial, not the worker.
    private func standing(_ transaction: any StudyTransaction) throws -> (waiting: Int?, lost: Trial?, started: Int) {
        let trials = transaction.trials
        var (waiting, lost, impossible): (Int?, Trial?, [Trial]) = (nil, nil, [])
        var started = trials.count
        for (number, trial) in trials.enumerated() where trial.state == .waiting {
            do {
                try space.checkFixed(trial.configuration, seed: definition.seed)
                started -= 1
                if trial.progress.attempts > 0 { lost = lost ?? trial } else { waiting = waiting ?? number }
            } catch let error as SearchSpaceError {
                var trial = trial
                trial.configuration = Configuration()
                trial.state = .failed
                trial.failure = error.message
                trial.completion = transaction.now
                impossible.append(trial)
            }
        }
        for trial in impossible { try transaction.replace(trial) }
        return (waiting, lost, started)
    }

    private func isComplete(_ configuration: Configuration) -> Bool {
        space.activeParameters(in: configuration).allSatisfy { configuration[$0.name] != nil }
    }

    private func start(
        _ trial: inout Trial, fidelity: Int?, worker: String, _ transaction: any StudyTransaction
    ) throws -> Job {
        trial.state = .running
        trial.heartbeat = transaction.now
        trial.progress.attempts += 1
        trial.progress.fidelity = fidelity
        trial.progress.worker = worker
        trial.progress.lost = false
        try transaction.replace(trial)
        return job(of: trial)
    }

    /// The job that a running trial's worker holds.
    ///
    /// - Throws: `SearchError` (`unknownTrial`, `staleJob`) when there is no such trial or nobody holds it.
    public func currentJob(ofTrial number: Int) throws -> Job {
        let trials = try trials()
        guard trials.indices.contains(number) else {
            throw SearchError.unknownTrial(number, count: trials.count)
        }
        guard trials[number].state == .running else {
            throw SearchError(.staleJob, "Trial \(number) is not running (\(trials[number].state)); ask for a job first.", trial: number)
        }
        return job(of: trials[number])
    }

    private func job(of trial: Trial) -> Job {
        Job(
            trial: trial.number, attempt: trial.progress.attempts, configuration: space.ordered(trial.configuration),
            fidelity: trial.progress.fidelity, previousFidelity: trial.progress.results.last?.fidelity,
            parent: trial.progress.parent, parentFidelity: PopulationBasedTraining.checkpoint(ofParentOf: trial), worker: trial.progress.worker ?? "")
    }
}
