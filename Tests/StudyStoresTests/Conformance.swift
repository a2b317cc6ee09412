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
        let taken = try #require(try second.ask(worker: "w").job)
        #expect((taken.trial, taken.attempt) == (0, 1))
        // The old job is nobody's now, and the new study takes nothing of the old one's.
        for step in [{ try other.tell(job, 1) }, { _ = try other.trials() }, { _ = try other.ask(worker: "w") }, { try other.store.delete("s") }] {
            let error = try #require(throws: SearchError.self) { try step() }
            #expect(error.code == .unknownStudy && error.message.contains("\"s\" was deleted by another session"), "\(error)")
        }
        try second.releaseJobs(ofWorker: "w", retries: 1)
        #expect(try second.trials().map(\.configuration) == [["y": 0.5]])
        // Whoever opens it again has the new one.
        let again = try Study.open("s", in: other.store)
        let next = try #require(try again.ask(worker: "w").job)
        #expect(next.configuration == ["y": 0.5])
        try again.tell(next, 0.25)
        #expect(try second.trials().map(\.values) == [[0.25]])
        #expect(try open().trials(of: "s") == second.trials())
        // Deleted, and none in its place: as well, until somebody looks what is there.
        try second.store.delete("s")
        #expect(try #require(throws: SearchError.self) { try again.trials() }.message.contains("deleted by another session"))
        #expect(try again.store.definition(of: "s") == nil)
        #expect(try !#require(throws: SearchError.self) { try second.trials() }.message.contains("deleted by another session"))
    }

    /// Files that vanish one after the other under the same path, each of which was in use.
    static func everyLostFileIsRescued(_ path: String, _ open: () throws -> any StudyStore) throws {
        for (number, suffix) in ["", "-2", "-3"].enumerated() {
            let definition = StudyDefinition(name: "s\(number)", space: try SearchSpace([.float("x", 0...1)]), sampler: AlgorithmChoice("random"))
            let study = try Study.create(definition, in: open())
            try study.optimize(trials: 3 + number) { try $0.float("x") }
            for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
            for _ in 0..<2 {
                let error = try #require(throws: SearchError.self) { try study.ask(worker: "w") }
                #expect(error.message.contains("is in \(path).rescued\(suffix);"), "\(error)")
            }
        }
        for (number, suffix) in ["", "-2", "-3"].enumerated() {
            let copy = try StudyStores.open((path.hasSuffix(".db") ? "sqlite:" : "journal:") + path + ".rescued" + suffix)
            #expect(try copy.studyNames() == ["s\(number)"])
            #expect(try copy.trials(of: "s\(number)").count == 3 + number)
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(URL(fileURLWithPath: path).lastPathComponent) }
        #expect(left.filter { $0.hasSuffix(".rescue") } == [])
    }

    /// Two studies of the same space and seed, one after the other: even trials and attempts are numbered alike.
    static func overwrittenStudiesTakeNothing(_ open: () throws -> any StudyStore) throws {
        let definition = StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)]), sampler: AlgorithmChoice("random"))
        let old = try Study.create(definition, in: open())
        let job = try #require(try old.ask(worker: "old").job)
        let opener = try open()
        #expect(try opener.definition(of: "s") != nil)
        try opener.delete("s")
        let new = try Study.create(definition, in: opener)
        let same = try #require(try new.ask(worker: "new").job)
        #expect((same.trial, same.attempt, same.configuration) == (job.trial, job.attempt, job.configuration))
        #expect(throws: SearchError.self) { try old.tell(job, 17) }
        #expect(throws: SearchError.self) { try old.enqueue(["x": 0.5]) }
        try new.tell(same, 1)
        #expect(try new.trials().map(\.values) == [[1]])
        // Deleting and making it through the same store needs no opening.
        try opener.delete("s")
        try opener.create(definition)
        #expect(try new.trials().isEmpty)
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
