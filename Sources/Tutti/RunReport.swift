import Datasets
import Ensembling
public import Foundation
import Learning
import ModelLibrary
import Placement
import Reports
import Search
import SearchSpaces

extension Run {
    /// Writes the run as one self-contained HTML page.
    public func writeReport(to file: URL) throws {
        let data = try RunData.load(manifest)
        try writeReport(to: file, validation: data.validation)
    }

    func writeReport(to file: URL, validation: Dataset) throws {
        let html = ReportPage.html(for: try reportContent(validation: validation))
        do {
            try Data(html.utf8).write(to: file, options: .atomic)
        } catch {
            throw TuttiError(.badData, "'\(file.path)' cannot be written", underlying: error)
        }
    }

    private func reportContent(validation: Dataset) throws -> ReportContent {
        let metric = try metric
        let cards = try models()
        let ensembles = (try? ensembles().ensembles) ?? []
        let best = ensembles.first { $0.name == "best" }
        let secondsOfModel = Dictionary(uniqueKeysWithValues: cards.map { ($0.id, $0.finishedSeconds) })
        return ReportContent(
            header: header(validation: validation, metric: metric),
            trials: try RunStudy.open(folder).trials().filter { $0.progress.attempts > 0 }.map { reportTrial($0, secondsOfModel: secondsOfModel) },
            models: cards.map { reportModel($0, metric: metric) },
            bestModel: cards.first?.id,
            ensembles: ensembles.map { reportEnsemble($0, metric: metric) },
            allocation: try placements().first { $0.ensemble == "best" }.map(reportAllocation),
            outcome: try best.flatMap { try outcome(of: $0, truth: validation.target) },
            scores: try scores(of: ensembles, bestModel: cards.first, truth: validation.target))
    }

    private func header(validation: Dataset, metric: Metric) -> ReportContent.Header {
        let columns =
            switch validation.features {
            case .table(let table): table.columns.count
            case .images(let images): images.shape.valueCount
            }
        return ReportContent.Header(
            runName: folder.url.lastPathComponent, runPath: folder.url.relativePath,
            data: .init(
                name: URL(fileURLWithPath: manifest.source.path).lastPathComponent, rows: manifest.rows, columns: columns,
                classes: task.kind == .regression ? nil : task.classes.count, task: task.kind.rawValue, target: task.target),
            metric: .init(metric),
            effort: .init(
                budgetSeconds: manifest.timeSeconds, spentSeconds: manifest.spentSeconds, workers: manifest.workers, seed: manifest.seed,
                machine: Machine.description),
            version: manifest.tuttiVersion, commandLine: manifest.command.joined(separator: " "),
            finished: manifest.startedAt.addingTimeInterval(manifest.spentSeconds).formatted(.iso8601))
    }

    private func reportTrial(_ trial: Trial, secondsOfModel: [String: Double]) -> ReportContent.Trial {
        let learner = (try? trial.configuration.category(RunStudy.learnerParameter)) ?? "?"
        let state: ReportContent.Trial.State =
            switch trial.state {
            case .complete: .complete
            case .pruned: .pruned
            case .failed: .fail
            default: .running
            }
        let evaluations = trial.progress.results.map { result in
            let model = ModelCard.id(learner: learner, trial: trial.number, fidelity: result.fidelity)
            return ReportContent.Trial.Evaluation(
                fidelity: Double(result.fidelity), value: result.values[0], seconds: secondsOfModel[model] ?? .nan)
        }
        return ReportContent.Trial(
            number: trial.number, learner: learner, state: state, fidelity: trial.progress.results.last.map { Double($0.fidelity) },
            evaluations: evaluations, configuration: trial.configuration.part(learner).map { .init($0.name, "\($0.value)") }, failure: trial.failure)
    }

    private func reportModel(_ card: ModelCard, metric: Metric) -> ReportContent.Model {
        ReportContent.Model(
            id: card.id, learner: card.learner, trial: card.trial, fidelity: Double(card.fidelity), value: metric.value(ofScore: card.score),
            msPerRow: card.cost.msPerRow, throughput: card.cost.throughput, latencyMs: card.cost.singleRowMs, memoryBytes: card.cost.memoryBytes,
            sizeBytes: card.cost.sizeBytes, trainingSeconds: card.cost.trainingSeconds, macs: card.cost.macs)
    }

    private func reportEnsemble(_ ensemble: Ensemble, metric: Metric) -> ReportContent.Ensemble {
        ReportContent.Ensemble(
            name: ensemble.name, members: ensemble.members.map { .init(id: $0.id, weight: $0.weight) }, value: metric.value(ofScore: ensemble.score),
            msPerRow: ensemble.msPerRow, latencyMs: ensemble.latencyMs, memoryBytes: ensemble.memoryBytes)
    }

    private func reportAllocation(_ placement: Placement) -> ReportContent.Allocation {
        ReportContent.Allocation(
            ensemble: placement.ensemble, devices: placement.matrix.devices, models: placement.matrix.models, batches: placement.matrix.batch,
            predictedThroughput: placement.throughput.predicted, measuredThroughput: placement.throughput.measured)
    }

    // MARK: - Validation rows

    private func validationPredictions(of ensemble: Ensemble) throws -> Predictions {
        .weightedMean(try ensemble.members.map { (weight: $0.weight, predictions: try library.validationPredictions(of: $0.id)) })
    }

    private func outcome(of ensemble: Ensemble, truth: Dataset.Target?) throws -> ReportContent.Outcome? {
        let predictions = try validationPredictions(of: ensemble)
        switch truth {
        case .classes(let labels, let names):
            var counts = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
            for (row, guess) in predictions.mostProbableClasses().enumerated() where labels[row] >= 0 { counts[Int(labels[row])][Int(guess)] += 1 }
            return .classification(.init(classes: names, counts: counts))
        case .values(let values): return .regression(.init(truth: values, predicted: predictions.values.map(Double.init)))
        case nil: return nil
        }
    }

    private func scores(of ensembles: [Ensemble], bestModel: ModelCard?, truth: Dataset.Target?) throws -> ReportContent.Scores {
        guard let truth else { return .init() }
        let metrics = Metric.applicable(to: task)
        var rows = try ensembles.filter { Self.namedEnsembles.contains($0.name) }.map { ensemble in
            let predictions = try validationPredictions(of: ensemble)
            return ReportContent.Scores.Row(name: ensemble.name, values: metrics.map { $0.value(predictions, truth) })
        }
        if let bestModel { rows.append(.init(name: bestModel.id, values: metrics.map { bestModel.metrics[$0.id] ?? .nan })) }
        return .init(metrics: metrics.map { .init($0) }, rows: rows)
    }
}

extension ReportContent.Metric {
    fileprivate init(_ metric: Metric) { self.init(id: metric.id, title: metric.title, higherIsBetter: metric.higherIsBetter) }
}

/// What a report says of the machine.
private enum Machine {
    static var description: String {
        let information = ProcessInfo.processInfo
        return "\(information.activeProcessorCount) cores, \(information.physicalMemory >> 30) GiB, \(information.operatingSystemVersionString)"
    }
}
