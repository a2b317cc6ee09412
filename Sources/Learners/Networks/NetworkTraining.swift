import Foundation
import Learning
import Networks
import Torch

/// Rows as a network reads them, resident on its device.
protocol BatchSource {
    var rowCount: Int { get }
    /// Inputs by name, and the target: `[rows]` classes as Int64, or `[rows, 1]` standardised values.
    /// - Parameter generator: draws augmentations; nil for none.
    func batch(_ rows: [Int], augmenting generator: inout TensorGenerator?) throws -> (inputs: [String: Tensor], target: Tensor)
}

/// What a network's training is told besides its data.
struct NetworkTrainingPlan {
    enum Optimizer: String, CaseIterable {
        case adamW = "adamw"
        case sgd
    }

    var optimizer: Optimizer
    var schedule: RestartingCosine
    var weightDecay: Double
    var batchSize: Int
    var labelSmoothing: Double
    /// Passes over the training rows that one unit of fidelity stands for.
    var passesPerUnit: Double
    /// Passes without a better validation loss, within one segment, after which training ends.
    var patience: Int
    var isClassification: Bool
    var seed: UInt64
}

/// Mini-batch training of one network in segments from rung to rung, for every learner that is a network.
final class NetworkTraining: Training {
    /// Steps after which the speed is first trusted, and between looks at the clock.
    private static let stepsPerLook = 8
    /// Validation rows that are looked at between passes.
    private static let watchedRowLimit = 4096
    /// Smallest part of a unit that makes a usable model.
    private static let smallestShare = 0.2
    private static let evaluationBatch = 512
    private static let checkpointName = "checkpoint.safetensors"
    private static let stateKey = "tutti.state"

    let model: TorchNetwork
    private let plan: NetworkTrainingPlan
    private let training: any BatchSource
    private let validation: any BatchSource
    private let export: (_ weights: [String: WeightTensor], _ file: URL) throws -> ModelCounts
    private var optimizer: any Torch.Optimizer
    private var state = State()
    /// Weights with the lowest validation loss since the last restart.
    private var best: (loss: Double, weights: [String: WeightTensor])?

    /// What goes on from one segment to the next, besides weights and optimiser.
    private struct State: Codable {
        var fidelity = 0
        var segment = 0
        var steps = 0
        var pass = 0
        /// Rows of the present pass that are used up.
        var position = 0
        var hasStalled = false
    }

    init(
        model: TorchNetwork, plan: NetworkTrainingPlan, training: any BatchSource, validation: any BatchSource, checkpoint: URL?,
        export: @escaping ([String: WeightTensor], URL) throws -> ModelCounts
    ) throws {
        self.model = model
        self.plan = plan
        self.training = training
        self.validation = validation
        self.export = export
        let groups = Dictionary(grouping: model.trainable) { $0.parameter.decays }
        let decayed = (groups[true] ?? []).map { NamedTensor($0.parameter.name, $0.tensor) }
        let plain = (groups[false] ?? []).map { NamedTensor($0.parameter.name, $0.tensor) }
        let parameterGroups = [ParameterGroup(decayed, weightDecay: plan.weightDecay), ParameterGroup(plain, weightDecay: 0)].filter { !$0.parameters.isEmpty }
        optimizer =
            switch plan.optimizer {
            case .adamW: try AdamW(parameterGroups, learningRate: plan.schedule.peak)
            case .sgd: try SGD(parameterGroups, learningRate: plan.schedule.peak, momentum: 0.9, nesterov: true)
            }
        if let checkpoint { try load(checkpoint) }
    }

    // MARK: - Training

    func advance(to fidelity: Int, by deadline: Deadline?) throws -> SegmentEnd {
        guard fidelity > state.fidelity, !state.hasStalled else {
            state.fidelity = max(fidelity, state.fidelity)
            return .exhausted
        }
        let stepsPerPass = max(1, training.rowCount / plan.batchSize)
        let wanted = max(1, Int((Double(fidelity - state.fidelity) * plan.passesPerUnit * Double(stepsPerPass)).rounded()))
        let smallest = max(1, Int(Self.smallestShare * plan.passesPerUnit * Double(stepsPerPass)))
        var planned = wanted
        var pace = Pace()
        var done = 0
        var passesWithoutGain = 0
        best = nil
        while done < planned {
            if done % Self.stepsPerLook == 0, let deadline, let seconds = pace.secondsPerStep(after: done) {
                // What is done counts, also where the time has run out meanwhile.
                planned = min(wanted, done + max(0, Int(deadline.remainingSeconds / seconds)))
                if planned < smallest, state.fidelity == 0 {
                    throw LearningError(
                        .outOfTime, "\(max(0, Int(deadline.remainingSeconds))) s are too short for \(smallest) steps of \(Int(seconds * 1000)) ms")
                }
                if done >= planned { break }
            } else if let deadline, deadline.hasPassed {
                // Between looks, too: a few steps of a wide network can take longer than all the time there is.
                guard done >= smallest || state.fidelity > 0 else {
                    throw LearningError(.outOfTime, "the time was up after \(done) of at least \(smallest) steps")
                }
                planned = done
                break
            }
            optimizer.learningRate = plan.schedule.rate(progress: Double(done) / Double(planned), segment: state.segment)
            try step(rows: nextRows())
            done += 1
            if state.position == 0 || done == planned {
                let loss = try validationLoss()
                guard loss.isFinite else {
                    throw LearningError(.diverged, "the validation loss is \(loss) after \(state.steps) steps; a smaller learning rate may help")
                }
                if loss < best?.loss ?? .infinity {
                    best = (loss, try model.weights())
                    passesWithoutGain = 0
                } else {
                    passesWithoutGain += 1
                }
                if passesWithoutGain >= plan.patience {
                    state.hasStalled = true
                    break
                }
            }
        }
        let isComplete = planned == wanted
        state.segment += 1
        state.fidelity = fidelity
        return isComplete ? .reached : .cutShort
    }

    private func step(rows: [Int]) throws {
        var generator: TensorGenerator? = TensorGenerator(seed: plan.seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(state.steps + 1))
        let (inputs, target) = try training.batch(rows, augmenting: &generator)
        let output = try model(inputs, training: &generator)
        let loss = plan.isClassification ? try output.crossEntropy(target, labelSmoothing: plan.labelSmoothing) : try output.meanSquaredError(target)
        let parameters = optimizer.parameters
        try backward(loss, parameters: parameters)
        try optimizer.step()
        optimizer.resetGradients()
        state.steps += 1
    }

    /// The next rows in this pass's order; a rest smaller than a batch is left to the next pass's other order.
    private func nextRows() -> [Int] {
        if order.pass != state.pass || order.rows.isEmpty {
            var generator = TensorGenerator(seed: plan.seed ^ (UInt64(state.pass) &* 0xD1B5_4A32_D192_ED03))
            order = (state.pass, generator.permutation(training.rowCount))
        }
        let end = min(state.position + plan.batchSize, training.rowCount)
        let rows = Array(order.rows[state.position..<end])
        state.position = end + plan.batchSize > training.rowCount ? 0 : end
        if state.position == 0 { state.pass += 1 }
        return rows
    }

    private var order: (pass: Int, rows: [Int]) = (-1, [])

    private func validationLoss() throws -> Double {
        let total = validation.rowCount
        let count = min(total, Self.watchedRowLimit)
        var sum = 0.0
        try withoutGradients {
            for start in stride(from: 0, to: count, by: Self.evaluationBatch) {
                // Evenly over all rows: data that lies sorted by class must not be watched on its first classes only.
                let rows = (start..<min(start + Self.evaluationBatch, count)).map { $0 * total / count }
                var none: TensorGenerator? = nil
                let (inputs, target) = try validation.batch(rows, augmenting: &none)
                let output = try model(inputs, training: &none)
                let loss = plan.isClassification ? try output.crossEntropy(target) : try output.meanSquaredError(target)
                sum += try loss.item() * Double(rows.count)
            }
        }
        return sum / Double(max(count, 1))
    }

    // MARK: - Files

    func exportModel(to file: URL) throws -> ModelCounts { try export(best?.weights ?? model.weights(), file) }

    func saveCheckpoint(to folder: URL) throws {
        var tensors: [NamedTensor] = model.tensors.sorted { $0.key < $1.key }.map { NamedTensor("model.\($0.key)", $0.value) }
        tensors += try optimizer.state().map { NamedTensor("optimizer.\($0.name)", $0.tensor) }
        let metadata = [Self.stateKey: String(decoding: try JSONEncoder().encode(state), as: UTF8.self)]
        try SafetensorsFile(tensors, metadata: metadata).write(to: folder.appending(path: Self.checkpointName))
    }

    private func load(_ folder: URL) throws {
        let file = try SafetensorsFile(contentsOf: folder.appending(path: Self.checkpointName))
        guard let text = file.metadata[Self.stateKey], let stored = try? JSONDecoder().decode(State.self, from: Data(text.utf8)) else {
            throw LearningError(.badCheckpoint, "'\(folder.path)' holds no state of a training")
        }
        var weights: [String: WeightTensor] = [:]
        var optimizerState: [NamedTensor] = []
        for named in try file.tensors() {
            if named.name.hasPrefix("model.") {
                weights[String(named.name.dropFirst(6))] = try WeightTensor(shape: named.tensor.shape, values: named.tensor.toArray())
            } else if named.name.hasPrefix("optimizer.") {
                optimizerState.append(NamedTensor(String(named.name.dropFirst(10)), named.tensor))
            }
        }
        try model.load(weights)
        try optimizer.restore(optimizerState)
        state = stored
    }
}

/// How fast steps go: the time since the first look, which leaves out the slow first steps.
private struct Pace {
    private var start: (step: Int, seconds: Double)?

    mutating func secondsPerStep(after step: Int) -> Double? {
        let now = Deadline.monotonicSeconds()
        guard let start else {
            if step > 0 { start = (step, now) }
            return nil
        }
        return step > start.step ? (now - start.seconds) / Double(step - start.step) : nil
    }
}
