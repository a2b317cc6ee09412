import Learners
import Networks
import Torch

/// A network with its optimiser, and random data that it is trained on: resident in memory, batches are gathered from it.
final class Trainer {
    private static let rowCount = 4096
    private static let labelSmoothing = 0.05

    let parameterCount: Int
    private let setup: TrainingCase
    private let features: Tensor
    private let labels: Tensor
    private let model: TorchNetwork
    private let optimizer: any Torch.Optimizer
    private var random = TensorGenerator(seed: 1)
    private var order: [Int] = []
    private var position = 0

    init(_ setup: TrainingCase) throws {
        self.setup = setup
        let rowSize = setup.inputs.reduce(1, *)
        features = try Tensor(random.normal(Self.rowCount * rowSize), shape: [Self.rowCount] + setup.inputs)
        var drawn = random
        labels = try Tensor((0..<Self.rowCount).map { _ in Int64(drawn.next() % UInt64(TrainingCase.outputs)) })
        random = drawn
        let network = try setup.network()
        parameterCount = network.counts.weights
        model = try TorchNetwork(network, device: .cpu, format: setup.format, seed: 2)
        optimizer = try setup.makeOptimizer(model.trainable)
    }

    /// - Returns: the loss before the step.
    func step() throws -> Tensor {
        let rows = nextRows()
        var batch = try features.batch(rows)
        if setup.channelsLast { batch = try batch.contiguous(.channelsLast) }
        var masks: TensorGenerator? = random
        let output = try model([setup.inputName: batch], training: &masks)
        if let masks { random = masks }
        let loss = try output.crossEntropy(labels.batch(rows), labelSmoothing: Self.labelSmoothing)
        try backward(loss, parameters: optimizer.parameters)
        try optimizer.step()
        optimizer.resetGradients()
        return loss
    }

    private func nextRows() -> [Int] {
        if order.isEmpty || position + setup.batch > Self.rowCount {
            order = random.permutation(Self.rowCount)
            position = 0
        }
        defer { position += setup.batch }
        return Array(order[position..<position + setup.batch])
    }
}
