import Foundation
import Search
import SearchSpaces
import StudyStores

/// What the tests of this folder share.
enum Samples {
    static func space() throws -> SearchSpace {
        try SearchSpace([.float("lr", 1e-4...1e-1, log: true), .integer("layers", 1...4), .categorical("kind", ["a b", "c"])])
    }

    static func study(
        _ scheduler: AlgorithmChoice = AlgorithmChoice("full"), directions: [Direction] = [.minimize], metrics: [String] = [],
        in store: any StudyStore = InMemoryStore()
    ) throws -> Study {
        try Study.create(
            StudyDefinition(
                name: "study", space: space(), directions: directions, metricNames: metrics, seed: 1, sampler: AlgorithmChoice("random"), scheduler: scheduler),
            in: store)
    }

    /// Successive halving with the fidelities 1, 3 and 9.
    static let halving = AlgorithmChoice("asha", ["maximum_fidelity": 9])

    /// A new, empty folder, removed with the value.
    final class Folder: Sendable {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "tutti-optimize-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> String { url.appending(path: name).path }
        func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }
        func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
    }
}
