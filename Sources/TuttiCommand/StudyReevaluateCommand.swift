import ArgumentParser
import Foundation
import Optimize
import Search
import SearchSpaces

struct StudyReevaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reevaluate", abstract: "Run the best trials of a study again, such as on held-out data.",
        discussion: """
            The best of many trials are lucky as well as good, so their values promise more than they keep. After -- comes a program as for optimize, which
            measures a configuration on data that had no part in the search:

              tutti study reevaluate --store sqlite:tuning.db -- python test.py

            With several objectives the front is run again, with one the best trials. The study is not changed.
            """)

    /// A trial before and after.
    struct Row: Encodable {
        var trial: Int
        var params: Configuration
        var values: [Double]
        /// Nil where the program failed.
        var again: [Double]?
        /// Whether it is still on the front, or the best, by the new values.
        var survives: Bool
        var reason: String?
    }

    struct Document: Encodable {
        var study: String
        var objectives: [String]
        var trials: [Row]
        /// Mean change of each objective, as raw values; nil where nothing came back.
        var shift: [Double]?
        /// With several objectives: the hypervolume by the old values, and by the new ones, with one reference point.
        var promised: Double?
        var kept: Double?
        /// The share that is gone.
        var lost: Double?
    }

    @OptionGroup var study: StudyArguments
    @Option(help: "With one objective: how many of the best trials.") var count: Int = 5
    @Option(help: "Programs that run at once.") var workers: Int = 1
    @Option(help: "Time for one run of the program.", transform: TimeSpan.init(parsing:)) var timeout: TimeSpan?
    @Option(help: "Seed of what the program gets as {seed}; other than the study's, so that chance is another one too. 1 more than that when absent.")
    var seed: UInt64?
    @Flag(help: "Print a JSON document.") var json = false
    @Flag(help: "No progress.") var quiet = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("After --: the program and its arguments.", valueName: "command")) var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("nothing to run; give a program after --") }
        if count < 1 { throw ValidationError("--count is \(count); it must be at least 1") }
        if workers < 1 || workers > ProgramSearch.workerLimit {
            throw ValidationError("--workers is \(workers); it must be from 1 to \(ProgramSearch.workerLimit)")
        }
    }

    func run() throws {
        let (definition, trials) = try study.open()
        let ranked = BestTrials.ranked(trials, directions: definition.directions)
        let chosen = definition.directions.count == 1 ? Array(ranked.prefix(count)) : BestTrials.of(trials, directions: definition.directions)
        if chosen.isEmpty { throw SearchError(.noResult, "The study \"\(definition.name)\" has no result yet.") }
        let again = try evaluate(chosen, definition)
        let document = self.document(chosen, again, definition)
        if json { try Console.json(document) } else { show(document, definition) }
        if again.allSatisfy({ $0.state == .failed }) {
            throw SearchError(.noResult, "No trial has a result: \(again.first?.failure ?? "every run failed")")
        }
    }

    /// The same configurations in a study of their own, which is kept nowhere.
    private func evaluate(_ chosen: [Trial], _ definition: StudyDefinition) throws -> [Trial] {
        var again = definition
        again.name = "reevaluation"
        again.seed = seed ?? (definition.seed &+ 1)
        (again.sampler, again.scheduler) = (AlgorithmChoice("random"), AlgorithmChoice("full"))
        if let fidelity = chosen.compactMap({ $0.progress.results.last?.fidelity }).max() { again.scheduler.options["maximum_fidelity"] = .integer(fidelity) }
        let study = try Study.create(again, in: InMemoryStore())
        for trial in chosen { try study.enqueue(trial.configuration) }
        var search = ProgramSearch(study, try ProgramCommand(command, space: study.space))
        search.workers = workers
        search.trialLimit = chosen.count
        search.secondsPerTrial = timeout?.seconds
        search.failureLimit = chosen.count
        let display = OptimizeDisplay(again, quiet: quiet)
        let signals = OptimizeSignals()
        let summary = try search.run(observer: display, isStopping: { signals.isStopping })
        display.clear()
        if summary.cause == .interrupted { throw SearchError(.noResult, "The re-evaluation was stopped; nothing of it is kept.") }
        return try study.trials()
    }

    private func document(_ chosen: [Trial], _ again: [Trial], _ definition: StudyDefinition) -> Document {
        let directions = definition.directions
        func losses(_ values: [Double]) -> [Double] { zip(directions, values).map { $0.loss($1) } }
        let there = chosen.indices.filter { again[$0].state == .complete }
        let front = HeldOutFront(
            chosenBy: there.map { losses(chosen[$0].lastResult?.values ?? []) }, heldOut: there.map { losses(again[$0].values) })
        // Of one objective all that were run count, not only the first.
        let survivors =
            directions.count == 1
            ? there.min { losses(again[$0].values)[0] < losses(again[$1].values)[0] }.map { [$0] } ?? [] : front.survivors.map { there[$0] }
        let rows = chosen.indices.map { index in
            Row(
                trial: chosen[index].number, params: definition.space.ordered(chosen[index].configuration), values: chosen[index].lastResult?.values ?? [],
                again: again[index].state == .complete ? again[index].values : nil, survives: survivors.contains(index), reason: again[index].failure)
        }
        let shift = directions.indices.map { objective in
            there.reduce(0.0) { $0 + again[$1].values[objective] - (chosen[$1].lastResult?.values[objective] ?? 0) } / Double(there.count)
        }
        var document = Document(
            study: definition.name, objectives: definition.objectiveNames, trials: rows, shift: there.isEmpty ? nil : shift)
        if directions.count > 1, !there.isEmpty { (document.promised, document.kept, document.lost) = (front.promised, front.kept, front.lost) }
        return document
    }

    private func show(_ document: Document, _ definition: StudyDefinition) {
        let names = document.objectives
        Console.out(
            Console.table(
                ["trial"] + names + names.map { "\($0) again" } + ["", "parameters"],
                document.trials.map { row in
                    let mark = row.again == nil ? "failed" : !row.survives ? "" : names.count == 1 ? "best" : "on the front"
                    return ["\(row.trial)"] + row.values.map(OptimizeDisplay.number)
                        + names.indices.map { index in row.again.map { OptimizeDisplay.number($0[index]) } ?? "–" } + [mark, row.params.description]
                }))
        if let shift = document.shift {
            Console.out(zip(names, shift).map { "\($0) changed by \(Console.short($1)) on average" }.joined(separator: ", "))
        }
        if let lost = document.lost {
            let survivors = document.trials.count { $0.survives }
            Console.out("\(survivors) of \(document.trials.count) are still on the front; \(Console.short(100 * lost)) % of the hypervolume is gone")
        }
        for row in document.trials { if let reason = row.reason { Console.error("note: trial \(row.trial): \(reason)") } }
    }
}
