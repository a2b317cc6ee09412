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

    /// One line: an algorithm or a metric.
    struct Entry: Codable {
        var id: String
        var name: String
        var summary: String
        var source: String
    }

    @Argument(help: "learners, samplers, schedulers, spaces, selectors, placers or metrics.") var kind: Kind
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let entries = entries()
        if json { return try Console.json([kind.rawValue: entries]) }
        Console.out(Console.table(["id", "name", "what it is"], entries.map { [$0.id, $0.name, $0.summary] }))
    }

    private func entries() -> [Entry] {
        switch kind {
        case .learners: Learners.all.map { Entry(id: $0.card.id, name: $0.card.name, summary: $0.card.summary, source: $0.card.source) }
        case .samplers: Samplers.all.map { Entry(id: $0.id, name: $0.name, summary: $0.summary, source: $0.source) }
        case .schedulers: Schedulers.all.map { Entry(id: $0.id, name: $0.name, summary: $0.summary, source: $0.source) }
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
