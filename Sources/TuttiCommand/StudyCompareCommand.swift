import ArgumentParser
import Foundation
import Optimize
import Search
import StudyCharts

struct StudyCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare studies of the same objectives: samplers, schedulers, seeds.",
        discussion: """
            Studies with the same sampler, scheduler and options form a group; what they differ in is chance. With one objective the best values are
            compared. With several, the fronts: hypervolume as a share of what all studies together dominate, IGD+ and the additive epsilon to their
            front (0 is best), and R2 (lower is better). Figures are medians over a group's studies, with the middle half.
            """)

    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case method, study
    }

    struct Document: Encodable {
        var objectives: [String]
        var groups: [StudyComparison.Standing]
    }

    @Argument(help: "Names of studies; all of the stores when absent.") var names: [String] = []
    @Option(help: "A store: sqlite:PATH, a path, another store's address, or the folder of a run; may be repeated.") var store: [String]
    @Option(help: "What forms a group: method, or study, where each stands for itself.") var by: Grouping = .method
    @Option(help: "Also write the comparison with its pictures as an HTML page.") var out: String?
    @Flag(help: "Print a JSON document.") var json = false

    func run() throws {
        let studies = try studies()
        let groups =
            by == .method
            ? StudyComparison.Group.byMethod(studies) : studies.map { StudyComparison.Group($0.definition.name, [$0]) }
        let comparison = StudyComparison(groups)
        let objectives = studies[0].definition.objectiveNames
        if let out { try ResultFile.write(comparison.page(title: objectives.joined(separator: ", ")), to: out) }
        if json { return try Console.json(Document(objectives: objectives, groups: comparison.standings)) }
        let standings = comparison.standings
        func cell(_ quartiles: StudyComparison.Quartiles?) -> String {
            guard let quartiles else { return "–" }
            let (low, median, high) = (Console.short(quartiles.low), Console.short(quartiles.median), Console.short(quartiles.high))
            return low == high ? median : "\(median) (\(low) to \(high))"
        }
        let isFront = objectives.count > 1
        Console.out(
            Console.table(
                ["group", "studies", "trials"] + (isFront ? ["hypervolume", "IGD+", "epsilon", "R2"] : ["best \(objectives[0])"]),
                standings.map { standing in
                    let figures = isFront ? [standing.hypervolume, standing.igdPlus, standing.epsilon, standing.r2] : [standing.best]
                    return [standing.group, "\(standing.studies)", "\(standing.trials)"] + figures.map(cell)
                }))
        if let out { Console.error("written: \(URL(fileURLWithPath: out).path)") }
    }

    /// The studies that are meant, at least one.
    private func studies() throws -> [(definition: StudyDefinition, trials: [Trial])] {
        var studies: [(definition: StudyDefinition, trials: [Trial])] = []
        var known: [String] = []
        for address in store {
            let opened = try StudyAddress(address).openExisting()
            for name in try opened.studyNames() {
                known.append(name)
                guard names.isEmpty || names.contains(name), let definition = try opened.definition(of: name) else { continue }
                studies.append((definition, try opened.trials(of: name)))
            }
        }
        if let unknown = names.first(where: { !known.contains($0) }) { throw SearchError.unknownStudy(unknown, known: known) }
        guard let first = studies.first?.definition else {
            throw ValidationError("there is no study in \(store.joined(separator: ", "))")
        }
        for (other, _) in studies where other.directions != first.directions {
            func goals(_ definition: StudyDefinition) -> String { definition.directions.map(\.rawValue).joined(separator: ", ") }
            throw ValidationError(
                "\"\(other.name)\" has other objectives (\(goals(other))) than \"\(first.name)\" (\(goals(first))); name studies that can be compared")
        }
        return studies
    }
}
