import Foundation
import Networks
import Torch

/// One network, batch and optimiser, as `training-cases.json` gives them to both sides.
struct TrainingCase: Decodable {
    enum Family: String, Decodable { case stridedCNN, residualCNN, mlp }
    enum OptimizerName: String, Decodable { case adamw, sgd }

    static let outputs = 10

    var name: String
    var family: Family
    /// `[features]`, or `[channels, height, width]`.
    var inputs: [Int]
    var widths: [Int]
    var strides: [Int]?
    var blocks: [Int]?
    var dense: Int?
    var dropout: Double
    var channelsLast: Bool
    var batch: Int
    var optimizer: OptimizerName
    var learningRate: Double
    var weightDecay: Double
    /// Steps before the first turn.
    var warmUp: Int
    /// Steps of one turn.
    var steps: Int

    /// - Throws: `DecodingError` where the file is not a list of cases; `CocoaError` where it cannot be read.
    static func all(in file: String) throws -> [TrainingCase] {
        try JSONDecoder().decode([TrainingCase].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    var format: MemoryFormat { channelsLast ? .channelsLast : .contiguous }
    var inputName: String { family == .mlp ? "numbers" : "image" }

    func network() throws -> Network {
        if family == .mlp {
            return try .mlp(numbers: inputs[0], hidden: widths, activation: .silu, dropout: dropout, outputs: Self.outputs)
        }
        let image = ImageSize(height: inputs[1], width: inputs[2], channels: inputs[0])
        let head = dense.map { Head.dense(units: $0) } ?? .mean
        if let strides {
            return try .stridedCNN(image: image, widths: widths, strides: strides, head: head, dropout: dropout, outputs: Self.outputs)
        }
        return try .residualCNN(image: image, widths: widths, blocks: blocks ?? [], head: head, dropout: dropout, outputs: Self.outputs)
    }

    /// Two groups, as in every training: matrices and kernels decay, biases and norms do not.
    func makeOptimizer(_ parameters: [(parameter: Parameter, tensor: Tensor)]) throws -> any Torch.Optimizer {
        let groups = [true, false].map { decays in
            ParameterGroup(
                parameters.filter { $0.parameter.decays == decays }.map { NamedTensor($0.parameter.name, $0.tensor) },
                weightDecay: decays ? weightDecay : 0)
        }
        return switch optimizer {
        case .adamw: try AdamW(groups, learningRate: learningRate)
        case .sgd: try SGD(groups, learningRate: learningRate, momentum: 0.9, nesterov: true)
        }
    }
}
