import ArgumentParser
import Foundation
import Optimize
import Search
import SearchSpaceFormats
import SearchSpaces

/// Fidelities as people type them: `1..81` from the first rung to the last, or `81` for one.
struct FidelityRange: Sendable {
    var range: ClosedRange<Int>

    /// - Throws: `ValidationError` that says how a range is written.
    init(parsing argument: String) throws {
        let parts = argument.replacingOccurrences(of: "...", with: "..").components(separatedBy: "..")
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last, numbers.count <= 2, first >= 1, first <= last else {
            throw ValidationError("whole numbers from 1 on are expected, the lowest and the highest, such as 1..81, or one such as 81")
        }
        range = first...last
    }
}

/// The options that say what is searched, and how.
struct SearchArguments: ParsableArguments {
    @Option(help: "The search space: a file, or ready:NAME (see `tutti list spaces`). Not needed for a study that is in the store.") var space: String?
    @Option(help: "Where the study is kept: sqlite:PATH, another store's address, or memory: for this run only.") var store: String = "memory:"
    @Option(help: "Name of the study in the store.") var name: String = "study"
    @Flag(help: "Go on with a study that must be there; without it a study goes on where there is one.") var resume = false
    @Flag(help: "Start anew, deleting the study of that name.") var overwrite = false
    @Option(help: "How configurations are chosen; see `tutti list samplers`. auto when absent. A study may go on with another one, for that session.")
    var sampler: String?
    @Option(name: .customLong("sampler-option"), help: "Option of the sampler, KEY=VALUE; may be repeated.") var samplerOptions: [String] = []
    @Option(help: "How far trials are run; see `tutti list schedulers`. hyperband with a range of fidelities, full otherwise.") var scheduler: String?
    @Option(name: .customLong("scheduler-option"), help: "Option of the scheduler, KEY=VALUE; may be repeated.") var schedulerOptions: [String] = []
    @Option(help: "Fidelities, such as epochs: 1..81.", transform: FidelityRange.init(parsing:)) var fidelity: FidelityRange?
    @Option(help: "One trial in so many goes on to a higher fidelity.") var eta: Int?
    @Option(help: "How many objectives there are.") var objectives: Int?
    @Option(help: "minimize or maximize, one per objective, separated by commas. minimize when absent.") var direction: String?
    @Option(help: "Names of the objectives, separated by commas: members of the program's JSON result.") var metric: String?
    @Option(help: "Seed of everything random. 0 when absent.") var seed: UInt64?

    @Option(help: "Store of an earlier study, also one with another space: its best configurations are tried first.") var warmStart: String?
    @Option(help: "Name of the earlier study; not needed where its store has only one.") var warmStartName: String?
    @Option(help: "How many of its configurations are tried first.") var warmStartCount: Int = 5

    func validate() throws {
        if warmStart == nil, warmStartName != nil { throw ValidationError("--warm-start-name needs --warm-start, the store that the study is in") }
        if warmStartCount < 1 { throw ValidationError("--warm-start-count is \(warmStartCount); it must be at least 1") }
        if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other; give one of them") }
        if let objectives, objectives < 1 { throw ValidationError("--objectives is \(objectives); it must be at least 1") }
        if sampler == nil, !samplerOptions.isEmpty { throw ValidationError("--sampler-option needs --sampler, whose option it is") }
        if scheduler == nil, !schedulerOptions.isEmpty { throw ValidationError("--scheduler-option needs --scheduler, whose option it is") }
        let (directions, metrics) = (try directions(), metrics)
        let counts = [("--objectives", objectives), ("--direction", directions?.count), ("--metric", metrics.isEmpty ? nil : metrics.count)]
        let given = counts.compactMap { name, count in count.map { (name, $0) } }
        if let first = given.first, let other = given.first(where: { $0.1 != first.1 }) {
            throw ValidationError("\(first.0) gives \(first.1) and \(other.0) \(other.1) objectives; they must agree")
        }
        _ = try options(samplerOptions, of: "--sampler-option")
        _ = try options(schedulerOptions, of: "--scheduler-option")
    }

    var address: StudyAddress { StudyAddress(store) }
    var metrics: [String] { Self.list(metric) }

    func plan() throws -> StudyPlan {
        let count = objectives ?? (metrics.isEmpty ? nil : metrics.count)
        return StudyPlan(
            name: name, space: try space.map(SpaceReading.read), directions: try directions() ?? count.map { [Direction](repeating: .minimize, count: $0) },
            metricNames: metrics, sampler: try sampler.map { AlgorithmChoice($0, try options(samplerOptions, of: "--sampler-option")) },
            scheduler: try scheduler.map { AlgorithmChoice($0, try options(schedulerOptions, of: "--scheduler-option")) }, fidelity: fidelity?.range,
            eta: eta, seed: seed, existing: overwrite ? .replace : resume ? .mustExist : .goOn)
    }

    /// The study that a new one begins with; nil where none is wanted. Read before the new one is made: it may be the one that is overwritten, and
    /// a mistake must not cost the beginning.
    func earlierStudy(for plan: StudyPlan) throws -> (definition: StudyDefinition, trials: [Trial])? {
        guard let warmStart else { return nil }
        let earlier = try StudyArguments.open(warmStartName, in: warmStart)
        let (count, wanted) = (earlier.definition.directions.count, plan.objectiveCount)
        guard count == wanted else {
            throw ValidationError("the study \"\(earlier.definition.name)\" of --warm-start has \(count) objectives, this one \(wanted); they must be as many")
        }
        return earlier
    }

    /// Puts the best configurations of the earlier study at the head of a new one.
    func beginWarm(_ opened: StudyPlan.Opened, from earlier: (definition: StudyDefinition, trials: [Trial])) throws {
        guard !opened.isResumed else { return Console.error("note: the study goes on where it was; --warm-start is for a new one") }
        let waiting = try opened.study.warmStart(from: earlier.trials, directions: earlier.definition.directions, best: warmStartCount)
        if waiting.isEmpty { Console.error("note: nothing of the study \"\(earlier.definition.name)\" fits this space; the search begins afresh") }
    }

    private func directions() throws -> [Direction]? {
        guard direction != nil else { return nil }
        return try Self.list(direction).map { word in
            let spellings: [String: Direction] = [
                "minimize": .minimize, "minimise": .minimize, "min": .minimize, "maximize": .maximize, "maximise": .maximize, "max": .maximize,
            ]
            guard let direction = spellings[word.lowercased()] else {
                throw ValidationError("--direction has '\(word)'; write minimize or maximize, one per objective")
            }
            return direction
        }
    }

    private static func list(_ text: String?) -> [String] {
        text?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
    }

    private func options(_ pairs: [String], of option: String) throws -> Configuration {
        Configuration(
            try pairs.map { pair in
                guard let split = pair.firstIndex(of: "="), split != pair.startIndex else { throw ValidationError("\(option) is '\(pair)'; write KEY=VALUE") }
                return (String(pair[..<split]), AlgorithmOption.value(of: String(pair[pair.index(after: split)...])))
            })
    }
}

/// Reads a search space from a file of any known format, or takes one that is ready.
enum SpaceReading {
    static let readyPrefix = "ready:"

    static func read(_ path: String) throws -> SearchSpace {
        if path.hasPrefix(readyPrefix) { return try ReadySpaces.named(String(path.dropFirst(readyPrefix.count))).space }
        do {
            return try SpaceFile.read(contentsOf: URL(fileURLWithPath: path))
        } catch let error as SearchSpaceError {
            throw SearchSpaceError(error.code, "The search space '\(path)': \(error)", parameter: error.parameter)
        } catch {
            throw SearchSpaceError(.invalidDocument, "The search space '\(path)' \(obstacle(path)).")
        }
    }

    /// Why a path gives no text.
    private static func obstacle(_ path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "is not there; give the path of a file, or \(readyPrefix)NAME for one of `tutti list spaces`"
        }
        if isFolder.boolValue { return "is a folder; give the path of a file" }
        if !FileManager.default.isReadableFile(atPath: path) { return "may not be read; give the path of a file with the permission to read it" }
        return "is not text in UTF-8; give the path of a text file"
    }
}
