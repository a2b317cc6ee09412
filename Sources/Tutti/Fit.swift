import Datasets
public import Foundation
import Learners
import Learning
import ModelLibrary
import Placement
import Search
import SearchSpaces

/// From a data set to a served ensemble: reads, splits, searches, chooses, places and reports, all within one time limit.
public enum Fit {
    /// Rungs of the search, the same for all learners; what a unit of fidelity is stands on a learner's card.
    static let tableRungs = [1, 3, 9, 27]
    static let imageRungs = [1, 3, 9]
    static let reductionFactor = 3

    /// - Throws: `DatasetError`, `LearningError` and ``TuttiError`` before anything is trained; afterwards ``TuttiError`` `.noResult` where
    ///   no model could be trained in time.
    public static func run(_ options: FitOptions, progress: any FitProgress, interruption: Interruption) async throws -> FitResult {
        let clock = Stopwatch(limitSeconds: options.timeSeconds)
        _ = (try Samplers.make(options.sampler), try Schedulers.make(options.scheduler))
        progress.stage("reading \(options.data)")
        let reading = try DatasetReader.readWithReport(URL(fileURLWithPath: options.data), options: options.reading)
        var data = reading.dataset
        let fingerprint = data.fingerprint
        for note in reading.report.notes { progress.note("note: \(note)") }
        if data.target == nil, case .table(let table) = data.features {
            throw TuttiError(
                .usage,
                "name the column to predict with --target; '\(data.name)' has \(table.columns.prefix(20).map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        let plan =
            try options.resampling.map { ResamplingPlan($0, groupColumn: options.groupColumn, timeColumn: options.timeColumn) }
            ?? .standard(for: data, groupColumn: options.groupColumn, timeColumn: options.timeColumn)
        try plan.check()
        data = try plan.applied(to: data).data
        try data.validateForTraining()
        let task = try LearningTask(posedBy: data)
        let metric = try options.metric.map { try Metric.named($0, for: task) } ?? .standard(for: task)
        let learners = try chooseLearners(options.learners, task: task, progress: progress)
        let rows = try RunData(reading.dataset, plan: plan, seed: options.seed)
        guard rows.divisions.allSatisfy({ !$0.training.isEmpty && !$0.holdout.isEmpty }) else {
            throw TuttiError(.badData, "'\(data.name)' has \(data.rowCount) rows, too few to train on some and to validate on others; add rows")
        }
        try check(metric, on: rows.validation, task: task)
        let folder = RunFolder(options.out)
        try folder.create()
        var isStarted = false
        let lock = try RunLock(folder)
        // After the lock: where another process has it, the folder is that one's.
        defer { if !isStarted { folder.removeUnstarted() } }
        let manifest = RunManifest(
            tuttiVersion: tuttiVersion, command: options.command,
            source: .init(path: URL(fileURLWithPath: options.data).standardizedFileURL.path, options: options.reading), fingerprint: fingerprint,
            rows: data.rowCount, validationRows: rows.judged.count, resampling: plan, task: task, metric: metric.id, seed: options.seed,
            learners: learners.map(\.card.id), sampler: options.sampler, scheduler: options.scheduler,
            rungs: task.input.kind == .images ? imageRungs : tableRungs, reductionFactor: reductionFactor, workers: options.workers,
            threadsPerWorker: max(1, ProcessInfo.processInfo.activeProcessorCount / options.workers),
            memoryBytesPerWorker: options.effectiveMemoryBytesPerWorker, trialLimit: options.trialLimit, timeSeconds: options.timeSeconds,
            spentSeconds: 0, startedAt: Date(), notes: reading.report.notes)
        let study = try RunStudy.create(
            folder, manifest: manifest, problem: Problem(task: task, training: rows.training(0)), learners: learners, metric: metric)
        try folder.write(manifest)
        isStarted = true
        let judging = rows.divisions.count == 1 ? "\(rows.judged.count) rows held out for validation" : plan.resampling.title
        progress.stage("\(description(of: data)); \(judging); optimising \(metric.id)")
        let session = FitSession(
            folder: folder, manifest: manifest, study: study, validation: rows.validation, clock: clock, progress: progress, interruption: interruption,
            executable: try options.workerExecutable ?? ownExecutable())
        defer { withExtendedLifetime(lock) {} }
        return try await session.run()
    }

    /// Goes on with a run, however it ended.
    /// - Parameters:
    ///   - timeSeconds: for this session; nil for what earlier sessions have left of the run's own limit.
    /// - Throws: as ``run(_:progress:interruption:)``; ``TuttiError`` `.usage` where nothing is left of the limit.
    public static func resume(
        _ folder: RunFolder, timeSeconds: Double?, trialLimit: Int? = nil, progress: any FitProgress, interruption: Interruption,
        workerExecutable: URL? = nil
    ) async throws -> FitResult {
        var manifest = try folder.readManifest()
        _ = try chooseLearners(manifest.learners, task: manifest.task, progress: progress)
        let lock = try RunLock(folder)
        let rest = manifest.timeSeconds - manifest.spentSeconds
        guard let seconds = timeSeconds ?? (rest > 1 ? rest : nil) else {
            throw TuttiError(.usage, "the run has used its \(Int(manifest.timeSeconds)) s; give it more with --time")
        }
        let clock = Stopwatch(limitSeconds: seconds)
        if let trialLimit {
            manifest.trialLimit = trialLimit
            try folder.write(manifest)
        }
        progress.stage("reading \(manifest.source.path)")
        let data = try RunData.load(manifest)
        let study = try RunStudy.open(folder)
        let lost = try study.releaseStaleJobs(silentFor: .zero, reason: "the run was killed", mayGoOn: true)
        if !lost.isEmpty { progress.note("note: \(lost.count) trials were lost when the run stopped") }
        let library = ModelLibrary(folder.library)
        library.removeUnfinished()
        let session = FitSession(
            folder: folder, manifest: manifest, study: study, validation: data.validation, clock: clock, progress: progress, interruption: interruption,
            executable: try workerExecutable ?? ownExecutable())
        defer { withExtendedLifetime(lock) {} }
        return try await session.run()
    }

    private static func chooseLearners(_ ids: [String]?, task: LearningTask, progress: any FitProgress) throws -> [any Learner] {
        let candidates = try ids.map { try $0.map(Learners.named) } ?? Learners.handling(task)
        for learner in candidates where !learner.card.handles(task) {
            throw TuttiError(
                .usage,
                "the learner '\(learner.card.id)' cannot learn \(task.kind.rawValue) tasks from \(task.input.kind.rawValue); choose among "
                    + Learners.handling(task).map(\.card.id).joined(separator: ", "))
        }
        guard !candidates.isEmpty else { throw TuttiError(.usage, "--learners names no learner; see `tutti list learners`") }
        let missing = Doctor.missing(for: candidates.flatMap(\.card.requires))
        if let runtime = Doctor.missingForServing() { throw runtime }
        let usable = candidates.filter { learner in !learner.card.requires.contains { missing[$0] != nil } }
        if ids != nil || usable.isEmpty, let error = missing.values.first { throw error }
        for learner in candidates where !usable.contains(where: { $0.card.id == learner.card.id }) {
            for name in learner.card.requires {
                if let error = missing[name] { progress.note("note: the learner '\(learner.card.id)' is left out: \(error)") }
            }
        }
        return usable
    }

    /// A metric that the validation rows do not define (AUC of one class) would fail every trial; better said before the first.
    private static func check(_ metric: Metric, on validation: Dataset, task: LearningTask) throws {
        guard let truth = validation.target else { return }
        let indifferent = [Float](repeating: 1 / Float(task.outputWidth), count: validation.rowCount * task.outputWidth)
        guard !metric.value(Predictions(width: task.outputWidth, values: indifferent), truth).isFinite else { return }
        throw TuttiError(
            .badData,
            "\(metric.id) is not defined on the \(validation.rowCount) rows held out for validation, which have too few different answers; "
                + "add rows of the rare ones, or choose another metric with --metric")
    }

    private static func description(of data: Dataset) -> String {
        let target =
            switch data.target {
            case .classes(_, let names): ", \(names.count) classes"
            default: ""
            }
        return switch data.features {
        case .table(let table): "\(data.rowCount) rows, \(table.columns.count) columns\(target)"
        case .images(let images): "\(data.rowCount) images of \(images.shape.height)×\(images.shape.width)×\(images.shape.channels)\(target)"
        }
    }

    private static func ownExecutable() throws -> URL {
        guard let path = Bundle.main.executablePath else {
            throw TuttiError(.internalFault, "this program's own file cannot be found; name the tutti executable in FitOptions.workerExecutable")
        }
        return URL(fileURLWithPath: path)
    }
}

/// The time of a fit: what is used and what is left.
struct Stopwatch: Sendable {
    let limitSeconds: Double
    private let started = Deadline.monotonicSeconds()

    init(limitSeconds: Double) { self.limitSeconds = limitSeconds }

    var elapsedSeconds: Double { Deadline.monotonicSeconds() - started }
    /// The moment some seconds before the limit.
    func deadline(reservingSeconds reserve: Double) -> Deadline { Deadline(inSeconds: limitSeconds - elapsedSeconds - reserve) }
}
