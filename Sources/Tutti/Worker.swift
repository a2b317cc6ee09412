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
        let bench = try Bench(folder, manifest: manifest)
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
                    try study.setAttribute("model", of: job.trial, to: result.model)
                    try study.tell(job, result.value)
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

/// What a worker has at hand for every trial: the data, the learners, the library.
private struct Bench {
    let manifest: RunManifest
    let library: ModelLibrary
    let data: RunData
    let inputs: ModelInputs
    let truth: Dataset.Target
    let metric: Metric
    /// Devices are the placer's matter; workers train where the run's owner put them.
    let device = Device(id: "cpu", kind: .cpu(cores: []), memoryBytes: 0)

    init(_ folder: RunFolder, manifest: RunManifest) throws {
        self.manifest = manifest
        library = ModelLibrary(folder.library)
        data = try RunData.load(manifest)
        inputs = try ModelInputs(data.validation.features)
        guard let target = data.validation.target else { throw TuttiError(.badData, "the data of the run has no target") }
        truth = target
        metric = try Metric.named(manifest.metric, for: manifest.task)
    }

    /// Share of the run's time that one trial may spend on one rung: a slow configuration must not eat what many others could use.
    /// Training plans for it, so that what comes out is a small model and not half of a large one's schedule.
    private func secondsLimit(of fidelity: Int) -> Double {
        let rung = manifest.rungs.firstIndex(of: fidelity) ?? 0
        let share = min(0.5, Self.firstRungShare * pow(Self.shareGrowth, Double(rung)))
        return max(Self.leastRungSeconds, share * manifest.timeSeconds)
    }

    private static let firstRungShare = 0.15
    private static let shareGrowth = 1.8
    private static let leastRungSeconds = 5.0

    /// What came of one job.
    struct Outcome {
        /// Id of the model that stands for the trial now.
        var model: String
        var value: Double
        /// Seconds between the end of training and the result.
        var closingSeconds: Double
        /// The model of the rung below whose checkpoint nothing goes on from once the result is in.
        var supersededParent: String?
    }

    /// The model that the trial's earlier rungs have left: of the highest rung that made one.
    private func parentModel(of job: Job, learner: String) throws -> ModelCard? {
        guard let previous = job.previousFidelity else { return nil }
        let ids = manifest.rungs.filter { $0 <= previous }.reversed().map { ModelCard.id(learner: learner, trial: job.trial, fidelity: $0) }
        guard let id = ids.first(where: { FileManager.default.fileExists(atPath: library.modelFile(of: $0).path) }) else {
            throw LearningError(.badCheckpoint, "the model of trial \(job.trial) at fidelity \(previous) is not in the library any more")
        }
        return try library.card(of: id)
    }

    func train(_ job: Job, until deadline: Deadline) throws -> Outcome {
        let learner = try Learners.named(job.configuration.category(RunStudy.learnerParameter))
        let id = learner.card.id
        let parent = try parentModel(of: job, learner: id)
        let seed = manifest.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(job.trial)
        let fidelity = job.fidelity ?? manifest.rungs.last ?? 1
        let training = try learner.makeTraining(
            TrainingJob(
                task: manifest.task, training: data.training, validation: data.validation, configuration: job.configuration.part(id), seed: seed,
                rungs: manifest.rungs, device: device, threads: manifest.threadsPerWorker,
                checkpoint: parent.map { library.checkpoint(of: $0.id) }))
        let started = Deadline.monotonicSeconds()
        let end = try training.advance(to: fidelity, by: deadline.orEarlier(inSeconds: secondsLimit(of: fidelity)))
        let trained = Deadline.monotonicSeconds()
        // A training that had stopped by itself has no new model to offer: the one of the rung below stands for this rung too.
        if end == .exhausted, let parent {
            return Outcome(model: parent.id, value: metric.value(ofScore: parent.score), closingSeconds: Deadline.monotonicSeconds() - trained)
        }
        let model = ModelCard.id(learner: id, trial: job.trial, fidelity: fidelity)
        var value = Double.nan
        try library.add(id: model) { folder in
            let file = folder.appending(path: "model.onnx")
            let counts = try training.exportModel(to: file)
            if fidelity < manifest.rungs.last ?? 0 {
                let checkpoint = folder.appending(path: "checkpoint")
                try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
                try training.saveCheckpoint(to: checkpoint)
            }
            let (cost, runner) = try CostMeter().measure(
                file, task: manifest.task, inputs: inputs, macs: counts.macs,
                trainingSeconds: (parent?.cost.trainingSeconds ?? 0) + trained - started)
            let predictions = try runner.predict(inputs)
            guard predictions.allFinite else { throw LearningError(.diverged, "the model's predictions are not all finite") }
            value = metric.value(predictions, truth)
            guard value.isFinite else { throw LearningError(.diverged, "\(metric.id) is \(value) on the validation rows") }
            let metrics = Metric.applicable(to: manifest.task).reduce(into: [:]) { $0[$1.id] = $1.value(predictions, truth) }
            let card = ModelCard(
                id: model, learner: id, trial: job.trial, configuration: job.configuration.part(id), fidelity: fidelity, isCutShort: end == .cutShort,
                score: metric.score(ofValue: value), metrics: metrics, cost: cost, counts: counts, seed: seed, parent: parent?.id,
                finishedSeconds: Date().timeIntervalSince(manifest.startedAt))
            return (card, predictions)
        }
        return Outcome(model: model, value: value, closingSeconds: Deadline.monotonicSeconds() - trained, supersededParent: parent?.id)
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
