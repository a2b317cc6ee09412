import Datasets
import Foundation
public import Learning
import ModelLibrary
import SearchSpaces

/// What every learner must do. Run it over a registry:
///
/// ```swift
/// @Test(arguments: LearnerConformance.cases(of: Learners.all))
/// func conforms(_ one: LearnerConformance.Case) throws { try one.check() }
/// ```
public enum LearnerConformance {
    /// A learner with one of the inputs and kinds that its card names.
    public struct Case: Sendable, CustomStringConvertible {
        public let learner: any Learner
        public let input: InputKind
        public let kind: LearningTask.Kind

        public var description: String { "\(learner.card.id) \(input.rawValue) \(kind.rawValue)" }
    }

    public static func cases(of learners: [any Learner]) -> [Case] {
        learners.flatMap { learner in
            learner.card.inputs.sorted { $0.rawValue < $1.rawValue }.flatMap { input in
                learner.card.kinds.sorted { $0.rawValue < $1.rawValue }.map { Case(learner: learner, input: input, kind: $0) }
            }
        }
    }

    /// A broken promise.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }
}

extension LearnerConformance.Case {
    private static let rungs = [1, 3]

    /// - Throws: ``LearnerConformance/Failure`` naming the first promise that is broken.
    public func check() throws {
        let data = ToyData.dataset(input, kind)
        let split = StratifiedSplit(of: data, holdout: 0.3, seed: 5)
        let (training, validation) = (data.selecting(rows: split.training), data.selecting(rows: split.holdout))
        let problem = Problem(task: try LearningTask(posedBy: data), training: training)
        try checkSpace(problem)
        let folder = FileManager.default.temporaryDirectory.appending(path: "tutti-conformance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bench = Bench(learner: learner, problem: problem, training: training, validation: validation, folder: folder, rungs: Self.rungs)
        let configuration = try learner.searchSpace(for: problem).defaultConfiguration

        let first = try bench.train(configuration, to: 1, name: "first")
        let again = try bench.train(configuration, to: 1, name: "again")
        try require(first.values == again.values, "the same seed gave other predictions")
        try require(first.rowCount == validation.rowCount, "\(first.rowCount) predictions for \(validation.rowCount) rows")
        try require(first.allFinite, "predictions are not all finite")
        if kind != .regression {
            for row in 0..<first.rowCount {
                let sum = first.values[row * first.width..<(row + 1) * first.width].reduce(0, +)
                try require(abs(sum - 1) < 1e-4, "the probabilities of row \(row) sum to \(sum)")
            }
        }
        let resumed = try bench.resume(configuration, from: 1, to: 3)
        try require(resumed.allFinite, "predictions after a resumed training are not all finite")
        try checkLearned(resumed, validation: validation, training: training)
        try bench.checkDeadline(configuration)
    }

    private func checkSpace(_ problem: Problem) throws {
        let space = try learner.searchSpace(for: problem)
        for start in try learner.startingConfigurations(for: problem) { try space.validate(start) }
        try require(try !learner.startingConfigurations(for: problem).isEmpty, "there is no starting configuration")
    }

    /// Better than the best constant answer.
    private func checkLearned(_ predictions: Predictions, validation: Dataset, training: Dataset) throws {
        guard let truth = validation.target, let known = training.target else { return }
        let metric: Metric = kind == .regression ? .rmse : .logLoss
        let constant: [Float]
        switch known {
        case .classes(let labels, let names):
            let counts = labels.reduce(into: [Float](repeating: 1, count: names.count)) { $0[Int($1)] += 1 }
            constant = counts.map { $0 / counts.reduce(0, +) }
        case .values(let values): constant = [Float(values.reduce(0, +) / Double(values.count))]
        }
        let baseline = Predictions(width: constant.count, values: (0..<validation.rowCount).flatMap { _ in constant })
        let (mine, its) = (metric.value(predictions, truth), metric.value(baseline, truth))
        try require(mine < its, "\(metric.id) \(mine) after the last rung is not better than the constant answer's \(its)")
    }

    private func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
        guard condition else { throw LearnerConformance.Failure(description: "\(self): \(promise())") }
    }
}

/// Trains and predicts through the files that a run would keep.
private struct Bench {
    let learner: any Learner
    let problem: Problem
    let training: Dataset
    let validation: Dataset
    let folder: URL
    let rungs: [Int]

    private func job(_ configuration: Configuration, checkpoint: URL? = nil) -> TrainingJob {
        TrainingJob(
            task: problem.task, training: training, validation: validation, configuration: configuration, seed: 11, rungs: rungs,
            device: Device(id: "cpu0", kind: .cpu(cores: [0]), memoryBytes: 1 << 30), threads: 1, checkpoint: checkpoint)
    }

    func train(_ configuration: Configuration, to fidelity: Int, name: String) throws -> Predictions {
        let session = try learner.makeTraining(job(configuration))
        guard try session.advance(to: fidelity, by: nil) == .reached else {
            throw LearnerConformance.Failure(description: "\(learner.card.id): a fresh training without a deadline does not reach its fidelity")
        }
        let checkpoint = folder.appending(path: "checkpoint-\(fidelity)")
        try? FileManager.default.removeItem(at: checkpoint)
        try FileManager.default.createDirectory(at: checkpoint, withIntermediateDirectories: true)
        try session.saveCheckpoint(to: checkpoint)
        return try predictions(of: session, name: name)
    }

    func resume(_ configuration: Configuration, from: Int, to fidelity: Int) throws -> Predictions {
        let session = try learner.makeTraining(job(configuration, checkpoint: folder.appending(path: "checkpoint-\(from)")))
        _ = try session.advance(to: fidelity, by: nil)
        return try predictions(of: session, name: "resumed")
    }

    /// A deadline that has passed gives a small model or an honest error, soon.
    func checkDeadline(_ configuration: Configuration) throws {
        let session = try learner.makeTraining(job(configuration))
        do {
            _ = try session.advance(to: rungs[rungs.count - 1], by: Deadline(inSeconds: 0))
        } catch let error as LearningError where error.code == .outOfTime {
            return
        }
        _ = try predictions(of: session, name: "hurried")
    }

    private func predictions(of session: any Training, name: String) throws -> Predictions {
        let file = folder.appending(path: "\(name).onnx")
        _ = try session.exportModel(to: file)
        return try ModelRunner(file, task: problem.task, threads: 1).predict(ModelInputs(validation.features))
    }
}
