import Foundation
import Search
import SearchSpaces
import SearchTesting
import StudyStores
import Synchronization
import Testing

@testable import Optimize

@Suite struct AskTellSessionTests {
    private func session(_ study: Study, limit: Int? = nil, worker: String = "w") -> AskTellSession {
        AskTellSession(study, worker: worker, trialLimit: limit)
    }

    @Test func askingAndTellingFindsTheBest() throws {
        let study = try Samples.study()
        let session = session(study)
        let answer = try #require(session.answer(#"{"ask":{}}"#))
        #expect(answer.hasPrefix(#"{"trial":0,"params":{"lr":"#) && !answer.contains("fidelity") && !answer.contains("\n"))
        let document = try JSONReader.read(answer)
        #expect(document["params"]?["layers"]?.wholeNumber != nil && document["params"]?["kind"]?.text != nil)
        #expect(session.answer(#"{"tell":{"trial":0,"values":[0.31]}}"#) == #"{"trial":0}"#)
        _ = session.answer(#"{"ask":{}}"#)
        #expect(session.answer(#" { "tell" : { "trial" : 1.0, "value" : "inf", "fidelity" : null } } "#) == #"{"trial":1}"#)
        let best = try JSONReader.read(session.answer(#"{"best":{}}"#) ?? "")
        #expect(best.description.hasPrefix(#"{"trials":[{"trial":0,"params":{"lr":"#) && best.description.hasSuffix(#""values":[0.31]}]}"#))
        #expect(session.answer("") == nil && session.answer(" \t") == nil)
    }

    @Test func severalAreAskedForAtOnce() throws {
        let session = session(try Samples.study(), limit: 3)
        let answer = try JSONReader.read(session.answer(#"{"ask":{"count":2}}"#) ?? "")
        guard case .array(let trials)? = answer["trials"] else { return #expect(Bool(false)) }
        #expect(trials.map { $0["trial"]?.wholeNumber } == [0, 1] && answer["wait"] == nil)
        let rest = try JSONReader.read(session.answer(#"{"ask":{"count":2}}"#) ?? "")
        #expect(rest["wait"] == true && rest.description.contains(#""trial":2"#))
        #expect(session.answer(#"{"ask":{}}"#) == #"{"wait":true}"#)
        for trial in 0..<3 { #expect(session.answer(#"{"tell":{"trial":\#(trial),"state":"fail","reason":"r"}}"#) == #"{"trial":\#(trial)}"#) }
        #expect(session.answer(#"{"ask":{}}"#) == #"{"finished":true}"#)
        #expect(session.answer(#"{"ask":{"count":5}}"#) == #"{"trials":[],"finished":true}"#)
        #expect(session.answer(#"{"best":{}}"#) == #"{"trials":[]}"#)
    }

    @Test func aPromotedTrialComesBackWithAHigherFidelity() throws {
        let session = session(try Samples.study(Samples.halving))
        for trial in 0..<3 {
            let answer = try JSONReader.read(session.answer(#"{"ask":{}}"#) ?? "")
            #expect(answer["trial"]?.wholeNumber == trial && answer["fidelity"]?.wholeNumber == 1)
            #expect(session.answer(#"{"tell":{"trial":\#(trial),"values":[\#(trial)],"fidelity":1}}"#) == #"{"trial":\#(trial)}"#)
        }
        let promoted = try JSONReader.read(session.answer(#"{"ask":{}}"#) ?? "")
        #expect(promoted["trial"]?.wholeNumber == 0 && promoted["fidelity"]?.wholeNumber == 3 && promoted["previousFidelity"]?.wholeNumber == 1)
        let wrong = session.answer(#"{"tell":{"trial":0,"values":[0.5],"fidelity":2}}"#)
        #expect(wrong?.contains("was to reach fidelity 3, got a result at 2") == true)
        // Its result at the lower rung again: known, nothing changes.
        #expect(session.answer(#"{"tell":{"trial":0,"values":[0],"fidelity":1}}"#) == #"{"trial":0}"#)
        #expect(session.answer(#"{"report":{"trial":0,"fidelity":2,"values":[0.4]}}"#) == #"{"trial":0,"continue":true}"#)
        #expect(session.answer(#"{"tell":{"trial":0,"values":[0.5],"fidelity":3}}"#) == #"{"trial":0}"#)
        let trials = session.answer(#"{"trials":{"state":"pruned"}}"#) ?? ""
        #expect(
            trials.contains(#""trial":0,"state":"pruned""#) && trials.contains(#""values":[0.5],"fidelity":3"#)
                && trials.contains(#""reports":{"1":0.0,"2":0.4,"3":0.5}"#))
    }

    @Test func aTrialToldToStopEndsWithItsLastValue() throws {
        let store = InMemoryStore()
        let definition = StudyDefinition(name: "s", space: try Samples.space(), sampler: AlgorithmChoice("random"))
        let study = try Study.create(definition, in: store, scheduler: StopsAtTwo())
        let session = session(study)
        for _ in 0..<4 { _ = session.answer(#"{"ask":{}}"#) }
        for trial in 0..<4 {
            #expect(session.answer(#"{"report":{"trial":\#(trial),"step":1,"value":0.5}}"#) == #"{"trial":\#(trial),"continue":true}"#)
            #expect(session.answer(#"{"report":{"trial":\#(trial),"fidelity":2,"values":[NaN]}}"#) == #"{"trial":\#(trial),"continue":false}"#)
        }
        // The words for it, twice; the values of a client that just breaks off its loop, twice; and one that ran to the end all the same.
        for _ in 0..<2 { #expect(session.answer(#"{"tell":{"trial":0,"state":"stop"}}"#) == #"{"trial":0}"#) }
        #expect(session.answer(#"{"tell":{"trial":1,"values":[0.4],"fidelity":2}}"#) == #"{"trial":1}"#)
        #expect(session.answer(#"{"tell":{"trial":2,"values":[0.4]}}"#) == #"{"trial":2}"#)
        #expect(session.answer(#"{"tell":{"trial":3,"values":[0.3],"fidelity":9}}"#) == #"{"trial":3}"#)
        #expect(try study.trials().map(\.state) == [.pruned, .pruned, .pruned, .complete])
        #expect(try study.trials()[1].intermediateValues == [1: 0.5, 2: 0.4])
    }

    @Test func failuresConstraintsAndEnqueuedTrialsAreKept() throws {
        let study = try Samples.study(directions: [.minimize, .maximize])
        let session = session(study)
        #expect(session.answer(#"{"enqueue":{"params":{"layers":4,"kind":"c"}}}"#) == #"{"trial":0}"#)
        #expect(session.answer(#"{"trials":{}}"#)?.contains(#""state":"waiting""#) == true)
        #expect(session.answer(#"{"ask":{}}"#)?.contains(#""layers":4,"kind":"c"}"#) == true)
        #expect(session.answer(#"{"tell":{"trial":0,"values":[1,2],"constraints":{"memory":1.5,"time":-1}}}"#) == #"{"trial":0}"#)
        #expect(try study.trials()[0].constraints == ["memory": 1.5, "time": -1])
        _ = session.answer(#"{"ask":{"worker":"gpu 1"}}"#)
        #expect(try study.trials()[1].progress.worker == "w/gpu 1")
        #expect(session.answer(#"{"heartbeat":{"trial":1}}"#) == #"{"trial":1}"#)
        // Sent again because the first answer was lost: no harm.
        for _ in 0..<2 { #expect(session.answer(#"{"tell":{"trial":1,"state":"fail","reason":"out of memory"}}"#) == #"{"trial":1}"#) }
        #expect(try study.trials()[1].failure == "out of memory")
        _ = session.answer(#"{"ask":{}}"#)
        #expect(session.answer(#"{"tell":{"trial":2,"values":[5,0]}}"#) == #"{"trial":2}"#)
        // The one that violates nothing, though it is worse in both.
        #expect(session.answer(#"{"best":{}}"#)?.hasPrefix(#"{"trials":[{"trial":2"#) == true)
        #expect(session.answer(#"{"trials":{"since":2}}"#)?.hasPrefix(#"{"trials":[{"trial":2"#) == true)
        let space = try JSONReader.read(session.answer(#"{"space":{}}"#) ?? "")
        #expect(try JSONDecoder().decode(SearchSpace.self, from: Data((space["space"]?.description ?? "").utf8)) == study.space)
    }

    @Test(arguments: [
        ("hello", "not JSON: expected a value, got 'h' at column 1"), (#"{"ask":{}"#, "column 10"), ("7", "expected an object with one member"),
        ("[]", "expected an object"), ("{}", "expected an object with one member"), (#"{"ask":{},"best":{}}"#, "one member"),
        (#"{"aks":{}}"#, #"unknown request "aks"; expected one of ask, report"#), (#"{"ask":3}"#, "ask is 3; expected an object"),
        (#"{"ask":{"n":3}}"#, #"no member "n"; expected count and worker"#), (#"{"ask":{"count":0}}"#, "expected 1 to 10000"),
        (#"{"ask":{"count":1.5}}"#, "a whole number"), (#"{"ask":{"worker":5}}"#, "a string"), (#"{"best":{"n":1}}"#, "expected none"),
        (#"{"tell":{}}"#, #"tell has no "trial""#), (#"{"tell":{"trial":0}}"#, #"no "values""#), (#"{"tell":{"trial":"0","values":[1]}}"#, "a whole number"),
        (#"{"tell":{"trial":99,"values":[1]}}"#, "There is no trial 99 in the study; it has 0 to 1."), (#"{"tell":{"trial":-1,"values":[1]}}"#, "no trial -1"),
        (#"{"tell":{"trial":0,"values":[NaN]}}"#, "values[0] of tell is NaN"),
        (#"{"tell":{"trial":0,"values":["x"]}}"#, #"values[0]" of tell is "x"; expected a number"#),
        (#"{"tell":{"trial":0,"values":0.5}}"#, "an array of numbers"), (#"{"tell":{"trial":0,"values":[]}}"#, "an array of numbers"),
        (#"{"tell":{"trial":0,"values":[1,2]}}"#, "tell has 2 values; the study has 1 objectives"), (#"{"tell":{"trial":0,"value":1,"values":[1]}}"#, "both"),
        (#"{"tell":{"trial":0,"values":[1],"fidelity":3}}"#, "the study has no fidelities"),
        (#"{"tell":{"trial":0,"state":"done"}}"#, "complete, fail or stop"),
        (#"{"tell":{"trial":0,"values":[1],"state":"fail"}}"#, "both"), (#"{"tell":{"trial":0,"values":[1],"reason":"r"}}"#, "reason"),
        (#"{"tell":{"trial":0,"values":[1],"constraints":{"c":NaN}}}"#, "a finite number"),
        (#"{"tell":{"trial":0,"values":[1],"constraints":[1]}}"#, "an object"),
        (#"{"tell":{"trial":1,"values":[2]}}"#, "no longer running (complete)"), (#"{"tell":{"trial":1,"state":"fail"}}"#, "no longer running"),
        (#"{"report":{"trial":0,"values":[1]}}"#, #"no "fidelity""#), (#"{"report":{"trial":0,"fidelity":1}}"#, #"no "values""#),
        (#"{"report":{"trial":1,"fidelity":1,"values":[1]}}"#, "not running"), (#"{"report":{"trial":0,"fidelity":1,"step":1,"values":[1]}}"#, "both"),
        (#"{"heartbeat":{"trial":1}}"#, "not running"), (#"{"trials":{"state":"dead"}}"#, "running, complete, pruned, failed and waiting"),
        (#"{"enqueue":{}}"#, #"no "params""#), (#"{"enqueue":{"params":{"lr":7}}}"#, #""lr" is 7"#), (#"{"enqueue":{"params":{"x":7}}}"#, #"no parameter "x""#),
        (#"{"enqueue":{"params":{"lr":null}}}"#, "a number, a string or a boolean"), (#"{"enqueue":{"params":[1]}}"#, "an object"),
    ])
    func whatIsWrongIsAnsweredAndTheSessionGoesOn(line: String, expected: String) throws {
        let study = try Samples.study()
        let session = session(study)
        _ = session.answer(#"{"ask":{"count":2}}"#)
        _ = session.answer(#"{"tell":{"trial":1,"values":[1]}}"#)
        let answer = try JSONReader.read(session.answer(line) ?? "")
        let message = try #require(answer["error"]?.text)
        #expect(message.contains(expected), "\(message)")
        #expect(session.answer(#"{"tell":{"trial":0,"values":[1]}}"#) == #"{"trial":0}"#)
    }

    @Test func whatWasAnsweredSurvivesTheProcess() throws {
        let folder = try Samples.Folder()
        let first = session(try Samples.study(Samples.halving, in: SQLiteStore(path: folder.path("s.db"))), worker: "session@elsewhere:1")
        _ = first.answer(#"{"ask":{"count":3}}"#)
        #expect(first.answer(#"{"tell":{"trial":0,"values":[0.25]}}"#) == #"{"trial":0}"#)
        // The first session is not ended: as if it had been killed here.
        let second = session(try Study.open("study", in: SQLiteStore(path: folder.path("s.db"))))
        #expect(second.answer(#"{"best":{}}"#)?.contains(#""values":[0.25]"#) == true)
        // The last line again, because its answer may have been lost; and what the dead session had asked for.
        #expect(second.answer(#"{"tell":{"trial":0,"values":[0.25]}}"#) == #"{"trial":0}"#)
        #expect(second.answer(#"{"report":{"trial":1,"fidelity":1,"values":[0.5]}}"#) == #"{"trial":1,"continue":true}"#)
        #expect(second.answer(#"{"tell":{"trial":1,"values":[0.5]}}"#) == #"{"trial":1}"#)
        #expect(second.answer(#"{"tell":{"trial":0,"values":[0.3]}}"#)?.contains("error") == true)
    }

    @Test func aLateResultIsAcceptedUntilSomebodyElseHasTheTrial() throws {
        let store = InMemoryStore()
        let study = try Samples.study(Samples.halving, in: store)
        let first = session(study, worker: "a")
        _ = first.answer(#"{"ask":{"count":2}}"#)
        try first.end()
        #expect(try study.trials().map(\.state) == [.waiting, .waiting])
        #expect(try study.trials()[0].failure?.contains("session ended") == true)
        let second = session(study, worker: "b")
        #expect(second.answer(#"{"tell":{"trial":0,"values":[1]}}"#) == #"{"trial":0}"#)

        // What was given back comes first, under its own number.
        #expect(second.answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":1,"#) == true)
        #expect(second.answer(#"{"tell":{"trial":1,"values":[3]}}"#) == #"{"trial":1}"#)
        #expect(try study.trials()[1].failure == nil)

        // A trial that went to another session cannot be told by the one that had it before.
        _ = second.answer(#"{"ask":{"count":2}}"#)
        for trial in 2...3 { _ = second.answer(#"{"tell":{"trial":\#(trial),"values":[2]}}"#) }
        let third = session(study, worker: "c"), fourth = session(study, worker: "d")
        #expect(third.answer(#"{"ask":{}}"#)?.contains(#""trial":0"#) == true)
        try study.releaseJobs(ofWorker: "c", mayGoOn: true)
        #expect(fourth.answer(#"{"ask":{}}"#)?.contains(#""trial":0"#) == true)
        #expect(third.answer(#"{"tell":{"trial":0,"values":[7]}}"#)?.contains("attempt") == true)
        #expect(fourth.answer(#"{"tell":{"trial":0,"values":[0.5]}}"#) == #"{"trial":0}"#)
    }

    @Test func trialsOfDeadSessionsAreGivenBack() throws {
        let study = try Samples.study()
        let host = SessionWorker.name.split(separator: ":")[0]
        _ = session(study, worker: "\(host):99999999").answer(#"{"ask":{}}"#)
        _ = session(study, worker: "\(host):1").answer(#"{"ask":{}}"#)
        _ = session(study, worker: "session@elsewhere:99999999").answer(#"{"ask":{}}"#)
        _ = session(study, worker: "other").answer(#"{"ask":{}}"#)
        #expect(try SessionWorker.releaseDead(in: study) == [0])
        let before = try study.trials()
        #expect(before.map(\.state) == [.waiting, .running, .running, .running])
        _ = session(study).answer(#"{"ask":{}}"#)
        let after = try study.trials()
        #expect(after.map(\.state) == [.running, .running, .running, .running])
        #expect(after[0].configuration == before[0].configuration && after[0].progress.attempts == 2)
    }

    @Test func aTrialThatEndsWithEverySessionIsGivenUp() throws {
        let study = try Samples.study()
        for attempt in 1...SessionWorker.crashLimit {
            let session = session(study)
            #expect(session.answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":0,"#) == true)
            try session.end()
            #expect(try study.trials().map(\.state) == [attempt < SessionWorker.crashLimit ? .waiting : .failed])
        }
        #expect(session(study).answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":1,"#) == true)
    }

    @Test func silentTrialsAreTriedAgainUnderTheirNumber() throws {
        let clock = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        let study = try Samples.study(in: InMemoryStore { clock.withLock { $0 } })
        func session(_ worker: String) -> AskTellSession { AskTellSession(study, worker: worker, lease: SessionWorker.lease(seconds: 60)) }
        let (silent, alive) = (session("silent"), session("alive"))
        _ = silent.answer(#"{"ask":{}}"#)
        _ = alive.answer(#"{"ask":{}}"#)
        let configuration = try study.trials()[0].configuration
        for attempt in 2...SessionWorker.crashLimit {
            clock.withLock { $0 += 50 }
            #expect(alive.answer(#"{"heartbeat":{"trial":1}}"#) == #"{"trial":1}"#)
            clock.withLock { $0 += 50 }
            #expect(session("next").answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":0,"#) == true)
            #expect(try study.trials()[0].progress.attempts == attempt && study.trials()[0].configuration == configuration)
            #expect(alive.answer(#"{"heartbeat":{"trial":1}}"#) == #"{"trial":1}"#)
        }
        #expect(silent.answer(#"{"tell":{"trial":0,"values":[1]}}"#)?.contains("attempt 1 is void") == true)
        // Often enough: it may be what silences its workers.
        clock.withLock { $0 += 61 }
        #expect(session("last").answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":1,"#) == true)
        #expect(try study.trials().map(\.state) == [.failed, .running])
    }

    @Test("a file that vanishes is said, and rescued", arguments: ["sqlite:", "journal:"])
    func aStoreThatVanishes(kind: String) throws {
        let folder = try Samples.Folder()
        let path = folder.path("s.study")
        let address = StudyAddress(kind + path)
        let first = session(try Samples.study(in: address.open()))
        _ = first.answer(#"{"ask":{"count":2}}"#)
        #expect(first.answer(#"{"tell":{"trial":0,"values":[0.5]}}"#) == #"{"trial":0}"#)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        for line in [#"{"tell":{"trial":1,"values":[1]}}"#, #"{"ask":{}}"#, #"{"best":{}}"#] {
            let error = try JSONReader.read(first.answer(line) ?? "")["error"]?.text
            #expect(error?.contains("deleted or replaced") == true && error?.contains("\(path).rescued") == true, "\(error ?? "no error")")
        }
        #expect(throws: SearchError.self) { try first.end() }
        // As the message says.
        try FileManager.default.moveItem(atPath: path + ".rescued", toPath: path)
        let second = session(try Study.open("study", in: address.open()))
        #expect(second.answer(#"{"tell":{"trial":1,"values":[1]}}"#) == #"{"trial":1}"#)
        #expect(second.answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":2,"#) == true)
        #expect(second.answer(#"{"best":{}}"#)?.contains(#""values":[0.5]"#) == true)
    }

    @Test(.enabled(if: PostgreSQLServer.binaries != nil || ProcessInfo.processInfo.environment["TUTTI_TESTS_COMPLETE"] == "1", "no PostgreSQL server"))
    func aServerThatStopsIsSaidAndTheSessionGoesOn() throws {
        let server = try PostgreSQLServer()
        defer { server.stop() }
        let study = try Samples.study(in: PostgreSQLStore(server.makeDatabase(), patience: .seconds(1)))
        let session = session(study)
        _ = session.answer(#"{"ask":{}}"#)
        server.stop()
        #expect(session.answer(#"{"tell":{"trial":0,"values":[1]}}"#)?.contains("that the server runs") == true)
        try server.start()
        #expect(session.answer(#"{"tell":{"trial":0,"values":[1]}}"#) == #"{"trial":0}"#)
        #expect(session.answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":1,"#) == true)
    }

    @Test func aSpaceThatLeavesNothingToTryIsSaid() throws {
        let space = try SearchSpace([.float("x", 0...1)])
        let study = try Study(space: space, sampler: Exhausted())
        let session = session(study)
        #expect(session.answer(#"{"ask":{}}"#)?.contains("forbids every configuration") == true)
        // Nothing has begun, and the session goes on.
        #expect(try study.trials().isEmpty)
        #expect(session.answer(#"{"enqueue":{"params":{"x":0.5}}}"#) == #"{"trial":0}"#)
        #expect(session.answer(#"{"ask":{}}"#)?.hasPrefix(#"{"trial":0,"#) == true)
    }

    @Test func aServerReadsLinesUntilTheEnd() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let input = Array("{\"ask\":{}}\n\nnonsense\n\(String(repeating: "x", count: 10))\n{\"tell\":{\"trial\":0,\"values\":[1]}}".utf8)
        #expect(write(ends[1], input, input.count) == input.count)
        close(ends[1])
        let study = try Samples.study()
        var answers: [String] = []
        try LineServer(session(study), input: ends[0]).serve(isStopping: { false }) { answers.append($0) }
        close(ends[0])
        #expect(answers.count == 4 && answers[3] == #"{"trial":0}"#)
        #expect(try study.trials().map(\.state) == [.complete])
    }

    @Test func aServerThatIsStoppedGivesItsTrialsBack() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let study = try Samples.study()
        let session = session(study)
        _ = session.answer(#"{"ask":{}}"#)
        try LineServer(session, input: ends[0]).serve(isStopping: { true }) { _ in }
        #expect(try study.trials().map(\.state) == [.waiting])
        for end in ends { close(end) }
    }
}

/// Finds nothing that is allowed.
private struct Exhausted: Sampler {
    static let card = SamplerCard(id: "exhausted", name: "", summary: "", abilities: [], source: "") { _ in Exhausted() }
    func sample(_ context: SamplingContext) throws -> Configuration? {
        throw SearchSpaceError(.forbidden, "The clause x <= 1.0 forbids every configuration.")
    }
}

/// Stops every trial at step 2; trials have the fidelity 9.
private struct StopsAtTwo: TrialScheduler {
    static let card = SchedulerCard(id: "stops", name: "", summary: "", abilities: [], source: "") { _ in StopsAtTwo() }
    var maximumFidelity: Int? { 9 }
    func decide(_ context: SchedulingContext) -> SchedulingDecision { context.mayStart ? .start(fidelity: 9) : context.idle }
    func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool { step == 2 }
}
