import Reports

/// Contents for tests: an ordinary one, and pieces to bend.
extension ReportContent.Header {
    static func sample(metric: ReportContent.Metric = .accuracy, name: String = "flowers") -> Self {
        Self(
            runName: name, runPath: "runs/\(name)",
            data: .init(name: "\(name).csv", rows: 150, columns: 4, classes: 3, task: "multiclass", target: "species"), metric: metric,
            effort: .init(budgetSeconds: 60, spentSeconds: 58.2, workers: 2, seed: 7, machine: "8 cores"), version: "1.0.0",
            commandLine: "tutti fit \(name).csv --target species")
    }
}

extension ReportContent.Metric {
    static let accuracy = Self(id: "accuracy", title: "Accuracy", higherIsBetter: true)
    static let logLoss = Self(id: "log_loss", title: "Log loss", higherIsBetter: false)
}

extension ReportContent {
    /// Six trials of two learners, four models, three ensembles, everything filled in.
    static var sample: ReportContent {
        let learners = ["boosted_trees", "linear"]
        let trials = (0..<6).map { trial($0, learner: learners[$0 % 2]) }
        let models = (0..<4).map { model($0, learner: learners[$0 % 2]) }
        let ensembles = ["best", "balanced", "fast"].enumerated().map { ensemble($1, place: $0) }
        return ReportContent(
            header: .sample(), trials: trials, models: models, bestModel: "model-3", ensembles: ensembles,
            allocation: Allocation(
                ensemble: "best", devices: ["cpu0", "cpu1"], models: ["model-3", "model-0"], batches: [[8, 0], [0, 32]],
                predictedThroughput: 1000, measuredThroughput: 900),
            outcome: .classification(Confusion(classes: ["setosa", "virginica", "iris"], counts: [[10, 0, 0], [0, 9, 1], [0, 2, 8]])),
            scores: Scores(
                metrics: [.accuracy, .logLoss],
                rows: [.init(name: "best", values: [0.92, 0.2]), .init(name: "model-3", values: [0.89, 0.25])]))
    }

    private static func trial(_ number: Int, learner: String) -> Trial {
        let fidelities: [Double] = number == 5 ? [] : [1, 3, 9]
        let evaluations = fidelities.map { fidelity -> Trial.Evaluation in
            let value = 0.8 + Double(number) * 0.02 + fidelity / 300
            return .init(fidelity: fidelity, value: value, seconds: Double(number) * 8 + fidelity)
        }
        return Trial(
            number: number, learner: learner, state: number == 5 ? .fail : number == 4 ? .pruned : .complete, fidelity: 9,
            evaluations: evaluations, configuration: [.init("learning_rate", "0.1")], failure: number == 5 ? "out of memory" : nil)
    }

    private static func model(_ number: Int, learner: String) -> Model {
        let msPerRow = 0.01 * Double(number + 1)
        return Model(
            id: "model-\(number)", learner: learner, trial: number, fidelity: 9, value: 0.83 + Double(number) * 0.02, msPerRow: msPerRow,
            throughput: 1000 / msPerRow, latencyMs: 0.1, memoryBytes: 2_000_000, sizeBytes: 300_000, trainingSeconds: 4,
            macs: number == 1 ? 12_000 : nil)
    }

    private static func ensemble(_ name: String, place: Int) -> Ensemble {
        Ensemble(
            name: name, members: [.init(id: "model-\(3 - place)", weight: 0.75), .init(id: "model-0", weight: 0.25)],
            value: 0.92 - Double(place) * 0.01, msPerRow: 0.05 / Double(place + 1), latencyMs: 0.3, memoryBytes: 4_000_000)
    }
}
