import Foundation
import Search
import SearchSpaces
import SearchTesting
import StudyStores
import Synchronization
import Testing

@testable import Optimize

@Suite struct StudyPlanTests {
    @Test func aStudyIsMadeAndGoesOn() throws {
        let store = InMemoryStore()
        let plan = StudyPlan(space: try Samples.space(), fidelity: 1...27, eta: 3, seed: 4)
        let opened = try plan.open(in: store)
        #expect(!opened.isResumed && opened.study.definition.scheduler.id == "hyperband" && opened.study.scheduler.maximumFidelity == 27)
        #expect(try plan.open(in: store).isResumed)
        // Without a space, and with another sampler for this session.
        let again = try StudyPlan(sampler: AlgorithmChoice("random"), existing: .mustExist).open(in: store)
        #expect(again.isResumed && again.study.sampler is RandomSampler && again.study.definition.sampler.id == "auto")
    }

    @Test func schedulersGetTheirFidelities() throws {
        let space = try Samples.space()
        #expect(try StudyPlan(space: space).schedulerChoice() == AlgorithmChoice("full"))
        #expect(try StudyPlan(space: space, fidelity: 9...9).schedulerChoice() == AlgorithmChoice("full", ["maximum_fidelity": 9]))
        #expect(
            try StudyPlan(space: space, scheduler: AlgorithmChoice("asha", ["eta": 2]), fidelity: 2...8).schedulerChoice()
                == AlgorithmChoice("asha", ["eta": 2, "minimum_fidelity": 2, "maximum_fidelity": 8]))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let space = try Samples.space()
        let store = InMemoryStore()
        _ = try StudyPlan(space: space, seed: 1).open(in: store)
        let other = try SearchSpace([.float("lr", 0...1), .integer("layers", 1...4), .categorical("kind", ["a b", "c"])])
        let plans: [(StudyPlan, String)] = [
            (StudyPlan(name: "new"), "--space FILE"), (StudyPlan(name: "new", existing: .mustExist), "no study named"),
            (StudyPlan(space: other), "\"lr\" as"), (StudyPlan(space: space, seed: 2), "seed"), (StudyPlan(directions: [.maximize]), "direction"),
            (StudyPlan(metricNames: ["loss"]), "metric"), (StudyPlan(fidelity: 1...9), "scheduler"), (StudyPlan(existing: .replace), "--space FILE"),
            (StudyPlan(name: "new", space: space, scheduler: AlgorithmChoice("nope")), "no scheduler"),
            (StudyPlan(name: "new", space: space, sampler: AlgorithmChoice("nope")), "no sampler"),
            (StudyPlan(name: "new", space: space, eta: 3), "no reduction factor"),
            (StudyPlan(name: "new", space: space, fidelity: 3...9, eta: 1), "at least 2"),
            (StudyPlan(name: "new", space: space, scheduler: AlgorithmChoice("full"), fidelity: 3...9), "no lowest fidelity"),
            (StudyPlan(name: "new", space: space, directions: [.minimize], metricNames: ["a", "b"]), "one metric each"),
        ]
        for (plan, expected) in plans {
            do {
                _ = try plan.open(in: store)
                Issue.record("no error for \(expected)")
            } catch {
                #expect("\(error)".contains(expected), "\(error)")
            }
        }
    }

    @Test(arguments: ["sqlite:", "journal:"]) func aStudyOfAFileCanBeginAnew(kind: String) throws {
        let folder = try Samples.Folder()
        let address = StudyAddress(kind + folder.path("s.db"))
        #expect(address.file == folder.path("s.db") && !folder.has("s.db"))
        for name in ["study", "other"] {
            let study = try StudyPlan(name: name, space: Samples.space()).open(in: address.open()).study
            let session = AskTellSession(study, worker: "w")
            _ = session.answer(#"{"ask":{}}"#)
            _ = session.answer(#"{"report":{"trial":0,"fidelity":1,"values":[2]}}"#)
            _ = session.answer(#"{"tell":{"trial":0,"values":[1],"constraints":{"c":1}}}"#)
        }
        // What cannot take its place leaves it there.
        #expect(throws: SearchError.self) { try StudyPlan(name: "study", existing: .replace).open(in: address.open()) }
        #expect(try address.open().trials(of: "study").count == 1)
        let anew = try StudyPlan(name: "study", space: Samples.space(), existing: .replace).open(in: address.open())
        #expect(!anew.isResumed)
        #expect(try anew.study.trials().isEmpty)
        #expect(try address.open().trials(of: "other").count == 1)
        #expect(throws: SearchError.self) { try StudyAddress(folder.path("none.db")).openExisting() }
        #expect(!folder.has("none.db"))
        #expect(StudyAddress(folder.url.path).file == folder.path("study.db"))
    }

    @Test("sessions that begin at the same moment share a study", arguments: ["sqlite:", "journal:"])
    func ofSeveralBeginnersOneMakesTheStudy(kind: String) throws {
        let space = try Samples.space()
        for _ in 0..<8 {
            let folder = try Samples.Folder()
            let address = StudyAddress(kind + folder.path("s.db"))
            let outcomes = Collected<String>()
            let group = DispatchGroup()
            for _ in 0..<4 {
                group.enter()
                Thread {
                    defer { group.leave() }
                    do {
                        let opened = try StudyPlan(space: space).open(in: address.open())
                        outcomes.add(opened.isResumed ? "resumed" : "made")
                    } catch { outcomes.add("\(error)") }
                }.start()
            }
            group.wait()
            #expect(outcomes.items.sorted() == ["made", "resumed", "resumed", "resumed"])
        }
    }

    @Test(arguments: ["sqlite:", "journal:"]) func whereAStudyMustBeNothingIsMade(kind: String) throws {
        let folder = try Samples.Folder()
        let plan = StudyPlan(existing: .mustExist)
        #expect(throws: SearchError.self) { try plan.open(in: StudyAddress(kind + folder.path("typo.db")).open(for: plan.existing)) }
        #expect(!folder.has("typo.db"))
        let address = StudyAddress(kind + folder.path("s.db"))
        _ = try StudyPlan(space: Samples.space()).open(in: address.open(for: .goOn))
        let study = try plan.open(in: address.open(for: plan.existing)).study
        _ = try study.ask(worker: "w")
        #expect(try address.openExisting().trials(of: "study").count == 1)
    }

    @Test func whoComesSecondIsCheckedAgainstTheFirst() throws {
        let space = try Samples.space()
        let store = LateStore()
        #expect(try StudyPlan(space: space, seed: 1).open(in: store).isResumed == false)
        store.hidesOnce()
        #expect(try StudyPlan(space: space, seed: 1).open(in: store).isResumed)
        store.hidesOnce()
        #expect(try #require(throws: SearchError.self) { try StudyPlan(space: space, seed: 2).open(in: store) }.message.contains("another seed"))
        // Who wants another one in its place has not looked at this one.
        store.hidesOnce()
        #expect(try #require(throws: SearchError.self) { try StudyPlan(space: space, existing: .replace).open(in: store) }.code == .studyExists)
    }

    /// A store in which another session makes the study just after it was looked for.
    private final class LateStore: StudyStore {
        private let store = InMemoryStore()
        private let isHidden = Mutex(false)

        func hidesOnce() { isHidden.withLock { $0 = true } }

        func definition(of study: String) throws -> StudyDefinition? {
            let hides = isHidden.withLock { isHidden in
                defer { isHidden = false }
                return isHidden
            }
            return hides ? nil : try store.definition(of: study)
        }

        func create(_ definition: StudyDefinition) throws { try store.create(definition) }
        func studyNames() throws -> [String] { try store.studyNames() }
        func delete(_ study: String) throws { try store.delete(study) }
        func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
            try store.transaction(in: study, body)
        }
    }

    @Test func trialsAreExported() throws {
        let study = try Samples.study(directions: [.minimize, .maximize], metrics: ["loss", "speed"])
        let session = AskTellSession(study, worker: "w")
        _ = session.answer(#"{"enqueue":{"params":{"lr":0.001,"layers":2,"kind":"a b"}}}"#)
        _ = session.answer(#"{"ask":{"count":2}}"#)
        _ = session.answer(#"{"tell":{"trial":0,"values":[0.5,"inf"],"constraints":{"c":-1}}}"#)
        _ = session.answer(#"{"tell":{"trial":1,"state":"fail","reason":"a, \"b\""}}"#)
        let lines = TrialExport.csv(study.definition, trials: try study.trials()).split(separator: "\n")
        #expect(lines[0] == "trial,state,fidelity,loss,speed,params_lr,params_layers,params_kind,constraint_c,start,completion,seconds,reason")
        #expect(lines[1].hasPrefix("0,complete,,0.5,inf,0.001,2,a b,-1.0,"))
        #expect(lines[2].hasPrefix("1,failed,,,,") && lines[2].hasSuffix(#","a, ""b""""#))
        #expect(try TrialExport.json(study.definition, trials: study.trials()).contains(#""inf""#))
        let record = StudyRecord(study.definition, trials: try study.trials())
        #expect(record.states == ["complete": 1, "failed": 1, "pruned": 0, "running": 0, "waiting": 0] && record.best.map(\.trial) == [0])
    }
}
