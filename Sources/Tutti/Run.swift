public import Datasets
public import Ensembling
import Foundation
public import Learning
public import ModelLibrary
import OnnxRuntime

/// A run on disk, opened: its library, its ensembles, and what can be done with them.
public struct Run: Sendable {
    public let folder: RunFolder
    public let manifest: RunManifest
    public let library: ModelLibrary

    /// - Throws: ``TuttiError`` `.badData` where the folder holds no run, or a damaged one.
    public init(_ folder: RunFolder) throws {
        self.folder = folder
        manifest = try folder.readManifest()
        library = ModelLibrary(folder.library)
    }

    public var task: LearningTask { manifest.task }
    public var metric: Metric { get throws { try Metric.named(manifest.metric, for: task) } }

    /// Cards of all models, best first; a model whose card cannot be read is left out.
    public func models() throws -> [ModelCard] { try readModels().cards }

    /// As ``models()``, with a note for each model that is left out.
    public func readModels() throws -> (cards: [ModelCard], notes: [String]) {
        var cards: [ModelCard] = []
        var notes: [String] = []
        for id in try library.ids() {
            do { cards.append(try library.card(of: id)) } catch {
                notes.append("model '\(id)' is left out: '\(library.folder.appending(path: id).path)/card.json' is damaged")
            }
        }
        return (cards.sorted { ($0.score, $1.id) > ($1.score, $0.id) }, notes)
    }

    // MARK: - Ensembles

    /// The run's own front.
    /// - Throws: ``TuttiError`` `.badData` where there are none yet, or their file is damaged.
    public func ensembles() throws -> EnsemblesDocument {
        guard FileManager.default.fileExists(atPath: folder.ensembles.path) else {
            throw TuttiError(.badData, "'\(folder.url.path)' has no ensembles yet; make them with `tutti resume \(folder.url.path)`")
        }
        return try folder.readDocument(EnsemblesDocument.self, at: folder.ensembles)
    }

    /// An ensemble of the front by name, or a single model by id as an ensemble of one.
    public func ensemble(named name: String) throws -> Ensemble {
        if let document = try? ensembles(), let found = document.ensembles.first(where: { $0.name == name }) { return found }
        if let ids = try? library.ids(), ids.contains(name) {
            let card = try library.card(of: name)
            return Ensemble(
                name: name, members: [.init(id: name, weight: 1)], score: card.score, latencyMs: card.cost.singleRowMs, msPerRow: card.cost.msPerRow,
                memoryBytes: card.cost.memoryBytes, sizeBytes: card.cost.sizeBytes)
        }
        let names = try ensembles().ensembles.map(\.name)
        throw TuttiError(.usage, "there is no ensemble or model '\(name)' in '\(folder.url.path)'; its ensembles are \(names.joined(separator: ", "))")
    }

    /// Chooses a front from the whole library under limits.
    /// - Parameters:
    ///   - truth: target of the validation rows; read from the data again when nil.
    ///   - deadline: when to take what is found so far.
    public func selectEnsembles(limits: CostLimits, truth: Dataset.Target? = nil, deadline: Deadline? = nil) throws -> EnsemblesDocument {
        guard let truth = try truth ?? RunData.load(manifest).validation.target else { throw TuttiError(.badData, "the data of the run has no target") }
        var (cards, notes) = try readModels()
        let candidates = cards.compactMap { card -> Candidate? in
            do {
                let predictions = try library.validationPredictions(of: card.id)
                guard predictions.rowCount == truth.count, predictions.width == task.outputWidth else {
                    notes.append("model '\(card.id)' is left out: its validation predictions are of other rows")
                    return nil
                }
                return Candidate(id: card.id, predictions: predictions, cost: card.cost)
            } catch {
                notes.append("model '\(card.id)' is left out: \(error)")
                return nil
            }
        }
        guard !candidates.isEmpty || notes.isEmpty else {
            throw TuttiError(.badData, "no model of '\(folder.url.path)' can be used: \(notes.prefix(3).joined(separator: "; "))")
        }
        var selector = GreedySelection()
        selector.deadline = deadline
        var document = try EnsembleFront.build(
            candidates, truth: truth, metric: metric, limits: limits, seed: manifest.seed, selector: selector)
        document.notes = notes + document.notes
        return document
    }

    // MARK: - Predictions

    /// Data in the terms of the run's task: same columns by name, same classes.
    /// - Throws: `DatasetError` where the data does not fit the task; ``TuttiError`` `.badData` where the target is needed and not there.
    public func readData(at path: String, needsTarget: Bool = false) throws -> (data: Dataset, notes: [String]) {
        let reading = try DatasetReader.read(URL(fileURLWithPath: path), schema: schema, options: manifest.source.options)
        guard !needsTarget || reading.dataset.target != nil else {
            throw TuttiError(.badData, "'\(path)' has no column '\(task.target)' to compare with")
        }
        return (reading.dataset, reading.report.notes)
    }

    private var schema: DatasetSchema {
        let features: DatasetSchema.Features =
            switch task.input {
            case .table(let columns): .table(columns)
            case .images(let shape): .images(shape)
            }
        return DatasetSchema(features: features, targetName: task.target, target: task.kind == .regression ? .values : .classes(task.classes))
    }

    /// The weighted mean of the members' predictions.
    public func predictions(for data: Dataset, with ensemble: Ensemble) throws -> Predictions {
        let inputs = try ModelInputs(data.features)
        let threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let members = try ensemble.members.map { member in
            (weight: member.weight, predictions: try loadModel(member.id, threads: threads).predict(inputs))
        }
        return .weightedMean(members)
    }

    private func loadModel(_ id: String, threads: Int) throws -> ModelRunner {
        if let missing = Doctor.missingForServing() { throw missing }
        do {
            return try ModelRunner(library.modelFile(of: id), task: task, threads: threads)
        } catch let error as OnnxRuntimeError {
            throw TuttiError(.badData, "the model '\(id)' cannot be used", underlying: error)
        }
    }

    public func predict(_ data: Dataset, with ensemble: Ensemble) throws -> PredictionTable {
        PredictionTable(try predictions(for: data, with: ensemble), classes: task.classes)
    }

    public func evaluate(_ data: Dataset, with ensemble: Ensemble) throws -> Evaluation {
        guard let truth = data.target else { throw TuttiError(.badData, "'\(data.name)' has no column '\(task.target)' to compare with") }
        let predictions = try predictions(for: data, with: ensemble)
        let metrics = Metric.applicable(to: task).reduce(into: [:]) { $0[$1.id] = $1.value(predictions, truth) }
        return Evaluation(ensemble: ensemble.name, rows: truth.knownCount, metrics: metrics)
    }
}
