import Datasets
import Foundation
import Learners
import Learning
import ModelLibrary
import ONNXGraphs
import Search
import SearchSpaces

/// What a worker has at hand for every trial: the data, the learners, the library. It trains a trial on each division of the rows and puts
/// the mean of what comes out into the library as one model.
final class TrialBench {
    private let manifest: RunManifest
    let library: ModelLibrary
    private let data: RunData
    /// Inputs and positions among the judged rows, by division.
    private let holdouts: [(inputs: ModelInputs, positions: [Int])]
    private let inputs: ModelInputs
    private let truth: Dataset.Target
    private let metric: Metric
    private let race: FoldRace?
    /// Devices are the placer's matter; workers train where the run's owner put them.
    private let device = Device(id: "cpu", kind: .cpu(cores: []), memoryBytes: 0)

    init(_ folder: RunFolder, manifest: RunManifest) throws {
        self.manifest = manifest
        library = ModelLibrary(folder.library)
        let data = try RunData.load(manifest)
        self.data = data
        inputs = try ModelInputs(data.validation.features)
        holdouts =
            data.divisions.count == 1
            ? [] : try data.divisions.indices.map { (try ModelInputs(data.holdout($0).features), data.positions($0)) }
        guard let target = data.validation.target else { throw TuttiError(.badData, "the data of the run has no target") }
        truth = target
        metric = try Metric.named(manifest.metric, for: manifest.task)
        race = data.divisions.count > 1 ? try FoldRace(library, folds: data.divisions.count) : nil
    }

    /// What came of one job.
    struct Outcome {
        /// Id of the model that stands for the trial now.
        var model: String?
        /// Where the trial is outraced, the mean of the folds so far.
        var value: Double
        /// Whether the folds so far have shown that the trial is worse than the best of its learner.
        var isOutraced = false
        /// Seconds between the end of training and the result.
        var closingSeconds: Double
        /// The model of the rung below whose checkpoint nothing goes on from once the result is in.
        var supersededParent: String?
    }

    // MARK: - Time

    private static let firstRungShare = 0.15
    private static let shareGrowth = 1.8
    private static let leastRungSeconds = 5.0

    /// Share of the run's time that one trial may spend on one rung: a slow configuration must not eat what many others could use.
    /// Training plans for it, so that what comes out is a small model and not half of a large one's schedule.
    private func secondsLimit(of fidelity: Int) -> Double {
        let rung = manifest.rungs.firstIndex(of: fidelity) ?? 0
        let share = min(0.5, Self.firstRungShare * pow(Self.shareGrowth, Double(rung)))
        return max(Self.leastRungSeconds, share * manifest.timeSeconds)
    }

    // MARK: - Training

    /// Why nothing enters the library.
    private enum NoModel: Error {
        /// Training had stopped by itself in an earlier segment.
        case exhausted
        /// On the folds seen so far the trial is worse than the best of its learner.
        case outraced(value: Double)
    }

    func train(_ job: Job, until deadline: Deadline) throws -> Outcome {
        let learner = try Learners.named(job.configuration.category(RunStudy.learnerParameter))
        let id = learner.card.id
        let parent = try parentModel(of: job, learner: id)
        let fidelity = job.fidelity ?? manifest.rungs.last ?? 1
        let model = ModelCard.id(learner: id, trial: job.trial, fidelity: fidelity)
        let seed = manifest.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(job.trial)
        let end = deadline.orEarlier(inSeconds: secondsLimit(of: fidelity))
        var value = Double.nan
        var trained = Deadline.monotonicSeconds()
        do {
            try library.add(id: model) { folder in
                var parts: [Part] = []
                for division in data.divisions.indices {
                    let training = try learner.makeTraining(
                        TrainingJob(
                            task: manifest.task, training: data.training(division), validation: data.holdout(division),
                            configuration: job.configuration.part(id), seed: seed &+ UInt64(division) &* 0x2545_F491_4F6C_DD1D, rungs: manifest.rungs,
                            device: device, threads: manifest.threadsPerWorker,
                            checkpoint: parent.map { checkpoint(in: library.checkpoint(of: $0.id), division) }))
                    let started = Deadline.monotonicSeconds()
                    // Every division gets its share of what is left.
                    let share = end.remainingSeconds / Double(data.divisions.count - division)
                    let segment = try training.advance(to: fidelity, by: end.orEarlier(inSeconds: share))
                    trained = Deadline.monotonicSeconds()
                    let part = Part(file: folder.appending(path: "part-\(division).onnx"), end: segment, seconds: trained - started)
                    // A training that had stopped by itself has no new model to offer: the one of the rung below stands for this rung too.
                    if parent != nil, division + 1 == data.divisions.count, (parts + [part]).allSatisfy({ $0.end == .exhausted }) { throw NoModel.exhausted }
                    parts.append(try finished(part, of: training, division: division, in: folder, fidelity: fidelity))
                    try continueRace(parts, learner: id, fidelity: fidelity)
                }
                let (card, predictions) = try judged(parts, folder, parent: parent) { cost, counts, score, metrics in
                    ModelCard(
                        id: model, learner: id, trial: job.trial, configuration: job.configuration.part(id), fidelity: fidelity,
                        isCutShort: parts.contains { $0.end == .cutShort }, score: score, metrics: metrics, foldScores: parts.map(\.score), cost: cost,
                        counts: counts, seed: seed, parent: parent?.id, finishedSeconds: Date().timeIntervalSince(manifest.startedAt))
                }
                value = metric.value(ofScore: card.score)
                return (card, predictions)
            }
        } catch NoModel.exhausted {
            guard let parent else { throw LearningError(.badCheckpoint, "a training has stopped before it began") }
            return Outcome(model: parent.id, value: metric.value(ofScore: parent.score), closingSeconds: Deadline.monotonicSeconds() - trained)
        } catch NoModel.outraced(let value) {
            return Outcome(model: parent?.id, value: value, isOutraced: true, closingSeconds: Deadline.monotonicSeconds() - trained)
        }
        return Outcome(model: model, value: value, closingSeconds: Deadline.monotonicSeconds() - trained, supersededParent: parent?.id)
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

    private func checkpoint(in folder: URL, _ division: Int) -> URL {
        data.divisions.count == 1 ? folder : folder.appending(path: "\(division)")
    }

    // MARK: - Judging

    /// What one division has given.
    private struct Part {
        var file: URL
        var end: SegmentEnd
        var seconds: Double
        var counts = ModelCounts()
        /// Of the rows held out in the division; nil where there is one division, whose model is judged as a whole.
        var predictions: Predictions?
        /// On the rows held out in the division; NaN where the metric is not defined on them.
        var score = Double.nan
    }

    /// Exports the model of a division, keeps its checkpoint, and predicts the rows that it has not seen.
    private func finished(_ part: Part, of training: any Training, division: Int, in folder: URL, fidelity: Int) throws -> Part {
        var part = part
        part.counts = try training.exportModel(to: part.file)
        if fidelity < manifest.rungs.last ?? 0 {
            let place = checkpoint(in: folder.appending(path: "checkpoint"), division)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try training.saveCheckpoint(to: place)
        }
        guard data.divisions.count > 1 else { return part }
        let predictions = try ModelRunner(part.file, task: manifest.task, threads: manifest.threadsPerWorker).predict(holdouts[division].inputs)
        guard predictions.allFinite else { throw LearningError(.diverged, "the model's predictions are not all finite") }
        part.score = metric.score(ofValue: metric.value(predictions, truth.selecting(rows: holdouts[division].positions)))
        part.predictions = predictions
        return part
    }

    /// - Throws: `NoModel.outraced` where the folds so far show that the trial is worse than the best of its learner.
    private func continueRace(_ parts: [Part], learner: String, fidelity: Int) throws {
        guard let race, parts.count < data.divisions.count, race.isLost(parts.map(\.score), learner: learner, fidelity: fidelity) else { return }
        let scores = parts.map(\.score).filter(\.isFinite)
        throw NoModel.outraced(value: metric.value(ofScore: scores.reduce(0, +) / Double(max(scores.count, 1))))
    }

    /// Makes one model of the parts, measures and judges it.
    private func judged(
        _ parts: [Part], _ folder: URL, parent: ModelCard?,
        _ makeCard: (_ cost: Cost, _ counts: ModelCounts, _ score: Double, _ metrics: [String: Double]) -> ModelCard
    ) throws -> (ModelCard, Predictions) {
        let file = folder.appending(path: "model.onnx")
        if parts.count == 1 {
            try FileManager.default.moveItem(at: parts[0].file, to: file)
        } else {
            let members = try parts.map { (model: try ONNXModel(contentsOf: $0.file), weight: 1.0) }
            try ONNXModel.weightedMean(of: members, metadata: members[0].model.metadata).write(to: file)
            for part in parts { try FileManager.default.removeItem(at: part.file) }
        }
        let counts = ModelCounts(macs: Self.sum(parts.map(\.counts.macs)), weights: Self.sum(parts.map(\.counts.weights)))
        let (cost, runner) = try CostMeter().measure(
            file, task: manifest.task, inputs: inputs, macs: counts.macs,
            trainingSeconds: (parent?.cost.trainingSeconds ?? 0) + parts.reduce(0) { $0 + $1.seconds })
        let predictions = parts.count == 1 ? try runner.predict(inputs) : outOfFold(parts)
        guard predictions.allFinite else { throw LearningError(.diverged, "the model's predictions are not all finite") }
        let value = metric.value(predictions, truth)
        guard value.isFinite else { throw LearningError(.diverged, "\(metric.id) is \(value) on the validation rows") }
        let metrics = Metric.applicable(to: manifest.task).reduce(into: [:]) { $0[$1.id] = $1.value(predictions, truth) }
        return (makeCard(cost, counts, metric.score(ofValue: value), metrics), predictions)
    }

    private static func sum(_ counts: [Int?]) -> Int? {
        counts.reduce(0) { sum, count in sum.flatMap { sum in count.map { sum + $0 } } }
    }

    /// What each judged row was predicted by the models that have not seen it: their mean.
    private func outOfFold(_ parts: [Part]) -> Predictions {
        let width = manifest.task.outputWidth
        var sums = [Double](repeating: 0, count: inputs.rowCount * width)
        var counts = [Double](repeating: 0, count: inputs.rowCount)
        for (part, holdout) in zip(parts, holdouts) {
            guard let predictions = part.predictions else { continue }
            for (row, position) in holdout.positions.enumerated() {
                counts[position] += 1
                for column in 0..<width { sums[position * width + column] += Double(predictions.values[row * width + column]) }
            }
        }
        return Predictions(width: width, values: sums.indices.map { Float(sums[$0] / counts[$0 / width]) })
    }
}
