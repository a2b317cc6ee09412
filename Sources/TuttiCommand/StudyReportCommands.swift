import ArgumentParser
import Foundation
import Optimize
import Search
import SearchSpaces
import StudyCharts

struct StudyReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write the pictures of a study as one HTML page.",
        discussion: """
            History, curves, importance, partial dependence, parameters one by one, two by two and together, fronts, workers over time, failures:
            those that the study has something to show for. The page needs no other file and no network.
            """)

    @OptionGroup var study: StudyArguments
    @Option(help: "File to write; the study's name with .html, in this folder, when absent.") var out: String?

    func run() throws {
        let (definition, trials) = try study.open()
        let file = out ?? Self.fileName(definition.name)
        let page = StudyPage.html(definition, trials: trials, analysis: StudyAnalysis(definition, trials: trials))
        try ResultFile.write(page, to: file)
        Console.out(URL(fileURLWithPath: file).path)
    }

    /// The name of a study as that of a file.
    static func fileName(_ study: String) -> String {
        let safe = study.prefix(80).map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
        let name = String(safe.drop { $0 == "." || $0 == "-" })
        return (name.isEmpty ? "study" : name) + ".html"
    }
}

struct StudyImportanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "importance", abstract: "Print how much each parameter of a study matters.",
        discussion: """
            ped-anova   how far a parameter's distribution among the best trials differs from that among all; also for several objectives at once
            fanova      the share of the variance over the whole space that a parameter explains alone, and pairs together, by a regression forest
            ablation    what changing a parameter gains on the way from the default configuration to the best trial, by a regression forest

            Complete trials count, or those at the highest fidelity while there is none. Values far on the worse side count as the edge of what is usual.
            """)

    enum Method: String, ExpressibleByArgument, CaseIterable {
        case pedANOVA = "ped-anova"
        case fANOVA = "fanova"
        case ablation

        var method: Importance.Method {
            switch self {
            case .pedANOVA: .divergence()
            case .fANOVA: .variance()
            case .ablation: .ablation()
            }
        }
    }

    struct Document: Encodable {
        var study: String
        var method: String
        /// Nil: all of several.
        var objective: String?
        /// Trials that count.
        var trials: Int
        var parameters: [ParameterImportance]
        /// What pairs of parameters explain beyond each alone; nil for other methods than fanova.
        var interactions: [ParameterInteraction]?
    }

    @OptionGroup var study: StudyArguments
    @Option(help: "ped-anova, fanova or ablation.") var method: Method = .pedANOVA
    @Option(help: "Name or number, from 0, of the objective to explain; with several, ped-anova explains what leads to the front when absent.")
    var objective: String?
    @Option(help: "Seed of the forest.") var seed: UInt64 = 0
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let (definition, trials) = try study.open()
        let names = definition.objectiveNames
        let chosen = try objective.map { try Self.position($0, names) } ?? (names.count == 1 ? 0 : nil)
        if chosen == nil, method != .pedANOVA {
            throw ValidationError("\(method.rawValue) explains one objective; choose it with --objective: \(names.joined(separator: ", "))")
        }
        let ranking = try StudyAnalysis.importance(definition, trials: trials, objective: chosen, method: method.method, seed: seed)
        let document = Document(
            study: definition.name, method: method.rawValue, objective: chosen.map { names[$0] },
            trials: StudyAnalysis.comparable(definition, trials).count, parameters: ranking,
            interactions: method == .fANOVA ? interactions(definition, trials, chosen ?? 0, among: ranking) : nil)
        if json { return try Console.json(document) }
        if document.trials == 0 { throw SearchError(.noResult, "The study \"\(definition.name)\" has no result yet.") }
        let values = StudyAnalysis.comparable(definition, trials).map { trial in chosen.map { [trial.values[$0]] } ?? trial.values }
        if values.count > 1, values.allSatisfy({ $0 == values[0] }) {
            return Console.out("\(document.objective ?? names.joined(separator: ", ")): all values are equal; no parameter makes a difference")
        }
        Console.out("\(document.objective ?? names.joined(separator: ", ")), \(document.trials) trials, \(document.method)")
        Console.out(
            Console.table(["parameter", "importance", "share"], ranking.map { [$0.name, Console.short($0.value), Console.number($0.share, digits: 3)] }))
        let pairs = (document.interactions ?? []).filter { $0.value >= Self.leastInteraction }
        guard !pairs.isEmpty else { return }
        Console.out("")
        Console.out(Console.table(["together", "importance"], pairs.map { [$0.names.joined(separator: " × "), Console.short($0.value)] }))
    }

    /// Pairs among so many parameters, those that matter most, are looked at.
    private static let pairedParameters = 8
    /// The share of the variance from which a pair is worth a line.
    private static let leastInteraction = 0.005

    private func interactions(
        _ definition: StudyDefinition, _ trials: [Trial], _ objective: Int, among ranking: [ParameterImportance]
    ) -> [ParameterInteraction] {
        let leading = ranking.filter { $0.value > 0 }.prefix(Self.pairedParameters).map(\.name)
        return StudyAnalysis.interactions(definition, trials: trials, objective: objective, among: leading, seed: seed)
    }

    private static func position(_ objective: String, _ names: [String]) throws -> Int {
        if let position = names.firstIndex(of: objective) ?? Int(objective).flatMap({ names.indices.contains($0) ? $0 : nil }) { return position }
        throw ValidationError("the study has no objective '\(objective)'; it has \(names.joined(separator: ", ")), numbered from 0")
    }
}
