import ArgumentParser
import Ensembling
import Foundation
import Learning
import ModelLibrary
import Tutti

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "models", abstract: "List the models of a run, best first.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let (cards, notes) = try run.readModels()
        for note in notes { Console.error("note: \(note)") }
        if json { return try Console.json(ModelsDocument(cards)) }
        let metric = try run.metric
        Console.out(
            Console.table(
                ["model", metric.id, "fidelity", "ms (1 row)", "rows/s", "memory", "file", "trained s"],
                cards.map { card in
                    [
                        card.id, Console.number(metric.value(ofScore: card.score)), String(card.fidelity) + (card.isCutShort ? "*" : ""),
                        Console.short(card.cost.singleRowMs), Console.short(card.cost.throughput), Console.bytes(card.cost.memoryBytes),
                        Console.bytes(card.cost.sizeBytes), Console.short(card.cost.trainingSeconds),
                    ]
                }))
        if cards.contains(where: \.isCutShort) { Console.out("* the time limit cut the training of this rung short") }
    }
}

struct EnsemblesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ensembles", abstract: "List the ensembles of a run, or choose new ones under limits.",
        discussion: "With limits the choice is made anew from the whole library; the run's own ensembles stay as they are.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "Longest time for one row, such as 5ms.", transform: TimeSpan.init(parsing:)) var maxLatency: TimeSpan?
    @Option(help: "Most memory, such as 500MB.") var maxMemory: ByteCount?
    @Option(help: "Most models in one ensemble.") var maxModels: Int?
    @Flag(help: "Print a JSON document.") var json = false

    func validate() throws {
        if let maxModels, maxModels < 1 { throw ValidationError("--max-models is \(maxModels); it must be at least 1") }
    }

    func run() throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let limits = CostLimits(latencyMs: maxLatency.map { $0.seconds * 1000 }, memoryBytes: maxMemory?.bytes, models: maxModels)
        let document = limits == CostLimits() ? try run.ensembles() : try run.selectEnsembles(limits: limits)
        if json { return try Console.json(document) }
        Console.out(try EnsembleTable.text(document.ensembles, metric: run.metric))
        for note in document.notes { Console.error("note: \(note)") }
    }
}

/// The front as people read it.
enum EnsembleTable {
    static func text(_ ensembles: [Ensemble], metric: Metric) -> String {
        Console.table(
            ["ensemble", metric.id, "models", "ms (1 row)", "µs/row", "memory", "members"],
            ensembles.map { ensemble in
                [
                    ensemble.name, Console.number(metric.value(ofScore: ensemble.score)), String(ensemble.members.count),
                    Console.short(ensemble.latencyMs), Console.short(ensemble.msPerRow * 1000), Console.bytes(ensemble.memoryBytes),
                    ensemble.members.prefix(4).map { "\($0.id)×\(Console.number($0.weight, digits: 2))" }.joined(separator: " ")
                        + (ensemble.members.count > 4 ? " …" : ""),
                ]
            })
    }
}

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "predict", abstract: "Predict for new data; writes CSV.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Argument(help: "The data: a table with the columns of the training data, or images of its size.") var data: String
    @Option(help: "Ensemble, or the id of a single model.") var ensemble: String = "best"
    @Flag(help: "One more column per class with its probability.") var probabilities = false
    @Option(help: "CSV file to write; standard output when absent.") var out: String?

    func run() throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let chosen = try run.ensemble(named: ensemble)
        let dataset = try run.readData(at: data)
        for note in dataset.notes { Console.error("note: \(note)") }
        let table = try run.predict(dataset.data, with: chosen)
        if let out {
            try table.write(to: URL(fileURLWithPath: out), withProbabilities: probabilities)
        } else {
            Console.out(Data(table.csv(withProbabilities: probabilities)))
        }
    }
}

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "evaluate", abstract: "Measure an ensemble on data with known answers.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Argument(help: "The data, with the target.") var data: String
    @Option(help: "Ensemble, or the id of a single model; may be repeated.") var ensemble: [String] = ["best"]
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let dataset = try run.readData(at: data, needsTarget: true)
        for note in dataset.notes { Console.error("note: \(note)") }
        let evaluations = try ensemble.map { try run.evaluate(dataset.data, with: run.ensemble(named: $0)) }
        if json { return evaluations.count == 1 ? try Console.json(evaluations[0]) : try Console.json(evaluations) }
        let names = evaluations[0].metrics.keys.sorted()
        Console.out("\(evaluations[0].rows) rows")
        Console.out(
            Console.table(
                ["ensemble"] + names,
                evaluations.map { evaluation in
                    [evaluation.ensemble] + names.map { Console.number(evaluation.metrics[$0] ?? .nan) }
                }))
    }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "report", abstract: "Write the report of a run as one HTML page.")

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "File to write; report.html in the run's folder when absent.") var out: String?

    func run() throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let file = out.map { URL(fileURLWithPath: $0) } ?? run.folder.report
        try run.writeReport(to: file)
        Console.out(file.path)
    }
}
