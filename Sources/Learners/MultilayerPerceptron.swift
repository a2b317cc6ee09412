import Datasets
public import Learning
import Networks
import ONNXGraphs
public import SearchSpaces
import Torch

/// Multilayer perceptrons over mixed columns: standardised numbers, embedded categories (Gorishniy et al. 2021; Kadra et al. 2021).
public struct MultilayerPerceptron: Learner {
    public init() {}

    public let card = LearnerCard(
        id: "mlp", name: "Multilayer perceptron", summary: "Fully connected networks with embeddings for categories.",
        kinds: [.binary, .multiclass, .regression], inputs: [.table], fidelityUnit: "passes over the training rows",
        requires: ["libtorch"], source: "Gorishniy et al. 2021; Holzmüller et al. 2024")

    /// Rows trained on in one unit of fidelity, passes taken together.
    private static let rowsPerUnit = 30_000.0
    private static let passesPerUnitLimit = 12.0

    public func searchSpace(for problem: Problem) throws -> SearchSpace {
        try SearchSpace([
            .integer("layers", 1...4, default: 2),
            .integer("width", 32...512, log: true, default: 192),
            .categorical("activation", ["relu", "silu", "gelu"], default: "silu"),
            .boolean("batch_norm", default: true),
            .boolean("residual", default: false),
            .float("dropout", 0...0.5, default: 0.1),
            .float("learning_rate", 5e-4...2e-2, log: true, default: 4e-3),
            .float("weight_decay", 1e-6...1e-1, log: true, default: 1e-3),
            .ordinal("batch_size", [.integer(64), .integer(128), .integer(256), .integer(512)], default: .integer(256)),
            .float("label_smoothing", 0...0.1, default: 0.0),
            .categorical("scaling", TablePreprocessing.Number.Fit.allCases.map(\.rawValue), default: "quartiles"),
        ])
    }

    public func startingConfigurations(for problem: Problem) throws -> [Configuration] {
        let standard = try searchSpace(for: problem).defaultConfiguration
        return [standard, standard.merging(["width": .integer(320), "dropout": .float(0.25), "layers": .integer(3), "residual": .boolean(true)])]
    }

    public func makeTraining(_ job: TrainingJob) throws -> any Training {
        guard case .table(let table) = job.training.features, case .table(let watched) = job.validation.features else {
            throw LearningError(.badData, "a multilayer perceptron learns from tables only")
        }
        let settings = job.configuration
        let preprocessing = TablePreprocessing(
            fitting: table, by: .init(rawValue: try settings.category("scaling")) ?? .quartiles, clipping: .smooth(limit: 3))
        let network = try Network.mlp(
            numbers: preprocessing.featureCount, categories: preprocessing.categories.map(\.indexCount),
            hidden: [Int](repeating: try settings.integer("width"), count: try settings.integer("layers")),
            activation: Activation(rawValue: try settings.category("activation")) ?? .relu, dropout: settings.float("dropout"),
            batchNorm: settings.boolean("batch_norm"), residual: settings.boolean("residual"), outputs: job.task.outputWidth)
        let device = TorchDevice(job.device)
        let scale = TargetScale(of: job.training.target)
        let plan = NetworkTrainingPlan(
            optimizer: .adamW,
            schedule: RestartingCosine(peak: try settings.float("learning_rate"), restartFactor: 0.6, warmup: 0.1),
            weightDecay: try settings.float("weight_decay"), batchSize: min(try settings.integer("batch_size"), max(8, table.rowCount / 8)),
            labelSmoothing: try settings.float("label_smoothing"),
            passesPerUnit: min(Self.passesPerUnitLimit, max(1, (Self.rowsPerUnit / Double(table.rowCount)).rounded())), patience: 30,
            isClassification: job.task.kind != .regression, seed: job.seed)
        return try NetworkTraining(
            model: TorchNetwork(network, device: device, format: .contiguous, seed: job.seed), plan: plan,
            training: TableBatches(table, preprocessing: preprocessing, target: job.training.target, scale: scale, device: device),
            validation: TableBatches(watched, preprocessing: preprocessing, target: job.validation.target, scale: scale, device: device),
            checkpoint: job.checkpoint,
            export: { weights, file in
                let model = try NetworkExporter.export(
                    network, weights: weights, preprocessing: .table(preprocessing), head: NetworkHead(job.task, scale: scale))
                try model.write(to: file)
                return ModelCounts(macs: network.counts.macs, weights: network.counts.weights)
            })
    }
}
