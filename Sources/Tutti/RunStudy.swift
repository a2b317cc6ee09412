import Foundation
import Learners
import Learning
import Search
import SearchSpaces
import StudyStores

/// The study of a run: the joint space of its learners, in its SQLite file.
enum RunStudy {
    static let name = "tutti"
    /// Name of the parameter that chooses the learner; the learner's own parameters are prefixed with its id.
    static let learnerParameter = "learner"

    static func create(_ folder: RunFolder, manifest: RunManifest, problem: Problem, learners: [any Learner], metric: Metric) throws -> Study {
        let spaces = try learners.map { ($0.card.id, try $0.searchSpace(for: problem)) }
        let definition = StudyDefinition(
            name: name, space: try SearchSpace.choice(learnerParameter, spaces), directions: [metric.higherIsBetter ? .maximize : .minimize],
            metricNames: [metric.id], seed: manifest.seed, sampler: AlgorithmChoice(manifest.sampler),
            scheduler: AlgorithmChoice(manifest.scheduler, schedulerOptions(manifest)))
        let study = try Study.create(definition, in: SQLiteStore(path: folder.study.path))
        // Learners take turns, best known configurations first: a joint search knows early what each family can do.
        let starts = try learners.map { learner in try learner.startingConfigurations(for: problem).map { joint($0, of: learner.card.id) } }
        for round in 0..<(starts.map(\.count).max() ?? 0) {
            for configurations in starts where round < configurations.count { _ = try study.enqueue(configurations[round]) }
        }
        return study
    }

    /// - Throws: ``TuttiError`` `.badData` where the file is missing: opening would make an empty one.
    static func open(_ folder: RunFolder) throws -> Study {
        guard FileManager.default.fileExists(atPath: folder.study.path) else {
            throw TuttiError(.badData, "'\(folder.url.path)' has no study.db: its trials are gone; begin a new run")
        }
        return try Study.open(name, in: SQLiteStore(path: folder.study.path))
    }

    private static func schedulerOptions(_ manifest: RunManifest) -> Configuration {
        guard let lowest = manifest.rungs.first, let highest = manifest.rungs.last else { return [:] }
        let known = Schedulers.all.first { $0.id == manifest.scheduler }?.options ?? []
        let options: [(String, ParameterValue)] = [
            ("minimum_fidelity", .integer(lowest)), ("maximum_fidelity", .integer(highest)), ("eta", .integer(manifest.reductionFactor)),
            ("group_by", .category(learnerParameter)),
        ]
        return Configuration(options.filter { known.contains(named: $0.0) })
    }

    private static func joint(_ configuration: Configuration, of learner: String) -> Configuration {
        Configuration([(learnerParameter, .category(learner))] + configuration.map { ("\(learner).\($0.name)", $0.value) })
    }
}
