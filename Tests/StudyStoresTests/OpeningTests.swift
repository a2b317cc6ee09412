import Foundation
import GRDB
import PostgreSQL
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

/// Opening what is there: for looking, which changes nothing, and for going on.
@Suite struct OpeningTests {
    /// A folder of a test.
    private final class Folder: Sendable {
        let path = Machine.temporaryPath("")
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit {
            chmod(path, 0o755)
            try? FileManager.default.removeItem(atPath: path)
        }
        func file(_ name: String) -> String { "\(path)/\(name)" }
        /// All files with what is in them.
        func contents() throws -> [String: Data] {
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            return Dictionary(uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: file($0)))) })
        }
    }

    private func definition() throws -> StudyDefinition {
        StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1)]), sampler: AlgorithmChoice("random"))
    }

    /// A study with three trials, in a store that is closed.
    private func makeStudy(_ address: String) throws { try Study.create(definition(), in: StudyStores.open(address)).optimize(trials: 3) { try $0.float("x") } }

    /// Optuna's tables alone, with a study of its own, as Optuna leaves them.
    private func makeForeignStudy(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: SQLSchema.sqlite.script) }
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO studies VALUES (1, 's'); INSERT INTO study_directions VALUES (1, 'MINIMIZE', 1, 0);
                    INSERT INTO trials VALUES (1, 0, 1, 'COMPLETE', NULL, NULL); INSERT INTO trial_values VALUES (1, 1, 0, 0.5, 'FINITE');
                    """)
        }
    }

    @Test(arguments: ["sqlite:", "journal:"]) func whatIsNotThereIsNotMade(kind: String) throws {
        let folder = try Folder()
        #expect(throws: SearchError.self) { try StudyStores.open(kind + folder.file("typo"), mustExist: true) }
        #expect(try folder.contents().isEmpty)
    }

    @Test func lookingChangesNothing() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try makeForeignStudy(path)
        let before = try folder.contents()
        do {
            let store = try StudyStores.open(path, mustExist: true)
            #expect(try store.studyNames() == ["s"])
            #expect(try store.definition(of: "s")?.directions == [.minimize])
            #expect(try store.trials(of: "s").map(\.values) == [[0.5]])
            // Others go on, and their changes are seen without a log of them.
            try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE trial_values SET value = 0.25") }
            #expect(try store.trials(of: "s").map(\.values) == [[0.25]])
            try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE trial_values SET value = 0.5") }
            #expect(try store.trials(of: "s").map(\.values) == [[0.5]])
        }
        #expect(try folder.contents().keys == before.keys)
        let tables = try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE name LIKE 'tutti%'") }
        #expect(tables == [])
        #expect(try DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    }

    @Test func goingOnPreparesForOthers() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        try makeForeignStudy(path)
        let first = try StudyStores.open(path, mustExist: true)
        #expect(try first.trials(of: "s").count == 1)
        // Between this look and the first log of changes.
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE trial_values SET value = 0.25") }
        let second = try Study.open("s", in: StudyStores.open(path, mustExist: true))
        try second.setAttribute("note", of: 0, to: 7)
        #expect(try first.trials(of: "s").map(\.values) == [[0.25]])
        #expect(try first.trials(of: "s")[0].userAttributes["note"] == "7")
        let third = try Study.open("s", in: first)
        try third.enqueue([:])
        try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE trial_values SET value = 0.125") }
        #expect(try third.trials().count == 2)
        #expect(try third.trials() == second.trials())
        #expect(try third.trials()[0].values == [0.125])
    }

    @Test func otherProgramsDatabasesAreLeftAlone() throws {
        let folder = try Folder()
        let path = folder.file("other.db")
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE bookmarks (url TEXT)") }
        try Data().write(to: URL(fileURLWithPath: folder.file("empty.db")))
        let before = try folder.contents()
        for mustExist in [true, false] {
            let error = try #require(throws: SearchError.self) { try StudyStores.open(path, mustExist: mustExist) }
            #expect(error.message.contains("\(path) is a SQLite database of another program: it has no table of studies"), "\(error)")
        }
        let error = try #require(throws: SearchError.self) { try StudyStores.open(folder.file("empty.db"), mustExist: true) }
        #expect(error.message.contains("empty.db is empty: it holds no study"), "\(error)")
        #expect(try folder.contents() == before)
    }

    @Test(needsPostgreSQL) func lookingAtAServersDatabaseChangesNothing() throws {
        let address = try PostgreSQLServer.shared.get().makeDatabase()
        let connection = try PostgreSQLConnection(address)
        func tables() throws -> Int64? {
            try connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").integer(0, 0)
        }
        let error = try #require(throws: SearchError.self) { try StudyStores.open(address, mustExist: true) }
        #expect(error.message.contains("no table of studies"), "\(error)")
        #expect(try tables() == 0)
        // Optuna's tables alone.
        try connection.execute(script: SQLSchema.postgreSQL.script)
        try connection.execute(
            script: """
                INSERT INTO studies VALUES (1, 's'); INSERT INTO study_directions VALUES (1, 'MINIMIZE', 1, 0);
                INSERT INTO trials VALUES (1, 0, 1, 'COMPLETE', NULL, NULL); INSERT INTO trial_values VALUES (1, 1, 0, 0.5, 'FINITE');
                """)
        let count = try tables()
        let store = try StudyStores.open(address, mustExist: true)
        #expect(try store.trials(of: "s").map(\.values) == [[0.5]])
        try connection.execute("UPDATE trial_values SET value = 0.25")
        #expect(try store.trials(of: "s").map(\.values) == [[0.25]])
        #expect(try tables() == count)
        try Study.open("s", in: store).setAttribute("note", of: 0, to: 7)
        try connection.execute("UPDATE trial_values SET value = 0.125")
        #expect(try store.trials(of: "s").map(\.values) == [[0.125]])
    }

    @Test(arguments: ["sqlite:", "journal:"]) func whatMayNotBeWrittenCanBeRead(kind: String) throws {
        for (file, folderMode) in [(0o444, 0o755), (0o444, 0o555), (0o644, 0o555)] as [(mode_t, mode_t)] {
            let folder = try Folder()
            let path = folder.file("s.study")
            try makeStudy(kind + path)
            chmod(path, file)
            chmod(folder.path, folderMode)
            let before = try folder.contents()
            try Machine.boundByPermissions {
                let store = try StudyStores.open(kind + path, mustExist: true)
                #expect(try store.studyNames() == ["s"])
                let study = try Study.open("s", in: store)
                #expect(try study.trials().count == 3)
                for step in [{ _ = try study.ask(worker: "w") }, { try store.delete("s") }] {
                    let error = try #require(throws: SearchError.self) { try step() }
                    #expect(error.code == .storage && error.message.contains("can only be read"), "\(error)")
                }
                #expect(try study.trials().count == 3)
            }
            #expect(try folder.contents() == before, "\(kind) \(file) \(folderMode)")
        }
    }

    @Test func aLogThatCannotBeReadIsSaid() throws {
        let folder = try Folder()
        let other = try Folder()
        let path = folder.file("s.db")
        let study = try Study.create(definition(), in: StudyStores.open(path))
        try study.optimize(trials: 3) { try $0.float("x") }
        // What a process leaves that was killed.
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: other.file("s.db") + suffix) }
        chmod(other.path, 0o555)
        try Machine.boundByPermissions {
            let error = try #require(throws: SearchError.self) { try StudyStores.open(other.file("s.db"), mustExist: true) }
            #expect(error.message.contains("s.db-wal"), "\(error)")
        }
    }

    @Test func aStoreInUseCanBeReadByOthers() throws {
        let folder = try Folder()
        let path = folder.file("s.db")
        let study = try Study.create(definition(), in: StudyStores.open(path))
        try study.optimize(trials: 3) { try $0.float("x") }
        try Machine.boundByPermissions {
            let store = try StudyStores.open(path, mustExist: true)
            #expect(try store.trials(of: "s").count == 3)
            try study.optimize(trials: 2) { try $0.float("x") }
            #expect(try store.trials(of: "s").count == 5)
        }
    }
}
