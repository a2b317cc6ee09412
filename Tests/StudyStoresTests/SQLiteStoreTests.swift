import Foundation
import GRDB
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

@Suite struct SQLiteStoreTests {
    private func path() -> String { FileManager.default.temporaryDirectory.appending(path: "tutti-\(UUID().uuidString).db").path }

    @Test func itConforms() throws { try StudyStoreConformance.all { try SQLiteStore(path: path()) } }

    @Test func twoConnectionsNeverGiveTheSameJob() throws {
        let path = path()
        let first = try Study.create(
            StudyDefinition(
                name: "s", space: try StudyStoreConformance.space(), scheduler: AlgorithmChoice("asha", ["maximum_fidelity": 9])),
            in: try SQLiteStore(path: path))
        let jobs = jobsOfSeveralWorkers(asking: 50, for: "rate") { try SQLiteStore(path: path) }
        #expect(jobs.count == 200)
        #expect(Set(jobs).count == 200)
        let trials = try first.trials()
        #expect(trials.map(\.number) == Array(0..<trials.count))
        #expect(trials.reduce(0) { $0 + $1.progress.results.count } == 200)
    }

    @Test func changesOfAnotherConnectionAreSeen() throws {
        let path = path()
        let a = try Study.create(StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: try SQLiteStore(path: path))
        let b = try Study.open("s", in: try SQLiteStore(path: path))
        let job = try #require(try a.ask(worker: "a").job)
        #expect(try b.trials().count == 1)
        #expect(try a.report(job, 0.5, at: 1))
        #expect(try b.trials()[0].intermediateValues == [1: 0.5])
        try a.tell(job, 0.25)
        #expect(try b.trials()[0].values == [0.25])
        try b.setAttribute("note", of: 0, to: "seen")
        #expect(try a.trials()[0].userAttributes["note"] == "\"seen\"")
        #expect(try a.trials() == b.trials())
    }

    @Test func aStudyGoesOnAfterReopening() throws {
        let path = path()
        do {
            let study = try Study.create(
                StudyDefinition(name: "s", space: try StudyStoreConformance.space(), seed: 5), in: try SQLiteStore(path: path))
            try study.optimize(trials: 15) { try $0.float("rate") }
        }
        let again = try Study.open("s", in: try SQLiteStore(path: path))
        try again.optimize(trials: 10) { try $0.float("rate") }
        // The same as in one go, in memory: nothing is lost or rounded on disk.
        let whole = try Study(space: try StudyStoreConformance.space(), seed: 5)
        try whole.optimize(trials: 25) { try $0.float("rate") }
        #expect(try again.trials().map(\.configuration) == whole.trials().map(\.configuration))
        #expect(try again.trials().map(\.values) == whole.trials().map(\.values))
    }

    @Test func whatWasToldSurvivesTheDeathOfItsProcess() throws {
        // A copy of the files at any moment is what a killed process leaves behind: the log is in it, no clean-up has run.
        let path = path()
        let study = try Study.create(
            StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: try SQLiteStore(path: path))
        try study.optimize(trials: 50) { try $0.float("x") }
        let copy = self.path()
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
        let left = try Study.open("s", in: try SQLiteStore(path: copy))
        #expect(try left.trials() == study.trials())
        #expect(try left.trials().count == 50)
    }

    @Test func changesOfOtherProgramsAreFoundByTheirTriggers() throws {
        let path = path()
        let study = try Study.create(StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: try SQLiteStore(path: path))
        let other = try Study.create(StudyDefinition(name: "other", space: study.space), in: study.store)
        try study.optimize(trials: 3) { try $0.float("x") }
        try other.optimize(trials: 2) { try $0.float("x") }
        let sql = try DatabaseQueue(path: path)
        // No heartbeat, no word to anybody.
        try sql.write { try $0.execute(sql: "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (2, 'note', '7')") }
        #expect(try study.trials().map { $0.userAttributes["note"] } == [nil, "7", nil])
        try sql.write { try $0.execute(sql: "UPDATE trial_values SET value = 5 WHERE trial_id = 3") }
        #expect(try study.trials()[2].values == [5])
        try sql.write { try $0.execute(sql: "DELETE FROM trial_user_attributes") }
        #expect(try study.trials()[1].userAttributes == [:])
        #expect(try study.trials() == SQLiteStore(path: path).trials(of: "s"))
        // A study that is deleted and made anew, with the same keys.
        try sql.write { database in
            for table in SQLSchema.trialTables + ["trials"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = 2)")
            }
            for table in ["study_directions", "study_system_attributes", "studies"] { try database.execute(sql: "DELETE FROM \(table) WHERE study_id = 2") }
        }
        #expect(throws: SearchError.self) { try other.trials() }
        let again = try Study.create(StudyDefinition(name: "other", space: study.space), in: try SQLiteStore(path: path))
        let job = try #require(try again.ask(worker: "w").job)
        #expect(try #require(throws: SearchError.self) { try other.trials() }.message.contains("deleted by another session"))
        let reopened = try Study.open("other", in: other.store)
        #expect(try reopened.trials().map(\.state) == [.running])
        try again.tell(job, 1)
        #expect(try reopened.trials() == again.trials())
        #expect(try study.trials().count == 3)
    }

    @Test func aDeletedFileIsNoticedAndRescued() throws {
        let path = path()
        let study = try Study.create(StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: try SQLiteStore(path: path))
        try study.optimize(trials: 5) { try $0.float("x") }
        let told = try study.trials()
        for suffix in ["", "-wal", "-shm"] { try FileManager.default.removeItem(atPath: path + suffix) }
        do {
            _ = try study.ask(worker: "w")
            Issue.record("went on without a file")
        } catch let error as SearchError {
            #expect(error.code == .storage)
            #expect(error.message.contains("deleted"), "\(error)")
        }
        #expect(try SQLiteStore(path: path + ".rescued").trials(of: "s") == told)
    }

    @Test func aReplacedFileIsNoticedAndRescued() throws {
        let (path, other) = (path(), path())
        func study(_ path: String) throws -> Study {
            try Study.create(
                StudyDefinition(name: "s", space: SearchSpace([.float("x", 0...1)]), sampler: AlgorithmChoice("random")), in: SQLiteStore(path: path))
        }
        let mine = try study(path)
        try mine.optimize(trials: 5) { try $0.float("x") }
        let told = try mine.trials()
        try study(other).optimize(trials: 2) { try $0.float("x") }
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        #expect(rename(other, path) == 0)
        let error = try #require(throws: SearchError.self) { try mine.ask(worker: "w") }
        #expect(error.code == .storage && error.message.contains("replaced"), "\(error)")
        #expect(try SQLiteStore(path: path + ".rescued").trials(of: "s") == told)
        // Whoever opens it now has the new one.
        #expect(try SQLiteStore(path: path).trials(of: "s").count == 2)
    }

    @Test func everyLostFileIsRescued() throws {
        let path = path()
        try Conformance.everyLostFileIsRescued(path) { try SQLiteStore(path: path) }
    }

    @Test func anOverwrittenStudyTakesNothingOfTheOldOne() throws {
        let path = path()
        try Conformance.overwrittenStudiesTakeNothing { try SQLiteStore(path: path) }
    }

    @Test func aStudyDeletedByAnotherIsNotTakenForItsSuccessor() throws {
        let path = path()
        try Conformance.deletionIsSeenByOthers { try SQLiteStore(path: path) }
    }

    @Test func impossibleEnqueuedTrialsFailAlone() throws {
        let path = path()
        let store = try SQLiteStore(path: path)
        let study = try Study.create(StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: store)
        _ = try store.transaction(in: "s") { try $0.append(Trial(number: 0, state: .waiting, configuration: ["y": 3])) }
        #expect(try study.ask(worker: "w").job?.trial == 1)
        #expect(try study.trials()[0].state == .failed)
        #expect(try study.trials()[0].failure?.contains("y") == true)
    }

    @Test func mistakesAreNamed() throws {
        #expect(throws: SearchError.self) { try SQLiteStore(path: "/nonexistent/folder/study.db") }
        let path = path()
        try Data("this is no database, but long enough to be looked at as one. \(String(repeating: "x", count: 2000))".utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect(throws: SearchError.self) { try SQLiteStore(path: path) }
        #expect(try StudyStores.open("memory:") is InMemoryStore)
    }

    @Test func damageAndFullDisksHaveRemedies() throws {
        let path = path()
        do {
            let study = try Study.create(StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)])), in: try SQLiteStore(path: path))
            try study.optimize(trials: 20) { try $0.float("x") }
        }
        // All but the first page, which has the schema.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(4096..., with: Data(repeating: 0x5A, count: bytes.count - 4096))
        try bytes.write(to: URL(fileURLWithPath: path))
        for mustExist in [true, false] {
            let error = try #require(throws: SearchError.self) { try SQLiteStore(path: path, mustExist: mustExist).trials(of: "s") }
            #expect(error.code == .storage && error.message.contains("damaged: restore a copy"), "\(error)")
        }
        let error = try #require(throws: SearchError.self) { try StoreErrors.translating(path) { throw DatabaseError(resultCode: .SQLITE_FULL) } }
        #expect(error.message.contains("free space and start the same command again"), "\(error)")
    }

    @Test func addressesSayWhichStoreIsMeant() throws {
        for (text, expected): (String, StoreAddress) in [
            ("memory:", .memory), ("sqlite:a.db", .sqlite(path: "a.db")), ("sqlite:/a/b.db", .sqlite(path: "/a/b.db")),
            ("sqlite:///a.db", .sqlite(path: "a.db")), ("sqlite:////a/b.db", .sqlite(path: "/a/b.db")), ("a.db", .sqlite(path: "a.db")),
            ("/x/foo:bar", .sqlite(path: "/x/foo:bar")), ("./foo:bar", .sqlite(path: "./foo:bar")), ("runs/a:b.db", .sqlite(path: "runs/a:b.db")),
            (#"C:\study.db"#, .sqlite(path: #"C:\study.db"#)), ("my study:1.db", .sqlite(path: "my study:1.db")), ("journal:a", .journal(path: "a")),
            ("journal:///a", .journal(path: "///a")),
            ("postgresql://h/d", .postgreSQL("postgresql://h/d")), ("postgres://h/d", .postgreSQL("postgres://h/d")),
            ("postgresql+psycopg2://h/d", .postgreSQL("postgresql+psycopg2://h/d")),
        ] {
            #expect(try StoreAddress(text) == expected)
        }
        for text in [
            "sqllite:study.db", "SQLite:a.db", "foo:bar", "mysql://server/base", "mysql+pymysql://server/base", "postgresql:base", "memory:x", "sqlite:",
            "sqlite://a.db", "journal:", "",
        ] {
            let error = try #require(throws: SearchError.self) { try StudyStores.open(text) }
            #expect(error.message.contains("\"\(text)\"") && error.message.contains("sqlite:PATH, journal:PATH, postgresql://"), "\(error)")
            #expect(!FileManager.default.fileExists(atPath: text))
        }
    }

    @Test func datesAreOptunas() throws {
        let date = Date(timeIntervalSince1970: 1_709_210_096.123456)
        #expect(OptunaDate.text(date) == "2024-02-29 12:34:56.123456")
        #expect(OptunaDate.text(Date(timeIntervalSince1970: -0.5)) == "1969-12-31 23:59:59.500000")
        for seconds in stride(from: -4e9, through: 4e9, by: 12_345_678.901) {
            let text = OptunaDate.text(Date(timeIntervalSince1970: seconds))
            let read = try #require(OptunaDate.date(text))
            #expect(OptunaDate.text(read) == text)
            #expect(abs(read.timeIntervalSince1970 - seconds) < 1e-5)
        }
        #expect(OptunaDate.date("2026-11-23 23:05:40") != nil)
        #expect(OptunaDate.date("yesterday") == nil)
    }

    @Test func distributionsComeBack() throws {
        for domain: Domain in [
            .float(low: 1e-5, high: 1, log: true), .float(low: 0, high: 1, step: 0.25), .integer(low: 1, high: 9, log: true),
            .integer(low: 0, high: 9, step: 3), .categorical(["a\"b", 1, 2.5, true]), .categorical(["None", OptunaDistribution.none, "null"]),
        ] {
            #expect(try OptunaDistribution.domain(OptunaDistribution.json(domain), of: "p") == domain)
        }
        #expect(throws: SearchError.self) { try OptunaDistribution.domain("{}", of: "p") }
    }
}
