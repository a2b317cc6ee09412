import Datasets
public import Learning
import Networks
import ONNXGraphs
public import SearchSpaces
import Torch

/// Residual convolutional networks for images (He et al. 2016), small enough to be trained on processors.
public struct ConvolutionalNetwork: Learner {
    public init() {}

    public let card = LearnerCard(
        id: "cnn", name: "Convolutional network", summary: "Residual convolutional networks, trained with restarts at every rung.",
        kinds: [.binary, .multiclass, .regression], inputs: [.images], fidelityUnit: "passes over the training images",
        requires: ["libtorch"], source: "He et al. 2016; Loshchilov and Hutter 2017")

    /// Images of one pass of one unit of fidelity; smaller sets are passed over several times.
    private static let imagesPerUnit = 50_000.0

    public func searchSpace(for problem: Problem) throws -> SearchSpace {
        try SearchSpace([
            .categorical("stem", Stem.allCases.filter { fits($0, problem) }.map(\.rawValue), default: Stem.spaceToDepth.rawValue),
            .integer("width", 12...64, log: true, default: 24),
            .integer("stages", 2...3, default: 2),
            .integer("blocks", 1...2, default: 1),
            .categorical("optimizer", NetworkTrainingPlan.Optimizer.allCases.map(\.rawValue), default: "adamw"),
            .float("learning_rate", 1e-3...2e-2, log: true, default: 5e-3).when("optimizer", .equals(.category("adamw"))),
            .float("sgd_learning_rate", 2e-2...5e-1, log: true, default: 0.1).when("optimizer", .equals(.category("sgd"))),
            .float("weight_decay", 1e-5...1e-1, log: true, default: 1e-2),
            .ordinal("batch_size", [.integer(64), .integer(128), .integer(256)], default: .integer(128)),
            .float("label_smoothing", 0...0.15, default: 0.05),
            .float("dropout", 0...0.3, default: 0.1),
            .boolean("flip", default: true),
            .integer("shift", 0...2, default: 0),
        ])
    }

    public func startingConfigurations(for problem: Problem) throws -> [Configuration] {
        let standard = try searchSpace(for: problem).defaultConfiguration
        return [standard, standard.merging(["width": .integer(16)]), standard.merging(["stages": .integer(3), "width": .integer(16)])]
    }

    public func makeTraining(_ job: TrainingJob) throws -> any Training {
        guard case .images(let images) = job.training.features, case .images(let watched) = job.validation.features else {
            throw LearningError(.badData, "a convolutional network learns from images only")
        }
        let settings = job.configuration
        let width = try settings.integer("width")
        let stages = try settings.integer("stages")
        let network = try Network.residualCNN(
            image: ImageSize(height: images.shape.height, width: images.shape.width, channels: images.shape.channels),
            stem: Stem(rawValue: settings.category("stem")) ?? .plain,
            widths: (0..<stages).map { width << $0 },
            blocks: [Int](repeating: try settings.integer("blocks"), count: stages),
            dropout: settings.float("dropout"), outputs: job.task.outputWidth)
        let device = TorchDevice(job.device)
        let format = MemoryFormat.channelsLast
        let statistics = ImageBatches.Statistics(of: images)
        let augmentation = ImageBatches.Augmentation(flips: try settings.boolean("flip"), shift: try settings.integer("shift"))
        let none = ImageBatches.Augmentation(flips: false, shift: 0)
        let plan = NetworkTrainingPlan(
            optimizer: try settings.category("optimizer") == "sgd" ? .sgd : .adamW,
            schedule: RestartingCosine(
                peak: try settings.float("learning_rate", default: try settings.float("sgd_learning_rate", default: 0.1)), restartFactor: 0.6, warmup: 0.1),
            weightDecay: try settings.float("weight_decay"), batchSize: min(try settings.integer("batch_size"), max(1, images.count / 4)),
            labelSmoothing: try settings.float("label_smoothing"),
            passesPerUnit: max(1, (Self.imagesPerUnit / Double(images.count)).rounded()), patience: 20,
            isClassification: job.task.kind != .regression, seed: job.seed)
        let scale = TargetScale(of: job.training.target)
        return try NetworkTraining(
            model: TorchNetwork(network, device: device, format: format, seed: job.seed), plan: plan,
            training: ImageBatches(images, target: job.training.target, scale: scale, statistics: statistics, augmentation: augmentation, format: format, device: device),
            validation: ImageBatches(watched, target: job.validation.target, scale: scale, statistics: statistics, augmentation: none, format: format, device: device),
            checkpoint: job.checkpoint,
            export: { weights, file in
                let model = try NetworkExporter.export(
                    network, weights: weights, preprocessing: .image(statistics.preprocessing(of: images.shape)), head: NetworkHead(job.task, scale: scale))
                try model.write(to: file)
                return ModelCounts(macs: network.counts.macs, weights: network.counts.weights)
            })
    }

    /// A stem may not shrink the image to nothing.
    private func fits(_ stem: Stem, _ problem: Problem) -> Bool {
        guard case .images(let shape) = problem.task.input else { return false }
        let side = min(shape.height, shape.width)
        return switch stem {
        case .plain, .strided: true
        case .stridedPooled: side >= 64
        case .spaceToDepth: shape.height % 2 == 0 && shape.width % 2 == 0
        case .spaceToDepth4: shape.height % 4 == 0 && shape.width % 4 == 0 && side >= 32
        }
    }
}

extension TorchDevice {
    init(_ device: Device) {
        switch device.kind {
        case .cpu: self = .cpu
        case .cuda(let index): self = .cuda(index)
        }
    }
}

extension ImageBatches.Statistics {
    fileprivate func preprocessing(of shape: ImageShape) -> ImagePreprocessing {
        ImagePreprocessing(
            height: shape.height, width: shape.width, mean: mean.map(Double.init), deviation: standardDeviation.map(Double.init))
    }
}
