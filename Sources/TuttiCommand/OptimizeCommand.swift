import ArgumentParser
import Foundation
import Optimize
import Search
import SearchSpaces

struct OptimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Tune the parameters of a program in any language.",
        discussion: """
            Two ways. After -- comes a program that is run once for each trial:

              tutti optimize --space space.json --trials 50 -- python train.py

            It gets the parameters as flags (--name value), or where {name} stands in its arguments, or as a JSON file (--params-file), and
            always in its environment (TUTTI_PARAM_NAME, TUTTI_TRIAL, TUTTI_FIDELITY, TUTTI_PREVIOUS_FIDELITY, TUTTI_SEED, TUTTI_CHECKPOINT). Its result is the last
            line it prints that is a number or JSON such as {"value": 0.31}. Lines {"step": 3, "value": 0.4} before it are reports, on which
            the scheduler may stop it. Other placeholders: {trial} {fidelity} {previous_fidelity} {seed} {params} {checkpoint}
            {parent} {result}.

            With --stdio the command answers requests on standard input, a JSON document on each line, so that a program can ask by itself:

              {"ask":{}}                              {"trial":7,"params":{"lr":0.01},"fidelity":9}
              {"tell":{"trial":7,"values":[0.31]}}    {"trial":7}

            Further requests: report, best, trials, space, enqueue, add, heartbeat.
            """)

    @OptionGroup var search: SearchArguments
    @Flag(help: "Answer requests on standard input, as JSON lines.") var stdio = false
    @Option(help: "Trials of the study in all, earlier sessions included. For a program 50 per parameter when neither --trials nor --time is given.")
    var trials: Int?
    @Option(help: "Time for everything: 90s, 5m, 1h30m. What runs when it is up is given back.", transform: TimeSpan.init(parsing:)) var time: TimeSpan?
    @Option(help: "Time for one run of the program.", transform: TimeSpan.init(parsing:)) var timeout: TimeSpan?
    @Option(help: "Programs that run at once.") var workers: Int = 1
    @Option(help: "Give up after so many failed runs; after \(ProgramSearch.hopelessFailures) when nothing but failures came.") var maxFailures: Int?
    @Option(help: "Time from the request to end (SIGTERM) to the end by force.", transform: TimeSpan.init(parsing:)) var grace: TimeSpan = TimeSpan(seconds: 5)
    @Option(help: "Give up trials of other sessions that were silent for so long, and try them again.", transform: TimeSpan.init(parsing:)) var lease: TimeSpan?
    @Flag(help: "Pass the parameters as a JSON file, its path in {params} and TUTTI_PARAMS.") var paramsFile = false
    @Flag(help: "Pass the parameters in the environment only.") var noFlags = false
    @Option(help: "File that the program writes its result to, instead of standard output; may hold placeholders.") var resultFile: String?
    @Option(help: "Folder for checkpoints, one per trial; beside the store when absent.") var folder: String?
    @Flag(help: "Try the default configuration first.") var tryDefaults = false
    @Flag(help: "Print the first command lines and run nothing.") var dryRun = false
    @Flag(help: "Print a JSON document on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("After --: the program and its arguments.", valueName: "command")) var command: [String] = []

    private static let previewCount = 5

    func validate() throws {
        if stdio == !command.isEmpty {
            throw ValidationError(
                stdio ? "--stdio takes no program; leave out '\(command[0])' or --stdio" : "nothing to tune; give a program after --, or --stdio")
        }
        if let trials, trials < 1 { throw ValidationError("--trials is \(trials); it must be at least 1") }
        if let maxFailures, maxFailures < 1 { throw ValidationError("--max-failures is \(maxFailures); it must be at least 1") }
        if workers < 1 || workers > ProgramSearch.workerLimit {
            throw ValidationError("--workers is \(workers); it must be from 1 to \(ProgramSearch.workerLimit)")
        }
        if paramsFile, noFlags { throw ValidationError("--params-file and --no-flags exclude each other; give one of them") }
        guard stdio else { return }
        let stray = [
            ("--time", time != nil), ("--timeout", timeout != nil), ("--max-failures", maxFailures != nil), ("--params-file", paramsFile),
            ("--no-flags", noFlags), ("--result-file", resultFile != nil), ("--folder", folder != nil), ("--dry-run", dryRun), ("--json", json),
            ("--workers", workers != 1),
        ].first { $0.1 }
        if let stray { throw ValidationError("\(stray.0) is for a program after --, not for --stdio; leave it out") }
    }

    func run() throws {
        let plan = try search.plan()
        if dryRun { return try preview(plan) }
        let earlier = try search.earlierStudy(for: plan)
        let opened = try plan.open(in: search.address.open(for: plan.existing))
        try SessionWorker.releaseDead(in: opened.study)
        if let earlier { try search.beginWarm(opened, from: earlier) }
        if tryDefaults, !opened.isResumed { try opened.study.enqueue(opened.study.space.defaultConfiguration) }
        if stdio { return try serve(opened.study) }
        try tune(opened)
    }

    private func serve(_ study: Study) throws {
        let signals = OptimizeSignals()
        let session = AskTellSession(study, worker: SessionWorker.name, trialLimit: trials, lease: lease.map { SessionWorker.lease(seconds: $0.seconds) })
        // Where the reader of the answers has gone, the session still ends in good order.
        signal(SIGPIPE, SIG_IGN)
        try LineServer(session, input: STDIN_FILENO).serve(isStopping: { signals.isStopping }) { answer in
            do {
                try FileHandle.standardOutput.write(contentsOf: Data((answer + "\n").utf8))
            } catch {
                throw SearchError(.storage, "Standard output cannot be written; an answer is lost. Send the request again in the next session.")
            }
        }
    }

    private func makeSearch(_ study: Study) throws -> ProgramSearch {
        let program = try ProgramCommand(
            command, space: study.space, passing: paramsFile ? .file : noFlags ? .environment : .flags, resultFile: resultFile)
        let place = folder.map { URL(fileURLWithPath: $0) } ?? TrialFolders.beside(search.address, study: study.name)
        var search = ProgramSearch(study, program, folders: TrialFolders(place))
        search.workers = workers
        search.trialLimit = trials ?? (time == nil ? study.space.advisedTrialCount : nil)
        search.limitSeconds = time?.seconds
        search.secondsPerTrial = timeout?.seconds
        search.failureLimit = maxFailures
        search.lease = lease.map { SessionWorker.lease(seconds: $0.seconds) }
        search.graceSeconds = grace.seconds
        return search
    }

    private func preview(_ plan: StudyPlan) throws {
        let isThere = search.address.text != "memory:" && search.address.file.map { FileManager.default.fileExists(atPath: $0) } ?? true
        let stored = isThere && !search.overwrite ? try search.address.open().definition(of: search.name) : nil
        let study = try Study.create(stored ?? plan.definition(), in: InMemoryStore())
        for line in try makeSearch(study).preview(min(trials ?? Self.previewCount, Self.previewCount)) { Console.out(line) }
    }

    private func tune(_ opened: StudyPlan.Opened) throws {
        let study = opened.study
        let search = try makeSearch(study)
        let display = OptimizeDisplay(study.definition, quiet: quiet)
        if opened.isResumed {
            let trials = try study.trials()
            let count = trials.count { $0.state != .waiting }
            let waiting = trials.count - count
            display.note(
                "going on with the study \"\(study.name)\", which has \(trials.count) trials" + (waiting > 0 ? ", \(waiting) of them waiting" : ""))
            if let limit = search.trialLimit, count >= limit { display.note("nothing new starts: \(limit) trials are reached; give more with --trials") }
        } else if self.search.store == "memory:" {
            display.note("the study is kept in memory only; keep it with --store sqlite:FILE")
        }
        let signals = OptimizeSignals { display.note("stopping: programs have \(grace) to end; a second signal ends everything at once") }
        let summary = try search.run(observer: display, isStopping: { signals.isStopping })
        display.clear()
        try OptimizeSummary(study, summary, store: self.search.address.text).show(json: json)
    }
}
