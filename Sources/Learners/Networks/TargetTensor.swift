import Datasets
import Learning
import ONNXGraphs
import Torch

/// Mean and standard deviation by which a regression's values are standardised. Classes have none.
struct TargetScale: Sendable {
    var mean = 0.0
    var deviation = 1.0

    /// Fitted to the training target.
    init(of target: Dataset.Target?) {
        guard case .values(let values) = target, !values.isEmpty else { return }
        let average = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count)
        mean = average
        deviation = variance > 0 ? variance.squareRoot() : 1
    }
}

/// The target as a tensor: `[rows]` classes, or `[rows, 1]` standardised values.
enum TargetTensor {
    /// - Throws: ``LearningError`` `.badData` where there is none.
    static func make(_ target: Dataset.Target?, scale: TargetScale, device: TorchDevice) throws -> Tensor {
        switch target {
        case .classes(let labels, _): try Tensor(labels.map { Int64($0) }, device: device)
        case .values(let values):
            try Tensor(values.map { Float(($0 - scale.mean) / scale.deviation) }, shape: [values.count, 1], device: device)
        case nil: throw LearningError(.badData, "there is no target to train on")
        }
    }
}

extension NetworkHead {
    init(_ task: LearningTask, scale: TargetScale) {
        self = task.kind == .regression ? .regression(mean: scale.mean, scale: scale.deviation) : .classification(classes: task.classes)
    }
}
