import Foundation
import Search
import SearchSpaces
import SearchTesting
import StudyStores
import Testing

/// What stores that several processes share must do beyond what every store does.
enum Conformance {
    /// One connection deletes a study and makes another of its name, which another connection knew and goes on with.
    static func deletionIsSeenByOthers(_ open: () throws -> any StudyStore) throws {
        func definition(_ parameter: String) throws -> StudyDefinition {
            StudyDefinition(name: "s", space: try SearchSpace([.float(parameter, 0...1)]), sampler: AlgorithmChoice("random"))
        }
        let first = try Study.create(definition("x"), in: open())
        let other = try Study.open("s", in: open())
        try first.optimize(trials: 5) { try $0.float("x") }
        let job = try #require(try other.ask(worker: "w").job)
        #expect(try other.trials().count == 6)
        try first.store.delete("s")
        let second = try Study.create(definition("y"), in: first.store)
        try second.enqueue(["y": 0.5])
        // The old job is nobody's now.
        #expect(throws: SearchError.self) { try other.tell(job, 1) }
        #expect(try other.store.trials(of: "s").map(\.configuration) == [["y": 0.5]])
        let again = try Study.open("s", in: other.store)
        let next = try #require(try again.ask(worker: "w").job)
        #expect(next.configuration == ["y": 0.5])
        try again.tell(next, 0.25)
        #expect(try second.trials().map(\.values) == [[0.25]])
        #expect(try open().trials(of: "s") == second.trials())
    }
}

/// The stores that are no one process's own, each on a place of its own.
enum Places: String, CaseIterable {
    case sqlite, journal, postgreSQL

    /// Those that this machine has.
    static let available = allCases.filter { $0 != .postgreSQL || Machine.isComplete || PostgreSQLServer.binaries != nil }

    /// The address of an empty store.
    func address() throws -> String {
        switch self {
        case .sqlite: "sqlite:" + Machine.temporaryPath(".db")
        case .journal: "journal:" + Machine.temporaryPath(".journal")
        case .postgreSQL: try PostgreSQLServer.shared.get().makeDatabase()
        }
    }
}

/// Samplers and schedulers with stores: a few pairs in every run of the tests, with `TUTTI_THOROUGH=1` all of them.
@Suite struct StudyConformanceTests {
    private static let isThorough = ProcessInfo.processInfo.environment["TUTTI_THOROUGH"] == "1"
    private static let pairs = StudyConformance.pairs().filter { pair in
        isThorough || ["tpe × asha", "nsga2 × full", "random × hyperband", "random × dehb", "grid × median"].contains(pair.description)
    }

    @Test("samplers, schedulers and stores conform together", arguments: pairs, Places.available)
    func triple(_ pair: StudyConformance.Pair, _ place: Places) throws {
        let address = try place.address()
        try StudyConformance.all(pair, trials: Self.isThorough ? 24 : 8, seed: 5) { try StudyStores.open(address) }
    }
}
