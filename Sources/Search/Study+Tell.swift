import Foundation

extension Study {
    /// Notes a value on the way, such as one epoch's.
    ///
    /// - Parameters:
    ///   - value: The first objective at `step`; NaN is allowed here.
    ///   - step: Where on the way to the job's fidelity.
    /// - Returns: Whether to go on. After false, call `stop`.
    /// - Throws: `SearchError` (`staleJob`) when the job is no longer the worker's.
    public func report(_ job: Job, _ value: Double, at step: Int) throws -> Bool {
        try store.transaction(in: name) { transaction in
            var trial = try held(job, transaction)
            trial.intermediateValues[step] = value
            trial.heartbeat = transaction.now
            try transaction.replace(trial)
            return !scheduler.shouldStop(trial, at: step, context(transaction))
        }
    }

    private func context(_ transaction: any StudyTransaction) -> SchedulingContext {
        SchedulingContext(trials: transaction.trials, directions: definition.directions, space: space, seed: definition.seed)
    }

    /// Says that the worker is alive.
    ///
    /// - Throws: `SearchError` (`staleJob`) when the job is no longer the worker's.
    public func heartbeat(_ job: Job) throws {
        try store.transaction(in: name) { transaction in
            var trial = try held(job, transaction)
            trial.heartbeat = transaction.now
            try transaction.replace(trial)
        }
    }

    /// Hands in the result of a job with one objective.
    public func tell(_ job: Job, _ value: Double) throws { try tell(job, [value]) }

    /// Hands in the result of a job.
    ///
    /// Below the maximum fidelity the trial is paused: pruned in Optuna's terms, its value kept as the intermediate value at the step
    /// of the fidelity unless one was reported there, open for promotion. At the maximum, or without fidelities, it is complete. NaN counts as a failure.
    /// Telling the same again changes nothing. A result that arrives after the job was given up for lost is accepted as long as
    /// nobody else got the trial.
    ///
    /// - Parameters:
    ///   - values: One per objective, raw, in the study's directions.
    ///   - constraints: By name; one above 0 is violated.
    /// - Throws: `SearchError` (`staleJob`, `invalidResult`, `storage`).
    public func tell(_ job: Job, _ values: [Double], constraints: [String: Double] = [:]) throws {
        guard values.count == definition.directions.count else {
            throw SearchError(
                .invalidResult,
                "Trial \(job.trial) was told \(values.count) values, but the study has \(definition.directions.count) objectives.",
                trial: job.trial)
        }
        if let stray = constraints.first(where: { !$0.value.isFinite }) {
            throw SearchError(
                .invalidResult, "The constraint \"\(stray.key)\" of trial \(job.trial) is \(stray.value); it must be a finite number.",
                trial: job.trial)
        }
        if values.contains(where: \.isNaN) { return try fail(job, reason: "the objective is not a number (NaN)") }
        try store.transaction(in: name) { transaction in
            if try isKnown(values, of: job, transaction) { return }
            var trial = try held(job, transaction, evenIfLost: true)
            let isLast = job.fidelity.map { $0 >= scheduler.maximumFidelity ?? $0 } ?? true
            if let fidelity = job.fidelity {
                trial.progress.results.append(FidelityResult(fidelity: fidelity, values: values))
                // A curve that was reported stays as it is, also where its end is not what is told, such as a best or a smoothed value.
                if trial.intermediateValues[fidelity]?.isNaN ?? true { trial.intermediateValues[fidelity] = values[0] }
            }
            if isLast { trial.values = values }
            if !constraints.isEmpty { trial.constraints = constraints }
            trial.progress.lost = false
            trial.progress.promotionFailed = false
            trial.failure = nil
            finish(&trial, isLast ? .complete : .pruned, transaction)
            try transaction.replace(trial)
        }
    }

    /// Ends a job that a report said to stop. With one objective its last reported value counts, or what the scheduler makes of its reports.
    ///
    /// - Throws: `SearchError` (`staleJob`, `storage`).
    public func stop(_ job: Job) throws {
        try store.transaction(in: name) { transaction in
            var trial = try held(job, transaction)
            finish(&trial, .pruned, transaction)
            if definition.directions.count == 1, trial.progress.results.isEmpty, let last = trial.lastReport {
                trial.values = [scheduler.valueOfStopped(trial, context(transaction)) ?? last.value]
            }
            // Nothing to promote: it was stopped, not paused at a rung.
            trial.progress.promotionFailed = true
            try transaction.replace(trial)
        }
    }

    /// Ends a job without a result. The trial keeps the results of its earlier jobs.
    ///
    /// - Throws: `SearchError` (`staleJob`, `storage`).
    public func fail(_ job: Job, reason: String) throws {
        try store.transaction(in: name) { transaction in
            var trial = try held(job, transaction)
            fail(&trial, reason, transaction)
            try transaction.replace(trial)
        }
    }

    /// Gives up the jobs of a worker known to be dead.
    ///
    /// - Parameters:
    ///   - mayGoOn: Whether a trial that was on its way to a higher fidelity may be promoted again: it was stopped from outside and is
    ///     not what killed the worker.
    ///   - retries: How often a trial is tried again; see ``Lease``.
    /// - Returns: The numbers of the trials it held.
    @discardableResult
    public func releaseJobs(
        ofWorker worker: String, reason: String = "the worker died", mayGoOn: Bool = false, retries: Int = 0
    ) throws -> [Int] {
        try store.transaction(in: name) { transaction in
            try giveUp(reason, mayGoOn: mayGoOn, retries: retries, transaction) { $0.state == .running && $0.progress.worker == worker }
        }
    }

    /// Gives up the jobs whose workers have been silent for too long, by the clock of the store. Trials without any heartbeat are in the
    /// hands of programs that send none, and stay.
    ///
    /// - Parameters:
    ///   - reason: What is noted of the trials; how long their workers were silent when nil.
    ///   - mayGoOn: As for `releaseJobs`.
    ///   - retries: As for `releaseJobs`.
    /// - Returns: The numbers of their trials.
    @discardableResult
    public func releaseStaleJobs(
        silentFor limit: Duration, reason: String? = nil, mayGoOn: Bool = false, retries: Int = 0
    ) throws -> [Int] {
        try store.transaction(in: name) { transaction in
            let now = transaction.now
            let reason = reason ?? "no sign of life from the worker for \(limit)"
            return try giveUp(reason, mayGoOn: mayGoOn, retries: retries, transaction) { $0.isSilent(at: now, for: limit) }
        }
    }

    /// Gives up the jobs whose leases have run out.
    func giveUpSilent(_ lease: Lease, _ transaction: any StudyTransaction) throws {
        let now = transaction.now
        let reason = "no sign of life from the worker for \(lease.length)"
        _ = try giveUp(reason, mayGoOn: false, retries: lease.maximumRetries, transaction) { $0.isSilent(at: now, for: lease.length) }
    }

    private func giveUp(
        _ reason: String, mayGoOn: Bool, retries: Int, _ transaction: any StudyTransaction, where isLost: (Trial) -> Bool
    ) throws -> [Int] {
        let lost = transaction.trials.filter(isLost)
        for var trial in lost {
            fail(&trial, reason, transaction)
            trial.progress.lost = true
            if mayGoOn { trial.progress.promotionFailed = false }
            if trial.retries < retries {
                trial.retries += 1
                if trial.state == .failed {
                    trial.state = .waiting
                    trial.completion = nil
                } else {
                    trial.progress.promotionFailed = false
                }
            }
            try transaction.replace(trial)
        }
        return lost.map(\.number)
    }

    /// A failed promotion falls back to the rung it came from, so that what was paid for is not lost.
    private func fail(_ trial: inout Trial, _ reason: String, _ transaction: any StudyTransaction) {
        trial.failure = reason
        trial.progress.promotionFailed = !trial.progress.results.isEmpty
        finish(&trial, trial.progress.results.isEmpty ? .failed : .pruned, transaction)
    }

    private func finish(_ trial: inout Trial, _ state: TrialState, _ transaction: any StudyTransaction) {
        trial.state = state
        trial.completion = transaction.now
        trial.heartbeat = transaction.now
    }

    /// Whether the job's result is in already, with the same values.
    private func isKnown(_ values: [Double], of job: Job, _ transaction: any StudyTransaction) throws -> Bool {
        let trial = try transaction.trial(job.trial)
        guard trial.state != .running, trial.progress.attempts == job.attempt else { return false }
        return trial.values == values || job.fidelity.map { trial.progress.values(at: $0) == values } ?? false
    }

    /// The trial, if the job is still its latest and open.
    func held(_ job: Job, _ transaction: any StudyTransaction, evenIfLost: Bool = false) throws -> Trial {
        let trial = try transaction.trial(job.trial)
        guard trial.progress.attempts == job.attempt else {
            throw SearchError(
                .staleJob, "Trial \(job.trial) is at attempt \(trial.progress.attempts); attempt \(job.attempt) is void.",
                trial: job.trial)
        }
        guard trial.state == .running || (evenIfLost && trial.progress.lost) else {
            throw SearchError(
                .staleJob, "Trial \(job.trial) is no longer running (\(trial.state)); its job has been closed.", trial: job.trial)
        }
        return trial
    }
}
