import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

@Suite struct JournalStoreTests {
    private func path() -> String { Machine.temporaryPath(".journal") }
    private func space() throws -> SearchSpace { try SearchSpace([.float("x", 0...1)]) }
    private func definition() throws -> StudyDefinition {
        StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random"))
    }

    @Test func itConforms() throws { try StudyStoreConformance.all { try JournalStore(path: path()) } }

    @Test func severalStoresShareTheFile() throws {
        let path = path()
        let study = try Study.create(definition(), in: try JournalStore(path: path))
        let jobs = jobsOfSeveralWorkers(asking: 15, for: "x") { try JournalStore(path: path) }
        #expect(Set(jobs).count == 60)
        #expect(try study.trials().map(\.number) == Array(0..<60))
        #expect(try JournalStore(path: path).trials(of: "s") == study.trials())
        #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    }

    @Test func aLastLineThatWasCutShortIsDropped() throws {
        let path = path()
        let study = try Study.create(definition(), in: try JournalStore(path: path))
        try study.optimize(trials: 3) { try $0.float("x") }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"op_code":6,"worker_id":"dead","trial_id":0,"sta"#.utf8))
        #expect(try study.trials().count == 3)
        #expect(try JournalStore(path: path).trials(of: "s") == study.trials())
        try study.optimize(trials: 2) { try $0.float("x") }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.allSatisfy { JournalJSON($0.utf8) != nil })
        #expect(try JournalStore(path: path).trials(of: "s").count == 5)
    }

    @Test func aTrialAtARungIsRunningToOptuna() throws {
        let path = path()
        var definition = try definition()
        definition.scheduler = AlgorithmChoice("asha", ["maximum_fidelity": 9])
        let study = try Study.create(definition, in: try JournalStore(path: path))
        for _ in 0..<3 {
            let job = try #require(try study.ask(worker: "w").job)
            try study.tell(job, try job.configuration.float("x"))
        }
        #expect(try study.trials().map(\.state) == [.pruned, .pruned, .pruned])
        #expect(try states(path) == [])
        let promoted = try #require(try study.ask(worker: "w").job)
        #expect(promoted.fidelity == 3)
        try study.tell(promoted, 0.5)
        try study.optimize(trials: 9) { try $0.float("x") }
        // Only what is over for good is told.
        let complete = try study.trials().filter { $0.state == .complete }.count
        #expect(complete > 0)
        #expect(try states(path) == Array(repeating: TrialState.complete.rawValue, count: complete))
        #expect(try JournalStore(path: path).trials(of: "s") == study.trials())
    }

    /// What the journal says of the ends of trials.
    private func states(_ path: String) throws -> [Int] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { JournalJSON($0.utf8) }
            .filter { $0["op_code"]?.integer == 6 }.compactMap { $0["state"]?.integer }
    }

    @Test func linesFollowOptunasRules() throws {
        let path = path()
        let x = #"{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.0, \"high\": 1.0, \"log\": false}}"#
        let n = #"{\"name\": \"IntDistribution\", \"attributes\": {\"log\": false, \"step\": 1, \"low\": 1, \"high\": 5}}"#
        let lines = [
            #"{"op_code":0,"worker_id":"a","study_name":"first","directions":[1]}"#,
            #"{"op_code":0,"worker_id":"a","study_name":"first","directions":[2]}"#,
            #"{"op_code":0,"worker_id":"a","study_name":"second","directions":[2,1]}"#,
            #"{"op_code":4,"worker_id":"a","study_id":0,"datetime_start":"2026-01-02T03:04:05.000006+01:00"}"#,
            #"{"op_code":4,"worker_id":"a","study_id":1,"datetime_start":null,"state":4,"system_attrs":{"fixed_params":{"x":0.5}}}"#,
            #"{"op_code":5,"worker_id":"a","trial_id":0,"param_name":"x","param_value_internal":0.25,"distribution":"\#(x)"}"#,
            #"{"op_code":5,"worker_id":"a","trial_id":0,"param_name":"x","param_value_internal":2,"distribution":"\#(n)"}"#,
            #"{"op_code":7,"worker_id":"a","trial_id":0,"step":1,"intermediate_value":NaN}"#,
            #"{"op_code":8,"worker_id":"a","trial_id":0,"user_attr":{"k":{"a":[1,"ä\u00e4"]}}}"#,
            #"{"op_code":6,"worker_id":"a","trial_id":0,"state":1,"values":[-Infinity],"datetime_complete":"2026-01-02T03:04:06+00:00"}"#,
            #"{"op_code":6,"worker_id":"b","trial_id":0,"state":3,"values":null,"datetime_complete":"2026-01-02T03:04:07+00:00"}"#,
            #"{"op_code":6,"worker_id":"b","trial_id":1,"state":0,"values":null,"datetime_start":"2026-01-02T03:04:07+00:00"}"#,
            #"{"op_code":6,"worker_id":"c","trial_id":1,"state":0,"values":null,"datetime_start":"2026-01-02T03:04:09+00:00"}"#,
            #"{"op_code":10,"worker_id":"c","study_id":0}"#, #"{"op_code":7,"worker_id":"c","trial_id":9,"step":1,"intermediate_value":1}"#,
        ]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        let store = try JournalStore(path: path)
        #expect(try store.studyNames() == ["first", "second"])
        #expect(try store.definition(of: "second")?.directions == [.maximize, .minimize])
        let trial = try #require(try store.trials(of: "first").first)
        #expect(trial.state == .complete)
        #expect(trial.values == [-.infinity])
        #expect(trial.configuration == ["x": 0.25])
        #expect(trial.intermediateValues[1]?.isNaN == true)
        #expect(trial.userAttributes == ["k": #"{"a":[1,"ä\u00e4"]}"#])
        #expect(trial.start.map(OptunaDate.text) == "2026-01-02 02:04:05.000006")
        #expect(trial.completion.map(OptunaDate.text) == "2026-01-02 03:04:06.000000")
        let claimed = try #require(try store.trials(of: "second").first)
        #expect(claimed.state == .running)
        #expect(claimed.start.map(OptunaDate.text) == "2026-01-02 03:04:07.000000")
    }

    @Test func damageIsNamed() throws {
        let path = path()
        try Data("{\"op_code\":0,\"worker_id\":\"a\",\"study_name\":\"s\",\"directions\":[1]}\nnonsense\n".utf8).write(to: URL(fileURLWithPath: path))
        do {
            _ = try JournalStore(path: path)
            Issue.record("read nonsense")
        } catch let error as SearchError {
            #expect(error.message.contains("Line 2"), "\(error)")
        }
        #expect(throws: SearchError.self) { try JournalStore(path: "/nonexistent/folder/study.journal") }
        #expect(try StudyStores.open("journal:\(self.path())") is JournalStore)
    }

    @Test func anotherProgramsFileIsNotTruncated() throws {
        let path = path()
        let bytes = Data(#"{"a":"file without the end of a line"}"#.utf8)
        try bytes.write(to: URL(fileURLWithPath: path))
        let store = try JournalStore(path: path)
        #expect(try #require(throws: SearchError.self) { try store.create(definition()) }.message.contains("another program's file"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test func aReplacedFileIsNoticedAndRescued() throws {
        let (path, other) = (path(), path())
        let mine = try Study.create(definition(), in: try JournalStore(path: path))
        try mine.optimize(trials: 3) { try $0.float("x") }
        let told = try mine.trials()
        _ = try Study.create(definition(), in: try JournalStore(path: other))
        #expect(rename(other, path) == 0)
        let error = try #require(throws: SearchError.self) { try mine.ask(worker: "w") }
        #expect(error.code == .storage && error.message.contains("replaced"), "\(error)")
        #expect(try JournalStore(path: path + ".rescued").trials(of: "s") == told)
        #expect(try JournalStore(path: path).trials(of: "s").isEmpty)
    }

    @Test func aLongWaitForTheLockIsSaidOnce() throws {
        let path = path()
        let notices = Collected<String>()
        let store = try JournalStore(path: path, notice: { notices.add($0) })
        let study = try Study.create(definition(), in: store)
        #expect(symlink(path, path + ".lock") == 0)
        let end = DispatchSemaphore(value: 0)
        Thread {
            _ = try? study.ask(worker: "w")
            end.signal()
        }.start()
        #expect(end.wait(timeout: .now() + 5) == .timedOut)
        #expect(notices.items.count == 1)
        #expect(notices.items.first?.contains("\(path).lock") == true, "\(notices.items)")
        #expect(unlink(path + ".lock") == 0)
        #expect(end.wait(timeout: .now() + 5) == .success)
        #expect(try study.trials().count == 1)
        #expect(notices.items.count == 1)
    }

    @Test func everyLostFileIsRescued() throws {
        let path = path()
        try Conformance.everyLostFileIsRescued(path) { try JournalStore(path: path) }
    }

    @Test func anOverwrittenStudyTakesNothingOfTheOldOne() throws {
        let path = path()
        try Conformance.overwrittenStudiesTakeNothing { try JournalStore(path: path) }
    }

    @Test func aStudyDeletedByAnotherIsNotTakenForItsSuccessor() throws {
        let path = path()
        try Conformance.deletionIsSeenByOthers { try JournalStore(path: path) }
    }

    @Test func aDeletedFileIsNoticedAndRescued() throws {
        let path = path()
        let study = try Study.create(definition(), in: try JournalStore(path: path))
        try study.optimize(trials: 3) { try $0.float("x") }
        let told = try study.trials()
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: SearchError.self) { try study.ask(worker: "w") }
        #expect(try JournalStore(path: path + ".rescued").trials(of: "s") == told)
    }
}
