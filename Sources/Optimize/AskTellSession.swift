import Foundation
public import Search
import SearchSpaces

/// Ask and tell as JSON lines: one answer for each request, so that a program in any language can be tuned.
///
/// An answer is given after what it says has been stored: a result that was answered survives the death of this process if the store
/// does. A request that was not answered may be sent again to the next session; telling the same twice changes nothing.
///
/// ```
/// {"ask":{}}                                        {"trial":7,"params":{"lr":0.01,"layers":3},"fidelity":9}
/// {"report":{"trial":7,"fidelity":3,"values":[0.4]}}  {"trial":7,"continue":true}
/// {"tell":{"trial":7,"values":[0.31],"fidelity":9}}   {"trial":7}
/// ```
///
/// Not for several threads at once.
public final class AskTellSession {
    private let study: Study
    private let worker: String
    private let trialLimit: Int?
    private let lease: Lease?
    /// Jobs handed out here by trial: only they prove that nobody else has got the trial since.
    private var jobs: [Int: Job] = [:]
    /// Names under which jobs were asked for.
    private var workers: Set<String> = []
    /// Trials that were told to stop and have not ended yet.
    private var stopping: Set<Int> = []

    /// - Parameters:
    ///   - trialLimit: How many trials the study may have started in all; nil for no limit.
    ///   - lease: When the trials of silent workers are given up, and how often they are tried again; never when nil.
    public init(_ study: Study, worker: String, trialLimit: Int? = nil, lease: Lease? = nil) {
        self.study = study
        self.worker = worker
        self.trialLimit = trialLimit
        self.lease = lease
    }

    /// The answer to a line; nil for an empty one. What is wrong is answered with `{"error":…}`, and the session goes on.
    public func answer(_ line: String) -> String? {
        if line.allSatisfy(\.isWhitespace) { return nil }
        do {
            return try respond(to: SessionRequest(line)).description
        } catch {
            return Self.failure("\(error)")
        }
    }

    /// The answer that says what is wrong.
    static func failure(_ message: String) -> String { JSONValue.object([JSONMember("error", .string(message))]).description }

    /// Gives back what was asked for and not told: it is asked for first in the next session. A result that comes before is accepted.
    ///
    /// - Throws: `SearchError` (`storage`).
    public func end() throws {
        for worker in workers {
            try SessionWorker.release(worker, in: study, reason: "the session ended before a result was told", attemptLimit: SessionWorker.crashLimit)
        }
        workers = []
        jobs = [:]
    }

    private func respond(to request: SessionRequest) throws -> JSONValue {
        switch request {
        case .ask(let count, let worker): return try ask(count: count, worker: worker)
        case .report(let number, let step, let value): return try report(number, value, at: step)
        case .tell(let number, let ending, let fidelity):
            try tell(number, ending, fidelity: fidelity)
            jobs[number] = nil
            stopping.remove(number)
            return ["trial": .integer(number)]
        case .heartbeat(let number):
            try study.heartbeat(try runningJob(number))
            return ["trial": .integer(number)]
        case .best:
            let trials = BestTrials.of(try study.trials(), directions: study.definition.directions)
            return ["trials": .array(trials.map { TrialDocument($0, study.space).result })]
        case .trials(let state, let since):
            let trials = try study.trials(since: since).filter { state == nil || $0.state == state }
            return ["trials": .array(trials.map { TrialDocument($0, study.space).full })]
        case .space: return ["space": try JSONReader.read(Self.json(study.space))]
        case .enqueue(let configuration): return ["trial": .integer(try study.enqueue(configuration))]
        case .add(let configuration, let values, let constraints):
            return ["trial": .integer(try study.add(configuration, values: values, constraints: constraints))]
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func ask(count: Int?, worker: String?) throws -> JSONValue {
        let name = worker.map { "\(self.worker)/\($0)" } ?? self.worker
        workers.insert(name)
        var offered: [JSONValue] = []
        while true {
            switch try study.ask(worker: name, limit: trialLimit, lease: lease) {
            case .wait: return count == nil ? ["wait": true] : ["trials": .array(offered), "wait": true]
            case .finished: return count == nil ? ["finished": true] : ["trials": .array(offered), "finished": true]
            case .job(let job):
                jobs[job.trial] = job
                stopping.remove(job.trial)
                let document = Self.document(of: job)
                guard let count else { return document }
                offered.append(document)
                if offered.count == count { return ["trials": .array(offered)] }
            }
        }
    }

    private static func document(of job: Job) -> JSONValue {
        var members = [JSONMember("trial", .integer(job.trial)), JSONMember("params", TrialDocument.json(job.configuration))]
        if let fidelity = job.fidelity { members.append(JSONMember("fidelity", .integer(fidelity))) }
        if let previous = job.previousFidelity { members.append(JSONMember("previousFidelity", .integer(previous))) }
        if let parent = job.parentFidelity { members.append(JSONMember("parentFidelity", .integer(parent))) }
        if let parent = job.parent { members.append(JSONMember("parent", .integer(parent))) }
        return .object(members)
    }

    private func report(_ number: Int, _ value: Double, at step: Int) throws -> JSONValue {
        let goesOn = try study.report(try runningJob(number), value, at: step)
        if goesOn { stopping.remove(number) } else { stopping.insert(number) }
        return ["trial": .integer(number), "continue": .boolean(goesOn)]
    }

    private func tell(_ number: Int, _ ending: SessionRequest.Ending, fidelity: Int?) throws {
        let trial = try study.trial(number)
        let job = jobs[number] ?? Self.latestJob(of: trial, study.space)
        let isLatest = job.attempt == trial.progress.attempts && trial.progress.attempts > 0
        switch ending {
        case .failed(let reason):
            // Told again, because the first answer was lost with a session.
            if isLatest, trial.state != .running, trial.failure == reason { return }
            try study.fail(job, reason: reason)
        case .stopped:
            if isLatest, trial.state == .pruned, trial.progress.promotionFailed { return }
            try study.stop(job)
        case .values(let values, let constraints):
            guard values.count == study.definition.directions.count else {
                throw SessionRequest.bad(
                    "tell has \(values.count) values; the study has \(study.definition.directions.count) objectives, expected one value each")
            }
            if trial.state == .running, isStopped(trial, toldAt: fidelity, job) {
                if let fidelity { _ = try study.report(job, values[0], at: fidelity) }
                return try study.stop(job)
            }
            if let fidelity, fidelity != job.fidelity {
                // A lower rung of a trial that has gone on since, told again.
                if trial.progress.values(at: fidelity) == values { return }
                throw SessionRequest.bad(
                    job.fidelity.map {
                        "trial \(number) was to reach fidelity \($0), got a result at \(fidelity); "
                            + "report values on the way, and tell the one at \($0), or \"state\":\"stop\""
                    } ?? "the study has no fidelities, got \"fidelity\":\(fidelity); leave it out")
            }
            try study.tell(job, values, constraints: constraints)
        }
    }

    /// Whether these values are the last ones of a trial that was told to stop, not its result at the fidelity it was asked for.
    private func isStopped(_ trial: Trial, toldAt fidelity: Int?, _ job: Job) -> Bool {
        if fidelity != nil, fidelity == job.fidelity { return false }
        return stopping.contains(trial.number)
    }

    private func runningJob(_ number: Int) throws -> Job {
        if let job = jobs[number] { return job }
        return try study.currentJob(ofTrial: number)
    }

    /// The job of a trial that was asked for in an earlier session.
    private static func latestJob(of trial: Trial, _ space: SearchSpace) -> Job {
        Job(
            trial: trial.number, attempt: trial.progress.attempts, configuration: space.ordered(trial.configuration),
            fidelity: trial.progress.fidelity, previousFidelity: trial.progress.results.last?.fidelity, parent: trial.progress.parent,
            worker: trial.progress.worker ?? "")
    }
}

extension Study {
    /// - Throws: `SearchError` (`unknownTrial`, `storage`).
    func trial(_ number: Int) throws -> Trial {
        let trials = try trials()
        guard trials.indices.contains(number) else {
            let known = trials.isEmpty ? "it has none yet" : "it has 0 to \(trials.count - 1)"
            throw SearchError(.unknownTrial, "There is no trial \(number) in the study; \(known).", trial: number)
        }
        return trials[number]
    }
}
