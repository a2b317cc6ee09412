import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

/// Studies that Optuna and Tutti both work on.
@Suite(needsPython, .serialized) struct OptunaTests {
    enum Kind: String, CaseIterable { case sqlite, journal, postgreSQL }

    static let kinds: [Kind] = Kind.allCases.filter { $0 != .postgreSQL || Machine.isComplete || PostgreSQLServer.binaries != nil }

    private func address(_ kind: Kind) throws -> String {
        switch kind {
        case .sqlite: "sqlite:" + Machine.temporaryPath(".db")
        case .journal: "journal:" + Machine.temporaryPath(".journal")
        case .postgreSQL: try PostgreSQLServer.shared.get().makeDatabase()
        }
    }

    private func optuna(_ what: String, _ address: String, _ count: Int? = nil) throws -> JournalJSON {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python/check_stores.py")
        let python = try #require(Machine.python, "TUTTI_PYTHON names no Python; `make python` installs one")
        let (status, text) = try Program(python, [script.path, what, address, "s"] + (count.map { ["\($0)"] } ?? [])).finish()
        #expect(status == 0, "\(text)")
        return try #require(JournalJSON((text.split(separator: "\n").last ?? "").utf8), "\(text)")
    }

    private func list(_ document: JournalJSON) -> [JournalJSON] { document["trials"]?.array ?? [] }
    private func states(_ document: JournalJSON) -> [String] { list(document).compactMap { $0["state"]?.string } }

    @Test(arguments: kinds) func aStudyOfOptunasGoesOn(_ kind: Kind) throws {
        let address = try address(kind)
        let written = try optuna("write", address)
        let study = try Study.open("s", in: StudyStores.open(address))
        #expect(study.definition.directions == [.maximize])
        #expect(study.definition.userAttributes["by"] == "\"optuna\"")
        #expect(study.space.parameters.map(\.name) == ["x", "n", "c"])
        #expect(study.space["x"]?.domain == .float(low: 1e-3, high: 1, log: true))
        #expect(study.space["n"]?.domain == .integer(low: 1, high: 9, step: 2))
        #expect(study.space["c"]?.domain == .categorical(["a", "b", 3, true]))
        let before = try study.trials()
        #expect(before.map(\.state.optunaName) == states(written))
        #expect(before[0].configuration == ["x": 0.5, "n": 3, "c": "b"])
        #expect(before[0].values == [3.5])
        #expect(before[0].intermediateValues[2]?.isNaN == true)
        #expect(before[3].values == [.infinity])
        #expect(before[7].configuration == ["x": 0.25])
        // The enqueued trial first, then new ones.
        for number in 7..<12 {
            let job = try #require(try study.ask(worker: "w").job)
            #expect(job.trial == number)
            try study.space.validate(job.configuration)
            #expect(try study.report(job, 0.5, at: 1))
            try study.tell(job, Double(number))
        }
        let after = list(try optuna("read", address))
        #expect(after.count == 12)
        #expect(after.enumerated().allSatisfy { $0.element["number"]?.integer == $0.offset })
        #expect(after[7]["parameters"]?["x"]?.string == "0.25")
        #expect(after[11]["values"]?.array?.first?.number == 11)
        #expect(after[11]["curve"]?["1"]?.number == 0.5)
        // And Optuna goes on where Tutti was, while the store is open.
        let more = try optuna("go-on", address, 4)
        #expect(list(more).count == 16)
        let all = try study.trials()
        #expect(all.map(\.state.optunaName) == states(more))
        #expect(all[15].userAttributes["by"] == "\"optuna\"")
        let anew = try StudyStores.open(address).trials(of: "s")
        #expect(anew.map(\.configuration) == all.map(\.configuration))
        #expect(anew.map(\.values) == all.map(\.values))
        #expect(anew.map(\.systemAttributes) == all.map(\.systemAttributes))
    }

    @Test(arguments: kinds) func optunaReadsAStudyOfTuttis(_ kind: Kind) throws {
        let address = try address(kind)
        let space = try StudyStoreConformance.space()
        let study = try Study.create(
            StudyDefinition(name: "s", space: space, directions: [.minimize, .maximize], metricNames: ["error", "speed"], sampler: AlgorithmChoice("random")),
            in: StudyStores.open(address))
        try study.enqueue(space.defaultConfiguration)
        try study.optimize(trials: 6, objectives: { [try $0.float("rate"), $0.number == 3 ? .infinity : Double($0.number)] })
        let job = try #require(try study.ask(worker: "w").job)
        try study.fail(job, reason: "on \"purpose\"\nüber zwei Zeilen")
        let lost = try #require(try study.ask(worker: "dies").job)
        try study.releaseJobs(ofWorker: "dies", retries: 1)
        let read = try optuna("read", address)
        #expect(read["directions"]?.array?.compactMap(\.string) == ["minimize", "maximize"])
        let trials = try study.trials()
        #expect(states(read) == trials.map(\.state.optunaName))
        #expect(states(read).suffix(2) == ["FAIL", "WAITING"])
        for (trial, seen) in zip(trials, list(read)) {
            let parameters = Dictionary(uniqueKeysWithValues: (seen["parameters"]?.members ?? []).map { ($0.name, $0.value.string ?? "") })
            #expect(Set(parameters.keys) == Set(trial.configuration.names))
            #expect(parameters["activation"] == trial.configuration["activation"]?.description)
            #expect(parameters["rate"].flatMap(Double.init) == trial.configuration["rate"]?.number)
            let values = seen["values"]?.array?.map { $0.number ?? Double($0.string ?? "") ?? .nan } ?? []
            #expect(values == trial.values)
        }
        // What waits to be tried again is Optuna's for the taking.
        #expect(trials[lost.trial].state == .waiting)
    }

    @Test(arguments: kinds) func theDashboardShowsAStudyOfTuttis(_ kind: Kind) throws {
        let address = try address(kind)
        let study = try Study.create(
            StudyDefinition(name: "s", space: try StudyStoreConformance.space(), sampler: AlgorithmChoice("random")), in: StudyStores.open(address))
        try study.optimize(trials: 5) { try $0.float("rate") }
        let shown = try optuna("dashboard", address)
        #expect(shown["studies"]?.array?.compactMap(\.string) == ["s"])
        #expect(shown["states"]?.array?.compactMap(\.string) == Array(repeating: "Complete", count: 5))
        #expect(shown["values"]?.array?.compactMap { $0.array?.first?.number } == (try study.trials().map { $0.values[0] }))
    }
}
