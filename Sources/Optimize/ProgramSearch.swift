import Foundation
public import Search
import SearchSpaces
import Synchronization

/// Tunes a program: runs it with one configuration after the other, several at a time, until a limit is reached.
///
/// A trial that fails is recorded with its reason, and the search goes on. A trial that is cut off by the end of the search is given back:
/// it is the first to be tried when the study goes on.
public struct ProgramSearch: Sendable {
    /// Workers that one search may have.
    public static let workerLimit = 256
    /// Failures at the very beginning, without any result, after which the search gives up where no limit is given.
    public static let hopelessFailures = 10
    /// The share of a time limit after which promising trials go on before new ones begin.
    static let exploringShare = 0.75
    private static let waitSeconds = 0.02

    public var study: Study
    public var command: ProgramCommand
    public var folders: TrialFolders
    public var workers = 1
    /// Trials that the study may have in all, those of earlier sessions included; nil for no limit.
    public var trialLimit: Int?
    /// Seconds for everything.
    public var limitSeconds: Double?
    /// Seconds for one run of the program.
    public var secondsPerTrial: Double?
    /// Failed runs after which the search gives up.
    public var failureLimit: Int?
    /// When the trials of silent workers are given up, here and elsewhere, and how often they are tried again; never when nil.
    public var lease: Lease?
    /// Seconds from the request to end to the end by force.
    public var graceSeconds = 5.0

    public init(_ study: Study, _ command: ProgramCommand, folders: TrialFolders = TrialFolders(nil)) {
        self.study = study
        self.command = command
        self.folders = folders
    }

    /// Runs until a limit is reached, nothing is left to do, or it is asked to stop.
    ///
    /// - Parameters:
    ///   - observer: Hears of every trial; called from several threads, one at a time.
    ///   - isStopping: Whether the search is to end early; asked often, from several threads.
    /// - Throws: `SearchError` (`badProgram`, `storage`), `SearchSpaceError` when the space leaves nothing to try.
    public func run(observer: any ProgramSearchObserver, isStopping: @escaping @Sendable () -> Bool) throws -> ProgramSearchSummary {
        folders.endLeftPrograms()
        let progress = try SearchProgress(self, observer, isStopping)
        let threads = DispatchGroup()
        for index in 0..<max(1, min(workers, Self.workerLimit)) {
            threads.enter()
            // Threads of our own: they wait for programs.
            let thread = Thread {
                do {
                    try work("\(SessionWorker.name)/\(index)", progress)
                } catch {
                    progress.fail(error)
                }
                threads.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        while threads.wait(timeout: .now() + 0.25) == .timedOut { progress.tick() }
        folders.close()
        if let error = progress.error { throw error }
        return progress.summary()
    }

    private func work(_ worker: String, _ progress: SearchProgress) throws {
        while progress.goesOn {
            switch try study.ask(worker: worker, limit: trialLimit, intensifying: progress.isIntensifying, lease: lease) {
            case .finished: return
            case .wait: Thread.sleep(forTimeInterval: Self.waitSeconds)
            case .job(let job): try run(job, progress)
            }
        }
    }

    private func run(_ job: Job, _ progress: SearchProgress) throws {
        var program = TrialProgram(
            study: study, command: command, folders: folders, limitSeconds: secondsPerTrial, graceSeconds: graceSeconds)
        if let lease { program.heartbeatSeconds = min(program.heartbeatSeconds, lease.heartbeatInterval / .seconds(1)) }
        progress.began(job)
        let outcome: TrialProgram.Outcome
        do {
            outcome = try program.run(job, isStopping: { !progress.goesOn })
        } catch {
            // Nothing is wrong with the trial.
            _ = try? SessionWorker.release(job.worker, in: study, reason: "\(error)")
            throw error
        }
        var isOurs = true
        do {
            switch outcome {
            case .result(let result):
                let training = study.scheduler as? PopulationBasedTraining
                var copying: (any Error)?
                if training != nil, job.fidelity != study.scheduler.maximumFidelity {
                    // A copy may take its time, and is for who still holds the trial alone.
                    try study.heartbeat(job)
                    // Before it is told: who is bred from it may be asked for at once.
                    do { try folders.keepCheckpoint(of: job) } catch { copying = error }
                }
                try study.tell(job, result.values, constraints: result.constraints)
                if let copying { throw copying }
                if let training { try removeCheckpoints(training, after: job) }
            case .failed(let reason): try study.fail(job, reason: reason)
            case .stopped: try study.stop(job)
            case .interrupted: try SessionWorker.release(job.worker, in: study, reason: "the search was stopped")
            case .void: isOurs = false
            }
        } catch let error as SearchError where error.code == .staleJob {
            // Somebody else has it now; what we found out does not count.
            isOurs = false
        } catch let error as SearchError {
            guard case .result(let result) = outcome else { throw error }
            // The last that is seen of what may have taken days.
            let values = result.values.map { "\($0)" }.joined(separator: ", ")
            throw SearchError(
                error.code, "\(error.message) The result of trial \(job.trial) is not stored: \(values) (\(job.configuration)).", trial: job.trial)
        }
        if isOurs { folders.tidy(job.trial) }
        try progress.ended(job, outcome)
    }

    /// Removes the copies of checkpoints that nobody of a job's population can be bred from any more.
    private func removeCheckpoints(_ training: PopulationBasedTraining, after job: Job) throws {
        let trials = try study.trials()
        let members = training.population(of: job.trial, in: trials)
        let needed = training.lowestParentFidelity(of: members, in: trials)
        // Only the end of the job that was the furthest behind can raise it: folders are not looked at after every result.
        if let needed, needed <= job.previousFidelity ?? job.parentFidelity ?? 0 { return }
        for member in members { folders.removeCheckpoints(of: member, below: needed) }
    }

    /// Kills all programs that run for any search of this process: for its very last moment.
    public static func killPrograms() { ChildProcess.killAll() }

    /// The command lines of the first trials that a new study like this one would run, without running anything.
    public func preview(_ count: Int) throws -> [String] {
        var definition = study.definition
        definition.name = "preview"
        let study = try Study.create(definition, in: InMemoryStore())
        var lines: [String] = []
        while lines.count < count, case .job(let job) = try study.ask(worker: "preview", limit: count) {
            var places: [ProgramCommand.Place: String] = [.trial: "\(job.trial)", .seed: "\(TrialProgram.seed(of: job, study))"]
            if let fidelity = job.fidelity { places[.fidelity] = "\(fidelity)" }
            if command.needsFile { places[.params] = folders.parameters(of: job.trial).path }
            places[.checkpoint] = folders.checkpoint(of: job.trial).path
            places[.result] = command.resultFile?.text(command.values(of: places, job.configuration))
            let variables = command.passing == .environment ? command.environment(places, job.configuration).sorted { $0.key < $1.key } : []
            let prefix = variables.map { "\($0.key)=\(ShellWords.quoted([$0.value])) " }.joined()
            lines.append(prefix + ShellWords.quoted(command.arguments(places, job.configuration)))
        }
        return lines
    }
}
