import Foundation
import Optimize
import Search
import SearchSpaces

/// What a search has found, for people and as a document.
struct OptimizeSummary {
    private static let rows = 5
    private static let frontRows = 20

    private let study: Study
    private let summary: ProgramSearchSummary
    private let store: String
    private let trials: [Trial]

    init(_ study: Study, _ summary: ProgramSearchSummary, store: String) throws {
        self.study = study
        self.summary = summary
        self.store = store
        trials = try study.trials()
    }

    private struct Document: Encodable {
        var study: String
        var store: String
        var trials: Int
        var states: [String: Int]
        var seconds: Double
        var runs: Int
        var failures: Int
        var interrupted: Bool
        var best: [TrialRecord]
    }

    /// - Throws: `SearchError` (`noResult`) when the search gave up, or nothing was found.
    func show(json: Bool) throws {
        let record = StudyRecord(study.definition, trials: trials)
        if json {
            try Console.json(
                Document(
                    study: study.name, store: store, trials: trials.count, states: record.states, seconds: summary.seconds, runs: summary.runs,
                    failures: summary.failures, interrupted: summary.cause == .interrupted, best: record.best))
        } else {
            let counts = ["complete", "pruned", "failed", "waiting"].compactMap { state in
                record.states[state].flatMap { $0 > 0 ? "\($0) \(state)" : nil }
            }
            Console.out("\(trials.count) trials\(counts.isEmpty ? "" : " (\(counts.joined(separator: ", ")))") in \(Console.short(summary.seconds)) s")
            let ranked = BestTrials.ranked(trials, directions: study.definition.directions)
            let isFront = study.definition.directions.count > 1
            let shown = isFront ? record.best.prefix(Self.frontRows) : ranked.prefix(Self.rows).map { TrialRecord($0, space: study.space) }[...]
            if !shown.isEmpty {
                Console.out("")
                Console.out(TrialTable.text(Array(shown), study.definition))
            }
            if summary.cause == .interrupted, store != "memory:" {
                Console.out("\nIt goes on with the same command; look at it with: tutti study show \(study.name) --store \(store)")
            }
        }
        if case .failures(let count, let reason) = summary.cause {
            throw SearchError(.noResult, "The search gave up after \(count) failed runs. The last one: \(reason)")
        }
        if record.best.isEmpty {
            let ending = summary.lastFailure.map { ". The last failure: \($0)" } ?? (summary.cause == .interrupted ? " yet; the search was stopped." : " yet.")
            throw SearchError(.noResult, "No trial has a result" + ending)
        }
    }
}

/// Trials as a table for people.
enum TrialTable {
    static func text(_ records: [TrialRecord], _ definition: StudyDefinition, withState: Bool = false) -> String {
        let hasFidelity = records.contains { $0.fidelity != nil }
        let constraints = Set(records.flatMap { ($0.constraints ?? [:]).keys }).sorted()
        let header = ["trial"] + (withState ? ["state"] : []) + (hasFidelity ? ["fidelity"] : []) + definition.objectiveNames + constraints + ["parameters"]
        let rows = records.map { record in
            var cells = ["\(record.trial)"]
            if withState { cells.append(record.state) }
            if hasFidelity { cells.append(record.fidelity.map { "\($0)" } ?? "–") }
            cells += definition.directions.indices.map { index in
                record.values.flatMap { $0.indices.contains(index) ? OptimizeDisplay.number($0[index]) : nil } ?? "–"
            }
            cells += constraints.map { name in record.constraints?[name].map(OptimizeDisplay.number) ?? "–" }
            return cells + [record.params.description]
        }
        return Console.table(header, rows)
    }
}
