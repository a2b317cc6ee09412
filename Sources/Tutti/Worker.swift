import Datasets
import Foundation
import Learners
public import Learning
import ModelLibrary
import Search
import SearchSpaces
import Synchronization

/// A process that pulls trials of a run from its study, trains them, and puts the models into the library.
public struct Worker: Sendable {
    private let folder: RunFolder
    private let name: String
    private let deadline: Deadline
    /// From here on promising trials are trained further before new ones are begun.
    private let intensification: Deadline
    /// Seconds between questions for work where there is none.
    private static let pollSeconds = 0.2
    /// Failures in a row after which a worker gives up, in a study without any result.
    private static let failureLimit = 12
    /// With less than this before the closing, a trial that ran out of time is the last one.
    private static let lastSeconds = 5.0
    /// First guess of the seconds between the end of training and the told result: export, measuring, validation.
    private static let firstClosingSeconds = 2.0

    public init(run folder: RunFolder, name: String, deadline: Deadline, intensification: Deadline) {
        self.folder = folder
        self.name = name
        self.deadline = deadline
        self.intensification = intensification
    }

    /// Works until nothing is left to do or the deadline passes.
    /// - Throws: what opening the run throws. A trial that fails is noted in the study, and the work goes on.
    public func work() throws {
        OrphanWatch.start()
        let manifest = try folder.readManifest()
        let bench = try TrialBench(folder, manifest: manifest)
        let study = try RunStudy.open(folder)
        var closingSeconds = Self.firstClosingSeconds
        var failuresInARow = 0
        while deadline.remainingSeconds > closingSeconds {
            switch try study.ask(worker: name, limit: manifest.trialLimit, intensifying: intensification.hasPassed) {
            case .finished: return
            case .wait: Thread.sleep(forTimeInterval: Self.pollSeconds)
            case .job(let job):
                do {
                    let result = try bench.train(job, until: deadline.earlier(bySeconds: closingSeconds))
                    closingSeconds = max(1, min(1.3 * result.closingSeconds + 0.3, 30))
                    if let model = result.model { try study.setAttribute("model", of: job.trial, to: model) }
                    if result.isOutraced {
                        _ = try study.report(job, result.value, at: job.fidelity ?? 1)
                        try study.stop(job)
                    } else {
                        try study.tell(job, result.value)
                    }
                    failuresInARow = 0
                    // Only now: until the result is in, another attempt may have to begin where this one did.
                    if let parent = result.supersededParent { bench.library.removeCheckpoint(of: parent) }
                } catch let error as SearchError {
                    throw error
                } catch let error as LearningError where error.code == .outOfTime && deadline.remainingSeconds < closingSeconds + Self.lastSeconds {
                    // What is left is too short for anything; more trials would only fail alike.
                    return try study.fail(job, reason: "\(error)")
                } catch {
                    try study.fail(job, reason: "\(error)")
                    failuresInARow += 1
                    // Where nothing has ever worked, a full disk or a broken runtime is the reason, and more trials would only fail alike.
                    if failuresInARow >= Self.failureLimit, try study.trials().allSatisfy({ $0.lastResult == nil }) { return }
                }
            }
        }
    }
}

/// Ends a worker whose fit is gone: killed, it cannot end its workers itself.
enum OrphanWatch {
    static let parentVariable = "TUTTI_PARENT"
    private static let checkSeconds = 1.0

    static func start() {
        guard let text = ProcessInfo.processInfo.environment[parentVariable], let parent = pid_t(text) else { return }
        let thread = Thread {
            while getppid() == parent { Thread.sleep(forTimeInterval: checkSeconds) }
            _exit(0)
        }
        thread.start()
    }
}
