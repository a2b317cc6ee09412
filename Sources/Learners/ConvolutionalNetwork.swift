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
    private static let channelsLastWidth = 32

    public func searchSpace(for problem: Problem) throws -> SearchSpace {
        try SearchSpace([
            .categorical("architecture", ["strided", "residual"], default: "strided"),
            .integer("width", 8...48, log: true, default: 16),
            .integer("stages", 2...3, default: 3),
            .categorical("stem", stems(for: problem), default: Stem.strided.rawValue).when("architecture", .equals(.category("residual"))),
            .integer("blocks", 1...2, default: 1).when("architecture", .equals(.category("residual"))),
            .ordinal("dense_units", [.integer(32), .integer(64), .integer(128)], default: .integer(64)),
            .categorical("optimizer", NetworkTrainingPlan.Optimizer.allCases.map(\.rawValue), default: "adamw"),
            .float("learning_rate", 2e-3...2e-2, log: true, default: 1e-2).when("optimizer", .equals(.category("adamw"))),
            .float("sgd_learning_rate", 2e-2...3e-1, log: true, default: 0.1).when("optimizer", .equals(.category("sgd"))),
            .float("weight_decay", 1e-4...5e-2, log: true, default: 1e-2),
            .ordinal("batch_size", [.integer(64), .integer(128), .integer(256)], default: .integer(128)),
            .float("label_smoothing", 0...0.1, default: 0.05),
            .float("dropout", 0...0.3, default: 0.1),
            .boolean("flip", default: true),
            .integer("shift", 0...2, default: 0),
        ])
    }

    public func startingConfigurations(for problem: Problem) throws -> [Configuration] {
        let space = try searchSpace(for: problem)
        let standard = space.defaultConfiguration
        let stem = space["stem"]?.startValue ?? .category(Stem.plain.rawValue)
        let residual = standard.merging(["architecture": .category("residual"), "stem": stem, "blocks": .integer(1), "stages": .integer(2)])
        // A portfolio: each is good alone on small images, and they err differently. Cheap ones come early.
        return [
            standard,
            standard.merging(["width": .integer(28), "dropout": .float(0.2)]),
            standard.merging(["width": .integer(10), "dense_units": .integer(32), "dropout": .float(0)]),
            standard.merging(["width": .integer(20), "dense_units": .integer(128), "dropout": .float(0.25), "learning_rate": .float(6e-3)]),
            sgd(standard),
            standard.merging(["batch_size": .integer(64), "learning_rate": .float(5e-3), "dropout": .float(0.15)]),
            residual.merging(["width": .integer(20)]),
            standard.merging(["width": .integer(24), "batch_size": .integer(256), "dropout": .float(0.2)]),
            standard.merging(["width": .integer(18), "label_smoothing": .float(0.02), "weight_decay": .float(2e-2), "shift": .integer(1)]),
        ]
    }

    private func sgd(_ configuration: Configuration) -> Configuration {
        let others = configuration.filter { $0.name != "learning_rate" }.map { ($0.name, $0.value) }
        return Configuration(others + [("optimizer", .category("sgd")), ("sgd_learning_rate", .float(0.1)), ("weight_decay", .float(5e-4))])
    }

    private func network(_ settings: Configuration, image: ImageShape, outputs: Int) throws -> Network {
        let size = ImageSize(height: image.height, width: image.width, channels: image.channels)
        let width = try settings.integer("width")
        let stages = try settings.integer("stages")
        let widths = (0..<stages).map { width << $0 }
        let head = Head.dense(units: try settings.integer("dense_units"))
        let dropout = try settings.float("dropout")
        guard try settings.category("architecture") == "residual" else {
            return try .stridedCNN(
                image: size, widths: widths, strides: widths.indices.map { $0 < 2 ? 2 : 1 }, head: head, dropout: dropout, outputs: outputs)
        }
        return try .residualCNN(
            image: size, stem: Stem(rawValue: settings.category("stem")) ?? .plain, widths: widths,
            blocks: [Int](repeating: try settings.integer("blocks"), count: stages), head: head, dropout: dropout, outputs: outputs)
    }

    public func makeTraining(_ job: TrainingJob) throws -> any Training {
        guard case .images(let images) = job.training.features, case .images(let watched) = job.validation.features else {
            throw LearningError(.badData, "a convolutional network learns from images only")
        }
        let settings = job.configuration
        let network = try network(settings, image: images.shape, outputs: job.task.outputWidth)
        let device = TorchDevice(job.device)
        // Measured on one thread: narrow convolutions are faster with channels first, wide ones with channels last.
        let format: MemoryFormat = try settings.integer("width") >= Self.channelsLastWidth ? .channelsLast : .contiguous
        let statistics = ImageBatches.Statistics(of: images)
        let augmentation = ImageBatches.Augmentation(flips: try settings.boolean("flip"), shift: try settings.integer("shift"))
        let none = ImageBatches.Augmentation(flips: false, shift: 0)
        let plan = NetworkTrainingPlan(
            optimizer: try settings.category("optimizer") == "sgd" ? .sgd : .adamW,
            schedule: RestartingCosine(
                peak: try settings.float("learning_rate", default: try settings.float("sgd_learning_rate", default: 0.1)), restartFactor: 0.6, warmup: 0.1),
            weightDecay: try settings.float("weight_decay"), batchSize: min(try settings.integer("batch_size"), max(8, images.count / 4)),
            labelSmoothing: try settings.float("label_smoothing"),
            passesPerUnit: max(1, (Self.imagesPerUnit / Double(images.count)).rounded()), patience: 20,
            isClassification: job.task.kind != .regression, seed: job.seed)
        let scale = TargetScale(of: job.training.target)
        return try NetworkTraining(
            model: TorchNetwork(network, device: device, format: format, seed: job.seed), plan: plan,
            training: ImageBatches(
                images, target: job.training.target, scale: scale, statistics: statistics, augmentation: augmentation, format: format, device: device),
            validation: ImageBatches(
                watched, target: job.validation.target, scale: scale, statistics: statistics, augmentation: none, format: format, device: device),
            checkpoint: job.checkpoint,
            export: { weights, file in
                let model = try NetworkExporter.export(
                    network, weights: weights, preprocessing: .image(statistics.preprocessing(of: images.shape)), head: NetworkHead(job.task, scale: scale))
                try model.write(to: file)
                return ModelCounts(macs: network.counts.macs, weights: network.counts.weights)
            })
    }

    /// Stems that do not shrink the image to nothing.
    private func stems(for problem: Problem) -> [String] {
        guard case .images(let shape) = problem.task.input else { return [Stem.plain.rawValue] }
        let side = min(shape.height, shape.width)
        return Stem.allCases.filter { stem in
            switch stem {
            case .plain, .strided: true
            case .stridedPooled: side >= 64
            case .spaceToDepth: shape.height % 2 == 0 && shape.width % 2 == 0
            case .spaceToDepth4: shape.height % 4 == 0 && shape.width % 4 == 0 && side >= 32
            }
        }.map(\.rawValue)
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
