import ArgumentParser
import Datasets
import Foundation
import Learning
import Search
import Tutti

struct FitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Train a library of models on a data set and choose ensembles.",
        discussion: """
            DATA is a table (CSV, TSV or ARFF, also .gz), an IDX image file with its labels beside it, or a folder with one folder of
            PNG or JPEG images per class. The whole of it, ensembles included, ends within --time. A run that is stopped, by Ctrl-C or
            otherwise, goes on with `tutti resume`.
            """
    )

    enum TaskChoice: String, ExpressibleByArgument, CaseIterable {
        case classification, regression
    }

    @Argument(help: "The data: a file or a folder.") var data: String
    @Option(help: "Column to predict. Not needed for images.") var target: String?
    @Option(help: "Folder of the run.") var out: String?
    @Option(help: "Time for everything: 90s, 5m, 1h30m.", transform: TimeSpan.init(parsing:)) var time: TimeSpan = TimeSpan(seconds: 300)
    @Option(help: "Most configurations to try; no limit when absent.") var trials: Int?
    @Option(help: "Worker processes; one per core when absent.") var workers: Int?
    @Option(help: "What to optimise; see `tutti list metrics`.") var metric: String?
    @Option(help: "Learners to use, separated by commas; see `tutti list learners`.") var learners: String?
    @Option(help: "Seed of everything random.") var seed: UInt64 = 1
    @Option(help: "Memory that one worker may use, such as 4GB; a fair share of the machine when absent.") var memory: ByteCount?
    @Option(help: "How configurations are sampled; see `tutti list samplers`.") var sampler: String = FitOptions.standardSampler
    @Option(help: "How time is shared among trials; see `tutti list schedulers`.") var scheduler: String = FitOptions.standardScheduler
    @Option(name: .customLong("kind"), help: "Kind of a column, COLUMN=number|category|boolean|date|text; may be repeated.") var kinds: [String] = []
    @Option(help: "classification or regression, where the target's values leave it open.") var task: TaskChoice?
    @Option(name: .customLong("exclude"), help: "Column to leave out, such as an identifier; may be repeated.") var exclude: [String] = []
    @Option(help: "How models are judged: holdout:0.2, cv:5, cv:10x3, grouped:5 or time:4; what suits the rows when absent.") var resampling: String?
    @Option(help: "Column of groups whose rows stay together, such as patients; it is not learned from.") var groups: String?
    @Option(help: "Column of numbers or dates that orders the rows in time: models are judged on later rows than they are trained on.") var order: String?
    @Option(help: "Judge fit itself: repeat it on each part of cv:3 or the like, within --time in all, and measure on what the part leaves out.")
    var outer: String?
    @Option(help: "Field delimiter of the table; found out when absent. Write tab for a tab.") var delimiter: String?
    @Flag(help: "Print a JSON document on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func validate() throws {
        if let trials, trials < 1 { throw ValidationError("--trials is \(trials); it must be at least 1") }
        if let workers, workers < 1 || workers > FitOptions.workerLimit {
            throw ValidationError("--workers is \(workers); it must be from 1 to \(FitOptions.workerLimit)")
        }
    }

    func run() async throws {
        var options = FitOptions(data: data, out: URL(fileURLWithPath: out ?? Self.standardFolder(for: data)))
        options.reading = ReadOptions(
            target: target, task: task.map { $0 == .classification ? .classification : .regression }, kinds: try ColumnKinds.parse(kinds),
            excluded: Set(exclude), delimiter: delimiter == "tab" ? "\t" : delimiter)
        options.timeSeconds = time.seconds
        options.trialLimit = trials
        options.workers = workers ?? options.workers
        options.metric = metric
        options.learners = learners?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        options.seed = seed
        options.resampling = try resampling.map { try Resampling(parsing: $0) }
        options.groupColumn = groups
        options.timeColumn = order
        options.memoryBytesPerWorker = memory?.bytes ?? options.memoryBytesPerWorker
        options.sampler = sampler
        options.scheduler = scheduler
        options.command = CommandLine.arguments
        let interruption = Interruption.onSignals()
        if let outer = try outer.map({ try Resampling(parsing: $0) }) {
            let estimate = try await Fit.nested(options, outer: outer, progress: ProgressDisplay.make(quiet: quiet), interruption: interruption)
            return try FitSummary.show(estimate, json: json)
        }
        let result = try await Fit.run(options, progress: ProgressDisplay.make(quiet: quiet), interruption: interruption)
        try FitSummary.show(result, json: json)
    }

    /// `runs/adult` for `data/adult.csv.gz`.
    private static func standardFolder(for data: String) -> String {
        let name = URL(fileURLWithPath: data).lastPathComponent
        return "runs/" + (name.split(separator: ".").first.map(String.init) ?? "run")
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a run that was stopped, or give a finished one more time.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "Time for this session; what was left of the run's own time when absent.", transform: TimeSpan.init(parsing:)) var time: TimeSpan?
    @Option(help: "Most configurations to try, those of earlier sessions included.") var trials: Int?
    @Flag(help: "Print a JSON document on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func run() async throws {
        let interruption = Interruption.onSignals()
        let result = try await Fit.resume(
            RunFolder(URL(fileURLWithPath: folder)), timeSeconds: time?.seconds, trialLimit: trials, progress: ProgressDisplay.make(quiet: quiet),
            interruption: interruption)
        try FitSummary.show(result, json: json)
    }
}

/// A worker process: started by `fit`, not by people.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", abstract: "Train trials of a run.", shouldDisplay: false)

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "Name under which trials are claimed.") var name: String
    @Option(help: "Seconds to work.") var seconds: Double
    @Option(help: "Seconds after which promising trials go on before new ones begin.") var exploreSeconds: Double

    func run() async throws {
        let worker = Worker(
            run: RunFolder(URL(fileURLWithPath: folder)), name: name, deadline: Deadline(inSeconds: seconds),
            intensification: Deadline(inSeconds: exploreSeconds))
        try worker.work()
    }
}

/// Column kinds given as `COLUMN=kind`.
enum ColumnKinds {
    static func parse(_ pairs: [String]) throws -> [String: ColumnKind] {
        try pairs.reduce(into: [:]) { kinds, pair in
            guard let split = pair.lastIndex(of: "="), let kind = ColumnKind(rawValue: String(pair[pair.index(after: split)...])) else {
                throw ValidationError("--kind is '\(pair)'; write COLUMN=\(ColumnKind.allCases.map(\.rawValue).joined(separator: "|"))")
            }
            kinds[String(pair[..<split])] = kind
        }
    }
}
