import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

/// Studies that Optuna and Tutti both work on.
@Suite(needsPython, .serialized) struct OptunaTests {
    private func optuna(_ what: String, _ address: String, _ count: Int? = nil) throws -> JournalJSON {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python/check_stores.py")
        let python = try #require(Machine.python, "TUTTI_PYTHON names no Python; `make python` installs one")
        let (status, text) = try Program(python, [script.path, what, address, "s"] + (count.map { ["\($0)"] } ?? [])).finish()
        #expect(status == 0, "\(text)")
        return try #require(JournalJSON((text.split(separator: "\n").last ?? "").utf8), "\(text)")
    }

    private func list(_ document: JournalJSON) -> [JournalJSON] { document["trials"]?.array ?? [] }
    private func states(_ document: JournalJSON) -> [String] { list(document).compactMap { $0["state"]?.string } }

    @Test(arguments: Places.available) func aStudyOfOptunasGoesOn(_ kind: Places) throws {
        let address = try kind.address()
        let written = try optuna("write", address)
        let study = try Study.open("s", in: StudyStores.open(address))
        #expect(study.definition.directions == [.maximize])
        #expect(study.definition.userAttributes["by"] == "\"optuna\"")
        #expect(study.space.parameters.map(\.name) == ["x", "n", "m", "f", "c"])
        #expect(study.space["x"]?.domain == .float(low: 1e-3, high: 1, log: true))
        #expect(study.space["n"]?.domain == .integer(low: 1, high: 9, step: 2))
        #expect(study.space["m"]?.domain == .integer(low: 1, high: 1000, log: true))
        #expect(study.space["f"]?.domain == .float(low: 0, high: 1, step: 0.25))
        #expect(study.space["c"]?.domain == .categorical(["a", "b", 3, true]))
        let before = try study.trials()
        #expect(before.map(\.state.optunaName) == states(written))
        #expect(Set(before.map(\.state)) == Set(TrialState.allCases))
        for (trial, seen) in zip(before, list(written)) {
            #expect(trial.configuration.count == (seen["parameters"]?.members.count ?? 0) || trial.state == .waiting)
            for member in seen["parameters"]?.members ?? [] where member.name != "c" {
                #expect(trial.configuration[member.name]?.number == member.value.string.flatMap(Double.init), "\(kind), trial \(trial.number)")
            }
            #expect(trial.userAttributes["note"]?.contains(#"na\u00efve"#) ?? false == (trial.number < 18), "\(kind), trial \(trial.number)")
        }
        #expect(before[0].configuration == ["x": 0.5, "n": 3, "m": 20, "f": 0.25, "c": "b"])
        #expect(before[0].values == [3.77])
        #expect(before[0].intermediateValues[2]?.isNaN == true)
        #expect(before[3].values == [.infinity])
        #expect(before[18].state == .running && before[18].configuration == ["x": before[18].configuration["x"] ?? 0])
        #expect(before[19].configuration == ["x": 0.25])
        // The enqueued trial first, then new ones.
        for number in 19..<24 {
            let job = try #require(try study.ask(worker: "w").job)
            #expect(job.trial == number)
            try study.space.validate(job.configuration)
            #expect(try study.report(job, 0.5, at: 1))
            try study.tell(job, Double(number))
        }
        let read = try optuna("read", address)
        let after = list(read)
        #expect(after.count == 24)
        #expect(after.enumerated().allSatisfy { $0.element["number"]?.integer == $0.offset })
        #expect(after[19]["parameters"]?["x"]?.string == "0.25")
        #expect(after[23]["values"]?.array?.first?.number == 23)
        #expect(after[23]["curve"]?["1"]?.number == 0.5)
        #expect(states(read) == (try study.trials().map(\.state.optunaName)))
        // And Optuna goes on where Tutti was, while the store is open.
        let more = try optuna("go-on", address, 4)
        #expect(list(more).count == 28)
        let all = try study.trials()
        #expect(all.map(\.state.optunaName) == states(more))
        #expect(all[27].userAttributes["by"] == "\"optuna\"")
        let anew = try StudyStores.open(address).trials(of: "s")
        #expect(anew.map(\.configuration) == all.map(\.configuration))
        #expect(anew.map(\.values) == all.map(\.values))
        #expect(anew.map(\.systemAttributes) == all.map(\.systemAttributes))
    }

    /// Runs a few lines of Python with the study `s` of a store.
    private func python(_ address: String, _ body: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python")
        let python = try #require(Machine.python, "TUTTI_PYTHON names no Python; `make python` installs one")
        let start = """
            import sys
            sys.path.insert(0, \(JournalJSON.text(folder.path)))
            import optuna, check_stores
            optuna.logging.set_verbosity(optuna.logging.ERROR)
            storage = check_stores.storage(\(JournalJSON.text(address)))
            study = optuna.create_study(study_name="s", storage=storage, load_if_exists=True)

            """
        let (status, text) = try Program(python, ["-W", "ignore", "-c", start + body]).finish()
        #expect(status == 0, "\(text)")
    }

    @Test(arguments: Places.available) func noneAmongChoicesStaysNone(_ kind: Places) throws {
        let address = try kind.address()
        try python(
            address,
            """
            study.enqueue_trial({"c": None})
            study.optimize(lambda t: float(t.suggest_categorical("c", ["None", "b", None, 3]) is None), n_trials=6)
            assert study.trials[0].params == {"c": None}
            study.enqueue_trial({"c": None})
            """)
        let store = try StudyStores.open(address, mustExist: true)
        let study = try Study.open("s", in: store)
        #expect(study.space["c"]?.domain == .categorical(["None", "b", "<None>", 3]))
        #expect(try study.trials()[0].configuration == ["c": "<None>"])
        try study.enqueue(["c": "<None>"])
        try study.enqueue(["c": "None"])
        for _ in 0..<2 {
            let job = try #require(try study.ask(worker: "w").job)
            #expect(job.configuration == ["c": "<None>"])
            try study.tell(job, 0.5)
        }
        try python(
            address,
            """
            assert [t.params for t in study.trials[6:8]] == [{"c": None}, {"c": None}], study.trials
            study.optimize(lambda t: float(t.suggest_categorical("c", ["None", "b", None, 3]) is None), n_trials=2)
            assert study.trials[8].params == {"c": "None"}, study.trials[8]
            """)
        #expect(try study.trials().count == 10)
        #expect(try study.trials() == StudyStores.open(address).trials(of: "s"))
    }

    @Test(arguments: Places.available) func aStudyThatCannotBeReadIsNamedAndHidesNoOther(_ kind: Places) throws {
        let address = try kind.address()
        try python(
            address,
            """
            study.optimize(lambda t: len(t.suggest_categorical("sizes", [[50], [50, 20]])), n_trials=2)
            other = optuna.create_study(study_name="t", storage=storage)
            study.optimize(lambda t: len(t.suggest_categorical("sizes", [[50], [50, 20]])), n_trials=2)
            other.optimize(lambda t: t.suggest_float("x", 0, 1), n_trials=3)
            """)
        let store = try StudyStores.open(address, mustExist: true)
        #expect(try store.studyNames() == ["s", "t"])
        for step in [{ _ = try store.definition(of: "s") }, { _ = try store.trials(of: "s") }, { try store.transaction(in: "s") { _ in } }] {
            let error = try #require(throws: SearchError.self) { try step() }
            #expect(error.message.hasPrefix("The study \"s\" cannot be read: the parameter \"sizes\" has choices other than"), "\(error)")
        }
        let other = try Study.open("t", in: store)
        #expect(try other.trials().map(\.values) == other.trials().map { [$0.configuration["x"]?.number ?? .nan] })
        #expect(try other.trials().count == 3)
        try other.setAttribute("note", of: 2, to: 1)
        try store.delete("s")
        #expect(try store.studyNames() == ["t"])
    }

    @Test(arguments: Places.available) func optunaReadsAStudyOfTuttis(_ kind: Places) throws {
        let address = try kind.address()
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

    @Test(arguments: Places.available) func theDashboardShowsAStudyOfTuttis(_ kind: Places) throws {
        let address = try kind.address()
        let study = try Study.create(
            StudyDefinition(name: "s", space: try StudyStoreConformance.space(), sampler: AlgorithmChoice("random")), in: StudyStores.open(address))
        try study.optimize(trials: 5) { try $0.float("rate") }
        let shown = try optuna("dashboard", address)
        #expect(shown["studies"]?.array?.compactMap(\.string) == ["s"])
        #expect(shown["states"]?.array?.compactMap(\.string) == Array(repeating: "Complete", count: 5))
        #expect(shown["values"]?.array?.compactMap { $0.array?.first?.number } == (try study.trials().map { $0.values[0] }))
    }
}
