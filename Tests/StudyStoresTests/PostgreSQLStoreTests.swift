import Foundation
import PostgreSQL
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

@Suite(needsPostgreSQL) struct PostgreSQLStoreTests {
    private func address() throws -> String { try PostgreSQLServer.shared.get().makeDatabase() }
    private func space() throws -> SearchSpace { try SearchSpace([.float("x", 0...1)]) }

    @Test func itConforms() throws { try StudyStoreConformance.all { try PostgreSQLStore(address()) } }

    @Test func severalConnectionsNeverGiveTheSameJob() throws {
        let address = try address()
        let store = try PostgreSQLStore(address)
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        let jobs = jobsOfSeveralWorkers(asking: 40, for: "x") { try PostgreSQLStore(address) }
        #expect(Set(jobs).count == 160)
        let trials = try study.trials()
        #expect(trials.map(\.number) == Array(0..<160))
        #expect(trials.allSatisfy { $0.state == .complete })
        #expect(try PostgreSQLStore(address).trials(of: "s") == trials)
    }

    @Test func onlyWhatOthersChangedIsReadAgain() throws {
        let address = try address()
        let a = try Study.create(StudyDefinition(name: "s", space: try space()), in: try PostgreSQLStore(address))
        let b = try Study.open("s", in: try PostgreSQLStore(address))
        let job = try #require(try a.ask(worker: "a").job)
        #expect(try b.trials().count == 1)
        #expect(try a.report(job, 0.5, at: 1))
        #expect(try b.trials()[0].intermediateValues == [1: 0.5])
        // Somebody writes with other means, and without a heartbeat.
        let other = try PostgreSQLConnection(address)
        try other.execute("INSERT INTO trial_user_attributes (trial_id, key, value_json) SELECT trial_id, 'note', '7' FROM trials")
        #expect(try b.trials()[0].userAttributes["note"] == "7")
        try a.tell(job, 0.25)
        #expect(try b.trials()[0].values == [0.25])
        #expect(try a.trials() == b.trials())
        // An open transaction elsewhere hides its changes until it ends, and they are found then.
        try other.execute(script: "BEGIN; UPDATE trial_user_attributes SET value_json = '8'")
        let next = try #require(try b.ask(worker: "b").job)
        try b.tell(next, 1)
        #expect(try b.trials()[0].userAttributes["note"] == "7")
        try other.execute(script: "COMMIT")
        #expect(try b.trials()[0].userAttributes["note"] == "8")
        #expect(try a.trials() == b.trials())
        try other.execute(script: "DELETE FROM trial_user_attributes")
        #expect(try a.trials()[0].userAttributes == [:])
    }

    @Test func brokenConnectionsAreTakenUpAgain() throws {
        let server = try PostgreSQLServer.shared.get()
        let address = try server.makeDatabase()
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: try PostgreSQLStore(address))
        for number in 0..<3 {
            let job = try #require(try study.ask(worker: "w").job)
            try server.run(
                sql: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tutti' AND datname = current_database()",
                in: String(address.split(separator: "/").last ?? ""))
            try study.tell(job, Double(number))
        }
        #expect(try study.trials().map(\.values) == [[0], [1], [2]])
    }

    @Test func aServerThatStopsLosesNothingThatWasTold() throws {
        let server = try PostgreSQLServer()
        defer { server.stop() }
        let store = try PostgreSQLStore(server.makeDatabase(), patience: .seconds(1))
        let study = try Study.create(StudyDefinition(name: "s", space: try space(), sampler: AlgorithmChoice("random")), in: store)
        let job = try #require(try study.ask(worker: "w").job)
        try study.tell(job, 0.5)
        let open = try #require(try study.ask(worker: "w").job)
        server.stop()
        do {
            try study.tell(open, 1)
            Issue.record("told to nobody")
        } catch let error as SearchError {
            #expect(error.code == .storage)
            #expect(error.message.contains("Check that the server runs") || error.message.contains("that the server runs"), "\(error)")
        }
        try server.start()
        try study.tell(open, 1)
        #expect(try study.trials().map(\.values) == [[0.5], [1]])
    }

    @Test func anOverwrittenStudyTakesNothingOfTheOldOne() throws {
        let address = try address()
        try Conformance.overwrittenStudiesTakeNothing { try PostgreSQLStore(address) }
    }

    @Test func aStudyDeletedByAnotherIsNotTakenForItsSuccessor() throws {
        let address = try address()
        try Conformance.deletionIsSeenByOthers { try PostgreSQLStore(address) }
        #expect(try PostgreSQLConnection(address).execute("SELECT count(*) FROM tutti_changes").integer(0, 0) == 0)
    }

    @Test func otherProgramsMayTakeWaitingTrials() throws {
        let address = try address()
        let study = try Study.create(StudyDefinition(name: "s", space: try space()), in: try PostgreSQLStore(address))
        try study.enqueue(["x": 0.5])
        // Optuna claims without the study's lock, here after the store has read the trial.
        let other = try PostgreSQLConnection(address)
        var seen: [TrialState] = []
        try study.store.transaction(in: "s") { transaction in
            var trial = transaction.trials[0]
            seen.append(trial.state)
            if seen.count == 1 { try other.execute(script: "UPDATE trials SET state = 'RUNNING'") }
            guard trial.state == .waiting else { return }
            trial.state = .running
            try transaction.replace(trial)
        }
        #expect(seen == [.waiting, .running])
        #expect(try study.trials()[0].state == .running)
        #expect(try study.ask(worker: "w").job?.trial == 1)
    }

    @Test func mistakesAreNamed() throws {
        do {
            _ = try StudyStores.open("postgresql+psycopg2://me:secret@127.0.0.1:1/base")
            Issue.record("opened without a server")
        } catch let error as SearchError {
            #expect(error.code == .storage)
            #expect(!error.message.contains("secret"), "\(error)")
            #expect(error.message.contains("postgresql://me@127.0.0.1:1/base"), "\(error)")
        }
        let address = try address()
        let store = try PostgreSQLStore(address)
        #expect(throws: SearchError.self) { try store.trials(of: "none") }
        try PostgreSQLConnection(address).execute("UPDATE version_info SET schema_version = 11")
        #expect(throws: SearchError.self) { try PostgreSQLStore(address) }
    }
}
