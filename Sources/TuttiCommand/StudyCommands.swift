import ArgumentParser
import Foundation
import Optimize
import Search
import SearchSpaces

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study", abstract: "Look at the studies of a store: those of optimize, and those of runs.",
        subcommands: [
            StudyListCommand.self, StudyShowCommand.self, StudyBestCommand.self, StudyTrialsCommand.self, StudyImportanceCommand.self, StudyReportCommand.self,
            StudyCompareCommand.self, StudyReevaluateCommand.self, StudyScheduleCommand.self, StudyExportCommand.self, StudyDeleteCommand.self,
        ])
}

/// Which study is meant.
struct StudyArguments: ParsableArguments {
    @Argument(help: "Name of the study; not needed where the store has only one.") var name: String?
    @Option(help: "The store: sqlite:PATH, a path, another store's address, or the folder of a run.") var store: String

    func open() throws -> (definition: StudyDefinition, trials: [Trial]) { try Self.open(name, in: store) }

    static func open(_ name: String?, in address: String) throws -> (definition: StudyDefinition, trials: [Trial]) {
        let store = try StudyAddress(address).openExisting()
        let known = try store.studyNames()
        guard let name = name ?? (known.count == 1 ? known[0] : nil) else {
            throw ValidationError(
                known.isEmpty
                    ? "the store \(address) has no study" : "the store \(address) has several studies; name one of \(known.joined(separator: ", "))")
        }
        guard let definition = try store.definition(of: name) else { throw SearchError.unknownStudy(name, known: known) }
        return (definition, try store.trials(of: name))
    }
}

struct StudyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the studies of a store.")

    @Option(help: "The store: sqlite:PATH, a path, another store's address, or the folder of a run.") var store: String
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let store = try StudyAddress(store).openExisting()
        // One that cannot be read does not hide the others.
        var unreadable: [any Error] = []
        let records = try store.studyNames().compactMap { name -> StudyRecord? in
            do {
                return try store.definition(of: name).map { StudyRecord($0, trials: try store.trials(of: name)) }
            } catch {
                unreadable.append(error)
                return nil
            }
        }
        if records.isEmpty, let error = unreadable.first { throw error }
        defer { for error in unreadable { Console.error("note: \(error)") } }
        if json { return try Console.json(["studies": records]) }
        Console.out(
            Console.table(
                ["study", "trials", "complete", "failed", "running", "sampler", "scheduler", "best"],
                records.map { record in
                    let best =
                        record.directions.count > 1
                        ? "\(record.best.count) on the front" : record.best.first?.values?.first.map { OptimizeDisplay.number($0) } ?? "–"
                    return [
                        record.study, "\(record.trials)", "\(record.states["complete"] ?? 0)", "\(record.states["failed"] ?? 0)",
                        "\(record.states["running"] ?? 0)", record.sampler, record.scheduler, best,
                    ]
                }))
    }
}

struct StudyShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show how a study stands, and its search space.")

    @OptionGroup var study: StudyArguments
    @Flag(help: "Print a JSON document.") var json = false

    private struct Document: Encodable {
        var study: StudyRecord
        var space: SearchSpace
    }

    func run() throws {
        let (definition, trials) = try study.open()
        let record = StudyRecord(definition, trials: trials)
        if json { return try Console.json(Document(study: record, space: definition.space)) }
        let objectives = zip(definition.objectiveNames, definition.directions).map { "\($1.rawValue) \($0)" }.joined(separator: ", ")
        Console.out("\(definition.name): \(objectives)")
        Console.out("sampler \(definition.sampler.id)  scheduler \(definition.scheduler.id) \(definition.scheduler.options)  seed \(definition.seed)")
        Console.out("\(record.trials) trials: " + TrialState.allCases.map { "\(record.states["\($0)"] ?? 0) \($0)" }.joined(separator: ", "))
        Console.out("")
        Console.out(
            Console.table(
                ["parameter", "domain", "default"],
                definition.space.parameters.map { [$0.name, "\($0.domain)" + ($0.condition == nil ? "" : ", conditional"), "\($0.startValue)"] }))
        if !record.best.isEmpty {
            Console.out("")
            Console.out(TrialTable.text(record.best, definition))
        }
    }
}

struct StudyBestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "best", abstract: "Print the best trial, or the Pareto front.")

    @OptionGroup var study: StudyArguments
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let (definition, trials) = try study.open()
        let best = StudyRecord(definition, trials: trials).best
        if json { return try Console.json(["trials": best]) }
        if best.isEmpty { throw SearchError(.noResult, "The study \"\(definition.name)\" has no result yet.") }
        Console.out(TrialTable.text(best, definition))
    }
}

struct StudyTrialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "trials", abstract: "List the trials of a study.")

    @OptionGroup var study: StudyArguments
    @Option(help: "Only those that are complete, pruned, failed, running or waiting.") var state: String?
    @Flag(help: "Print a JSON document.") var json = false

    func validate() throws {
        let states = TrialState.allCases.map { "\($0)" }
        if let state, !states.contains(state) { throw ValidationError("--state is '\(state)'; it must be one of \(states.joined(separator: ", "))") }
    }

    func run() throws {
        let (definition, trials) = try study.open()
        let records = trials.filter { state == nil || "\($0.state)" == state }.map { TrialRecord($0, space: definition.space) }
        if json { return try Console.json(["trials": records]) }
        Console.out(TrialTable.text(records, definition, withState: true))
        for record in records { if let reason = record.reason { Console.error("note: trial \(record.trial): \(reason)") } }
    }
}

struct StudyExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "export", abstract: "Write the trials of a study as CSV or JSON.")

    @OptionGroup var study: StudyArguments
    @Flag(help: "CSV, the standard.") var csv = false
    @Flag(help: "A JSON document.") var json = false
    @Option(help: "File to write; standard output when absent.") var out: String?

    func validate() throws {
        if csv, json { throw ValidationError("--csv and --json exclude each other; give one of them") }
    }

    func run() throws {
        let (definition, trials) = try study.open()
        let text = json ? try TrialExport.json(definition, trials: trials) : TrialExport.csv(definition, trials: trials)
        guard let out else { return Console.out(Data(text.utf8)) }
        try ResultFile.write(text, to: out)
    }
}

struct StudyScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Print how a trial of population-based training came to be, so that its model can be trained again.",
        discussion: """
            A trial that was bred goes on from the checkpoint of another, which may have been bred itself. The schedule has a line for each segment, first one
            first: train a fresh model through them, each from one fidelity to the next with its own parameters.
            """)

    struct Segment: Encodable {
        var trial: Int
        var from: Int
        var to: Int
        var params: Configuration
    }

    @OptionGroup var study: StudyArguments
    @Option(help: "Number of the trial; the best one when absent.") var trial: Int?
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let (definition, trials) = try study.open()
        guard let number = trial ?? BestTrials.of(trials, directions: definition.directions).first?.number else {
            throw SearchError(.noResult, "The study \"\(definition.name)\" has no result yet.")
        }
        guard trials.indices.contains(number) else {
            throw SearchError.unknownTrial(number, count: trials.count)
        }
        let segments = PopulationBasedTraining.schedule(of: trials[number], in: trials).map {
            Segment(trial: $0.trial, from: $0.from, to: $0.to, params: definition.space.ordered($0.configuration))
        }
        if json { return try Console.json(["segments": segments]) }
        Console.out(
            Console.table(["trial", "from", "to", "parameters"], segments.map { ["\($0.trial)", "\($0.from)", "\($0.to)", $0.params.description] }))
    }
}

struct StudyDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a study with all its trials and their checkpoints.",
        discussion: "What is deleted is gone. Studies of runs stay: a run is deleted with its folder.")

    @Argument(help: "Name of the study.") var name: String
    @Option(help: "The store: sqlite:PATH, a path, or another store's address.") var store: String
    @Flag(help: "Delete it also while trials are running: their workers' results are lost.") var force = false

    func run() throws {
        if (try? URL(fileURLWithPath: store).resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true {
            throw ValidationError("--store '\(store)' is a run; delete its folder instead")
        }
        let opened = try StudyAddress(store).openExisting()
        guard try opened.definition(of: name) != nil else { throw SearchError.unknownStudy(name, known: try opened.studyNames()) }
        let trials = try opened.trials(of: name)
        let running = trials.count { $0.state == .running }
        if running > 0, !force {
            throw ValidationError("trials of \"\(name)\" are running (\(running)); stop its workers first, or delete it all the same with --force")
        }
        try opened.delete(name)
        if let folder = TrialFolders.beside(StudyAddress(store), study: name) { try TrialFolders(folder).remove() }
        Console.error("deleted \"\(name)\" with \(trials.count) trials")
    }
}

/// A file that a command on studies writes.
enum ResultFile {
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw SearchError(.storage, "'\(path)' cannot be written; check that its folder exists and may be written.")
        }
    }
}
