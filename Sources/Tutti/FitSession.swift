import Datasets
import Ensembling
import Foundation
import Learning
import ModelLibrary
import Placement
import Search
import SearchSpaces

/// One session of a run, from the first worker to the report: what `fit` and `resume` share.
struct FitSession: Sendable {
    let folder: RunFolder
    let manifest: RunManifest
    let study: Study
    let validation: Dataset
    let clock: Stopwatch
    let progress: any FitProgress
    let interruption: Interruption
    let executable: URL

    private static let tickSeconds = 0.25
    /// Ticks between notes of the time that is used.
    private static let ticksPerRecord = 20
    /// Share of the time, and bounds in seconds, for choosing ensembles, placing them and writing the report.
    private static let closingShare = 0.06
    private static let closingBounds = 3.0...30.0
    /// Share of the search's time in which new configurations are tried; the rest first trains the promising ones further. On images a
    /// half leaves time for three to five networks at the highest rung, which is what an ensemble lives from.
    private static let explorationShare = 0.5

    private var closingSeconds: Double { min(max(clock.limitSeconds * Self.closingShare, Self.closingBounds.lowerBound), Self.closingBounds.upperBound) }

    func run() async throws -> FitResult {
        try await search()
        let run = try Run(folder)
        let (models, damage) = try run.readModels()
        for note in damage { progress.note("note: \(note)") }
        guard !models.isEmpty else {
            try recordSpentSeconds()
            throw TuttiError(.noResult, try explainNoModels())
        }
        progress.stage("choosing ensembles from \(models.count) models")
        // Half of what is left: placing and the report need the other.
        let selectionSeconds = (interruption.isRequested ? Self.closingBounds.lowerBound : max(1, clock.limitSeconds - clock.elapsedSeconds)) / 2
        let ensembles = try run.selectEnsembles(limits: CostLimits(), truth: validation.target, deadline: Deadline(inSeconds: selectionSeconds))
        try folder.writeDocument(ensembles, to: folder.ensembles)
        let placements = try await place(ensembles, run: run)
        try recordSpentSeconds()
        progress.stage("writing the report")
        try Run(folder).writeReport(to: folder.report, validation: validation)
        let trials = try study.trials()
        return FitResult(
            run: folder.url.path, report: folder.report.path, metricID: manifest.metric, task: manifest.task, seconds: clock.elapsedSeconds,
            trials: trials.count { $0.progress.attempts > 0 }, failures: trials.count { $0.state == .failed }, models: models.count,
            bestModel: models.first, ensembles: ensembles.ensembles, placements: placements, isInterrupted: interruption.isRequested)
    }

    /// Notes in `run.json` what the run has used, this session included. Now and then while it searches: a run that is killed has used it, too.
    private func recordSpentSeconds() throws {
        var present = manifest
        present.spentSeconds += clock.elapsedSeconds
        try folder.write(present)
    }

    // MARK: - Search

    private func search() async throws {
        let deadline = clock.deadline(reservingSeconds: closingSeconds)
        guard !deadline.hasPassed, !interruption.isRequested else { return }
        progress.stage("searching with \(manifest.workers) workers: \(manifest.learners.joined(separator: ", "))")
        let study = study
        let exploration = Deadline(inSeconds: deadline.remainingSeconds * Self.explorationShare)
        let pool = WorkerPool(
            executable: executable, run: folder, count: manifest.workers, threadsPerWorker: manifest.threadsPerWorker,
            memoryBytesPerWorker: manifest.memoryBytesPerWorker, deadline: deadline, intensification: exploration,
            graceSeconds: closingSeconds / 3
        ) { exit in
            let released = (try? study.releaseJobs(ofWorker: exit.worker, reason: exit.reason, mayGoOn: exit.isStopped)) ?? []
            // Where workers have done their work before, one that dies with a trial died of the trial.
            return !released.isEmpty && (try? study.best().isEmpty) == false
        }
        let watch = StudyWatch(study: study, metric: try Metric.named(manifest.metric, for: manifest.task))
        // What earlier sessions have found counts, but it is no news.
        try await watch.look(clock: clock, progress: progress, isNews: false)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await pool.work()
                return true
            }
            group.addTask { [interruption] in
                while !interruption.isRequested { try await Task.sleep(for: .milliseconds(100)) }
                return false
            }
            group.addTask { [self] in
                // Ends by cancellation.
                for tick in 1... {
                    try await Task.sleep(for: .seconds(Self.tickSeconds))
                    try await watch.look(clock: clock, progress: progress)
                    if tick % Self.ticksPerRecord == 0 { try? recordSpentSeconds() }
                }
                return true
            }
            defer { group.cancelAll() }
            if try await group.next() == false { progress.note("stopping: the models so far are kept") }
        }
        // Every worker has ended; one that was cut off has left its trial open.
        _ = try study.releaseStaleJobs(
            silentFor: .zero, reason: interruption.isRequested ? "the run was stopped" : "the time was up", mayGoOn: true)
        try await watch.look(clock: clock, progress: progress)
    }

    private func explainNoModels() throws -> String {
        if interruption.isRequested { return "stopped before a model was finished; go on with: tutti resume \(folder.url.path)" }
        let reasons = Set(try study.trials().compactMap(\.failure))
        let time = "no model was finished within \(Int(clock.limitSeconds)) s; allow more with --time"
        return reasons.isEmpty ? time : "no model could be trained:\n" + reasons.sorted().prefix(5).map { "  \($0)" }.joined(separator: "\n")
    }

    // MARK: - Placement

    /// Places the named ensembles, `best` with half of the time that is left. Who has stopped the run waits no longer than for the closing.
    private func place(_ ensembles: EnsemblesDocument, run: Run) async throws -> [Placement] {
        progress.stage("placing the ensembles on this machine's devices")
        let reserve = min(2, closingSeconds * 0.2)
        let devices = DeviceCatalog.local()
        let wholeSeconds = clock.limitSeconds - reserve
        let endSeconds = interruption.isRequested ? min(wholeSeconds, clock.elapsedSeconds + Self.closingBounds.lowerBound) : wholeSeconds
        var placements: [Placement] = []
        for (index, name) in Run.namedEnsembles.enumerated() {
            do {
                let left = endSeconds - clock.elapsedSeconds
                let share = index == 0 ? 0.5 : 1 / Double(Run.namedEnsembles.count - index)
                let placement = try await run.place(
                    ensembles.ensemble(named: name), on: devices, deadline: Deadline(inSeconds: max(0, left * share)), sample: validation)
                try run.save(placement)
                placements.append(placement)
            } catch {
                progress.note("note: '\(name)' is not placed: \(error)")
            }
        }
        return placements
    }
}

/// Sees what workers have told the study since the last look, and passes it on.
actor StudyWatch {
    let study: Study
    let metric: Metric
    private var known: [Int: (results: Int, failure: String?)] = [:]
    private var best: Double?
    private var models = 0

    init(study: Study, metric: Metric) {
        self.study = study
        self.metric = metric
    }

    /// - Parameter isNews: false where what has happened is only taken note of.
    func look(clock: Stopwatch, progress: any FitProgress, isNews: Bool = true) throws {
        let trials = try study.trials()
        for trial in trials {
            let before = known[trial.number] ?? (0, nil)
            let results = trial.progress.results
            for result in results.dropFirst(before.results) {
                models += 1
                let value = result.values[0]
                let isBest = best.map { metric.score(ofValue: value) > metric.score(ofValue: $0) } ?? true
                if isBest { best = value }
                if isNews { progress.evaluated(evaluation(of: trial, fidelity: result.fidelity, value: value, isBest: isBest, clock: clock)) }
            }
            if isNews, let failure = trial.failure, failure != before.failure {
                progress.evaluated(evaluation(of: trial, fidelity: nil, value: nil, isBest: false, clock: clock))
            }
            known[trial.number] = (results.count, trial.failure)
        }
        progress.tick(
            FitState(
                elapsedSeconds: clock.elapsedSeconds, totalSeconds: clock.limitSeconds, models: models,
                running: trials.count { $0.state == .running }, metric: metric.id, best: best))
    }

    private func evaluation(of trial: Trial, fidelity: Int?, value: Double?, isBest: Bool, clock: Stopwatch) -> FitEvaluation {
        let learner = (try? trial.configuration.category(RunStudy.learnerParameter)) ?? "trial"
        let model = fidelity.map { ModelCard.id(learner: learner, trial: trial.number, fidelity: $0) } ?? "\(learner)-\(trial.number)"
        return FitEvaluation(
            trial: trial.number, model: model, metric: metric.id, value: value, reason: trial.failure, elapsedSeconds: clock.elapsedSeconds, isBest: isBest)
    }
}
