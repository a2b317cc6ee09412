import Foundation
import Search

/// One trial as a run of the program.
struct TrialProgram {
    /// What came of it.
    enum Outcome {
        case result(ProgramResult)
        case failed(String)
        /// The scheduler has stopped it.
        case stopped
        /// The whole search is to stop.
        case interrupted
        /// The trial has been given to somebody else.
        case void
    }

    /// How often the store hears that a program still runs, where no lease asks for more.
    static let heartbeatSeconds = 15.0

    var study: Study
    var command: ProgramCommand
    var folders: TrialFolders
    var limitSeconds: Double?
    var graceSeconds: Double
    var heartbeatSeconds = Self.heartbeatSeconds

    func run(_ job: Job, isStopping: @escaping () -> Bool) throws -> Outcome {
        let places = try prepare(job)
        let output = ProgramOutput(objectives: study.definition.directions.count, metricNames: study.definition.metricNames)
        let resultFile = command.resultFile?.text(command.values(of: places, job.configuration))
        var environment = ProcessInfo.processInfo.environment
        environment.merge(command.environment(places, job.configuration)) { $1 }
        let child = ChildProcess(arguments: command.arguments(places, job.configuration), environment: environment, graceSeconds: graceSeconds)
        let watch = Watch(study: study, job: job, limitSeconds: limitSeconds, heartbeatSeconds: heartbeatSeconds, output: output, isStopping: isStopping)
        let ending = try child.run(onStart: { folders.note(program: $0, of: job.trial) }, onLine: watch.read, shouldEnd: watch.shouldEnd)
        if watch.isVoid { return .void }
        if ending.wasEnded, let cause = watch.cause {
            switch cause {
            case .interruption: return .interrupted
            case .scheduler: return .stopped
            case .time:
                let limit = Self.seconds(limitSeconds ?? 0)
                return .failed(Self.reason("it took longer than the \(limit) s allowed and was ended", ending))
            }
        }
        switch ending.status {
        case .exited(0): break
        case .exited(let status): return .failed(Self.reason("exit status \(status)", ending))
        case .signaled(let signal): return .failed(Self.reason("killed by signal \(signal) (\(String(cString: strsignal(signal))))", ending))
        }
        return outcome(resultFile.map { read($0, output) } ?? watch.last, resultFile: resultFile, lastLine: watch.lastText)
    }

    private func outcome(_ line: ProgramOutput.Line, resultFile: String?, lastLine: String) -> Outcome {
        switch line {
        case .result(let result):
            if let failure = result.failure { return .failed(failure) }
            if result.values.contains(where: \.isNaN) { return .failed("the result is not a number (NaN)") }
            if let stray = result.constraints.first(where: { !$0.value.isFinite }) { return .failed("the constraint \"\(stray.key)\" is no finite number") }
            return .result(result)
        case .misfit(let reason): return .failed(reason)
        case .report, .other:
            let count = study.definition.directions.count
            let expected = count == 1 ? "a line with a number or {\"value\":0.31}" : "a line with \(count) numbers or {\"values\":[…]}"
            if let resultFile { return .failed("no result in the file \(resultFile); expected \(expected)") }
            let got = lastLine.isEmpty ? "it printed nothing" : "its last line was '\(lastLine.prefix(120))'"
            return .failed("no result on standard output: \(got); expected \(expected) at the end")
        }
    }

    /// What the program is told besides its parameters; its files are made.
    private func prepare(_ job: Job) throws -> [ProgramCommand.Place: String] {
        var places: [ProgramCommand.Place: String] = [.trial: "\(job.trial)", .seed: "\(Self.seed(of: job, study))"]
        places[.fidelity] = job.fidelity.map { "\($0)" }
        places[.previousFidelity] = (job.previousFidelity ?? job.parentFidelity).map { "\($0)" }
        if command.needsFile {
            try folders.writeParameters(of: job)
            places[.params] = folders.parameters(of: job.trial).path
        }
        try folders.prepareCheckpoint(for: job)
        places[.checkpoint] = folders.checkpoint(of: job.trial).path
        places[.parent] = folders.parentCheckpoint(for: job)?.path
        if let file = command.resultFile?.text(command.values(of: places, job.configuration)) {
            // What an earlier trial left there is not this one's result.
            try? FileManager.default.removeItem(atPath: file)
            places[.result] = file
        }
        return places
    }

    private func read(_ file: String, _ output: ProgramOutput) -> ProgramOutput.Line {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return .other }
        return output.read(file: text)
    }

    /// The seed that a trial's program gets: from the study's, different for each trial, the same at every fidelity, and small enough for
    /// any language.
    static func seed(of job: Job, _ study: Study) -> Int {
        var generator = TrialGenerator(seed: study.definition.seed, trial: job.trial)
        return Int(generator.next() >> 33)
    }

    static func seconds(_ seconds: Double) -> String { seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))" : "\(seconds)" }

    private static func reason(_ what: String, _ ending: ChildProcess.Ending) -> String {
        ending.lastErrors.isEmpty ? what : "\(what); the end of standard error:\n\(ending.lastErrors)"
    }
}

/// What is found out about a program while it runs. Used by one thread.
private final class Watch {
    enum Cause {
        case interruption, scheduler, time
    }

    private let study: Study
    private let job: Job
    private let output: ProgramOutput
    private let isStopping: () -> Bool
    private let deadline: ContinuousClock.Instant?
    private let heartbeatSeconds: Double
    private var nextHeartbeat: ContinuousClock.Instant
    private var isStopped = false
    /// The last line that is a result.
    private(set) var last = ProgramOutput.Line.other
    private(set) var lastText = ""
    /// Why the program was ended; nil where it was not.
    private(set) var cause: Cause?
    private(set) var isVoid = false

    init(study: Study, job: Job, limitSeconds: Double?, heartbeatSeconds: Double, output: ProgramOutput, isStopping: @escaping () -> Bool) {
        self.study = study
        self.job = job
        self.output = output
        self.isStopping = isStopping
        deadline = limitSeconds.map { .now + .seconds($0) }
        self.heartbeatSeconds = heartbeatSeconds
        nextHeartbeat = .now + .seconds(heartbeatSeconds)
    }

    func read(_ line: LineSplitter.Line) throws {
        guard !line.text.allSatisfy(\.isWhitespace) else { return }
        lastText = line.text
        switch line.isCut ? .other : output.read(line.text) {
        case .report(let step, let value):
            // Once it is to end, nothing that it says on the way changes that.
            guard cause == nil, !isStopped, !isVoid else { return }
            try whileHeld { isStopped = try !study.report(job, value, at: step) }
        case .other: break
        case let result: last = result
        }
    }

    func shouldEnd() throws -> Bool {
        let now = ContinuousClock.now
        if now >= nextHeartbeat {
            nextHeartbeat = now + .seconds(heartbeatSeconds)
            try whileHeld { try study.heartbeat(job) }
        }
        cause = isStopping() ? .interruption : isStopped ? .scheduler : deadline.map { now >= $0 } ?? false ? .time : nil
        return cause != nil || isVoid
    }

    private func whileHeld(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as SearchError where error.code == .staleJob {
            isVoid = true
        }
    }
}
