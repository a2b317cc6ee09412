import ArgumentParser
import Ensembling
import Foundation
import Learners
import Learning
import Placement
import Search
import SearchSpaces
import Tutti

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what Tutti can do, by kind.")

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case learners, samplers, schedulers, spaces, selectors, placers, metrics
    }

    /// An algorithm or a metric.
    struct Entry: Encodable {
        var id: String
        var name: String
        var summary: String
        var source: String
        /// Of samplers and schedulers: ids.
        var abilities: [String]?
        /// Of samplers and schedulers.
        var options: [AlgorithmOption]?
        /// The abilities in words, for people.
        var abilityTexts: [String] = []

        enum CodingKeys: CodingKey {
            case id, name, summary, source, abilities, options
        }
    }

    @Argument(help: "learners, samplers, schedulers, spaces, selectors, placers or metrics.") var kind: Kind
    @Argument(help: "Only this one, whole: with its source and, of samplers and schedulers, its abilities and options.") var id: String?
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let all = entries()
        let entries = try id.map { [try entry($0, of: all)] } ?? all
        if json { return try Console.json([kind.rawValue: entries]) }
        if id != nil { return entries.forEach { Console.out(Self.page($0)) } }
        Console.out(Console.table(["id", "name", "what it is"], entries.map { [$0.id, $0.name, $0.summary] }))
    }

    /// - Throws: `SearchError` (`unknownAlgorithm`), `TuttiError` (`usage`).
    private func entry(_ id: String, of entries: [Entry]) throws -> Entry {
        if let entry = entries.first(where: { $0.id == id }) { return entry }
        switch kind {
        case .samplers: _ = try Samplers.card(id)
        case .schedulers: _ = try Schedulers.card(id)
        case .learners, .spaces, .selectors, .placers, .metrics: break
        }
        throw TuttiError(.usage, "there is no '\(id)' among the \(kind.rawValue); choose one of \(entries.map(\.id).joined(separator: ", "))")
    }

    /// All there is to say of one.
    private static func page(_ entry: Entry) -> String {
        var parts = ["\(entry.name) (\(entry.id))\n\(entry.summary)" + (entry.source.isEmpty ? "" : "\nsource: \(entry.source)")]
        if !entry.abilityTexts.isEmpty { parts.append((["abilities:"] + entry.abilityTexts.map { "  \($0)" }).joined(separator: "\n")) }
        if let options = entry.options {
            let rows = options.map { [$0.name, $0.standard ?? "–", $0.summary] }
            parts.append(rows.isEmpty ? "no options" : Console.table(["option", "default", "what it means"], rows))
        }
        return parts.joined(separator: "\n\n")
    }

    private func entries() -> [Entry] {
        switch kind {
        case .learners: Learners.all.map { Entry(id: $0.card.id, name: $0.card.name, summary: $0.card.summary, source: $0.card.source) }
        case .samplers:
            Samplers.all.map { card in
                let abilities = SamplerCard.Ability.allCases.filter(card.abilities.contains)
                return Entry(
                    id: card.id, name: card.name, summary: card.summary, source: card.source, abilities: abilities.map(\.rawValue), options: card.options,
                    abilityTexts: abilities.map(\.summary))
            }
        case .schedulers:
            Schedulers.all.map { card in
                let abilities = SchedulerCard.Ability.allCases.filter(card.abilities.contains)
                return Entry(
                    id: card.id, name: card.name, summary: card.summary, source: card.source, abilities: abilities.map(\.rawValue), options: card.options,
                    abilityTexts: abilities.map(\.summary))
            }
        case .spaces: ReadySpaces.all.map { Entry(id: $0.id, name: $0.name, summary: $0.summary, source: $0.source) }
        case .selectors: Selectors.all.map { Entry(id: $0.card.id, name: $0.card.name, summary: $0.card.summary, source: $0.card.source) }
        case .placers: Placers.all.map { Entry(id: $0.card.id, name: $0.card.name, summary: $0.card.summary, source: $0.card.source) }
        case .metrics:
            Metric.all.map { metric in
                Entry(
                    id: metric.id, name: metric.title,
                    summary: (metric.higherIsBetter ? "higher" : "lower") + " is better; " + metric.kinds.map(\.rawValue).sorted().joined(separator: ", "),
                    source: "")
            }
        }
    }
}

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show which native runtimes were found, where, and how to get what is missing.",
        discussion: "Exit status 0 when everything that training and serving need is there, 69 otherwise.")

    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let findings = Doctor.examine()
        if json {
            try Console.json(["runtimes": findings])
        } else {
            for finding in findings {
                Console.out(
                    "\(finding.isUsable ? "✓" : finding.isRequired ? "✗" : "–") \(finding.name)\(finding.version.map { " \($0)" } ?? "")  (\(finding.purpose))")
                Console.out("    \(finding.detail)")
                if !finding.isUsable { Console.out("    install it with: \(finding.installCommand)") }
            }
        }
        if findings.contains(where: { $0.isRequired && !$0.isUsable }) { throw ExitCode(ExitStatus.missingRuntime) }
    }
}
