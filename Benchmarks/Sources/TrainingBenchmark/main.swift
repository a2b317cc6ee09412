import Foundation
import Learners
import Networks
import Torch

// Trains one case on one thread and prints what it took as JSON:
//   TrainingBenchmark CASES.JSON INDEX
// The peer is Python/training_pytorch.py, which does the same in the same order.

/// Rows of random data, resident in memory; batches are gathered from them.
let rowCount = 4096
let labelSmoothing = 0.05

guard CommandLine.arguments.count == 3, let index = Int(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("usage: TrainingBenchmark CASES.JSON INDEX\n".utf8))
    exit(64)
}
let setup = try TrainingCase.all(in: CommandLine.arguments[1])[index]
try LibTorch.setThreads(1)
let report = try run(setup)
let encoder = JSONEncoder()
encoder.outputFormatting = .sortedKeys
print(String(decoding: try encoder.encode(report), as: UTF8.self))

struct Report: Encodable {
    var torch: String
    var parameters: Int
    var samplesPerSecond: Double
    var medianStepMs: Double
    var loss: Double
}

func run(_ setup: TrainingCase) throws -> Report {
    var random = TensorGenerator(seed: 1)
    let rowSize = setup.inputs.reduce(1, *)
    let features = try Tensor(random.normal(rowCount * rowSize), shape: [rowCount] + setup.inputs)
    let labels = try Tensor((0..<rowCount).map { _ in Int64(random.next() % UInt64(TrainingCase.outputs)) })
    let model = try TorchNetwork(setup.network(), device: .cpu, format: setup.format, seed: 2)
    let optimizer = try setup.makeOptimizer(model.trainable)
    let parameters = optimizer.parameters
    var masks: TensorGenerator? = random
    var order = random.permutation(rowCount)
    var position = 0

    func step() throws -> Tensor {
        if position + setup.batch > rowCount {
            order = random.permutation(rowCount)
            position = 0
        }
        let rows = Array(order[position..<position + setup.batch])
        position += setup.batch
        var batch = try features.batch(rows)
        if setup.channelsLast { batch = try batch.contiguous(.channelsLast) }
        let output = try model([setup.inputName: batch], training: &masks)
        let loss = try output.crossEntropy(labels.batch(rows), labelSmoothing: labelSmoothing)
        try backward(loss, parameters: parameters)
        try optimizer.step()
        optimizer.resetGradients()
        return loss
    }

    for _ in 0..<setup.warmUp { _ = try step() }
    var seconds: [Double] = []
    var loss: Tensor?
    for _ in 0..<setup.steps {
        let start = ContinuousClock.now
        loss = try step()
        seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    let median = seconds.sorted()[seconds.count / 2]
    return Report(
        torch: "\(try LibTorch.version)", parameters: try setup.network().counts.weights,
        samplesPerSecond: Double(setup.batch * setup.steps) / seconds.reduce(0, +), medianStepMs: median * 1000, loss: try loss?.item() ?? 0)
}
