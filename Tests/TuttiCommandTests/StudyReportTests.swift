import ChartTesting
import Foundation
import SearchTesting
import Testing

private let needsPostgreSQL: ConditionTrait = .enabled(
    if: Machine.isComplete || PostgreSQLServer.binaries != nil, "no PostgreSQL server is installed (Debian: apt-get install postgresql)")

extension CommandTests {
    @Suite("Understanding a study")
    struct StudyReportTests {
        private static let space = """
            {"parameters": [
              {"name": "x", "type": "float", "low": -5, "high": 5},
              {"name": "n", "type": "integer", "low": 1, "high": 4},
              {"name": "kind", "type": "categorical", "choices": ["a", "b"]},
              {"name": "deep", "type": "float", "low": 0.001, "high": 1, "log": true, "when": {"parameter": "kind", "equals": "b"}}
            ]}
            """

        /// A study of `count` trials with values that have nothing to do with the parameters; every eleventh fails.
        private func study(_ count: Int, objectives: Int = 1, store scheme: String = "sqlite:") async throws -> (folder: URL, store: String) {
            let folder = try Scratch.folder("study")
            let space = try Scratch.write(Self.space, to: "space.json", in: folder)
            let requests = (0..<count).map { number -> String in
                let values = objectives == 2 ? "\(number % 7),\(-(number * 5 % 13))" : "\(number % 7)"
                let result = number % 11 == 10 ? #""state":"fail","reason":"out of memory""# : #""values":[\#(values)]"#
                return #"{"ask":{}}"# + "\n" + #"{"tell":{"trial":\#(number),\#(result)}}"# + "\n"
            }
            _ = try Scratch.write(requests.joined(), to: "requests", in: folder)
            let store = scheme + folder.appending(path: "study.db").path
            let tutti = try #require(TuttiProgram.executable, "the tutti executable is not beside the tests; build it with `swift build`")
            let options = "--store '\(store)' --name 'my study' --sampler random --metric \(objectives == 2 ? "error,time" : "error")"
            let search = try await RunningProgram(
                URL(fileURLWithPath: "/bin/sh"), ["-c", "'\(tutti.path)' optimize --space '\(space)' \(options) --stdio < requests"], folder: folder
            ).finished(withinSeconds: 60)
            try #require(search.status == 0 && !search.output.contains("error\":"), "\(search.testDescription)")
            return (folder, store)
        }

        private func page(_ arguments: [String], in folder: URL) async throws -> MarkupChecker {
            let file = folder.appending(path: "page.html").path
            let result = try await TuttiProgram.run(["study", "report"] + arguments + ["--out", file])
            #expect(result.status == 0 && result.output == file + "\n", "\(result.testDescription)")
            let checker = MarkupChecker(try String(contentsOfFile: file, encoding: .utf8))
            #expect(checker.problems.isEmpty)
            return checker
        }

        @Test(arguments: ["sqlite:", "journal:"]) func aStudyGetsAPage(scheme: String) async throws {
            let (folder, store) = try await study(40, store: scheme)
            let checker = try await page(["my study", "--store", store], in: folder)
            for id in ["history-0", "importance-0", "divergence", "ablation-0", "dependence-0", "parallel", "slices-0", "timeline"] {
                #expect(checker.ids.contains("\(id)-wide-title"), "\(id)")
            }
            #expect(checker.text.contains("my study") && checker.text.contains("out of memory"))
        }

        @Test func aPageIsWrittenUnderTheNameOfTheStudy() async throws {
            let (folder, store) = try await study(1)
            let result = try await TuttiProgram.run(["study", "report", "--store", store], folder: folder)
            #expect(result.status == 0 && FileManager.default.fileExists(atPath: folder.appending(path: "my-study.html").path), "\(result.testDescription)")
            let nowhere = try await TuttiProgram.run(["study", "report", "--store", store, "--out", "/nowhere/page.html"])
            #expect(nowhere.status == 65 && nowhere.errors.contains("/nowhere/page.html"), "\(nowhere.testDescription)")
        }

        @Test func severalObjectivesGetAFrontAndItsImportance() async throws {
            let (folder, store) = try await study(40, objectives: 2)
            let checker = try await page(["--store", store], in: folder)
            for id in ["front", "volume", "history-1", "importance-0", "importance-1", "divergence", "ablation-1"] {
                #expect(checker.ids.contains("\(id)-wide-title"), "\(id)")
            }
            let front = try await TuttiProgram.run("study", "importance", "--store", store, "--json").document()
            #expect(front["objective"] == nil && (front["parameters"] as? [[String: Any]])?.count == 4)
            for objective in ["time", "1"] {
                let one = try await TuttiProgram.run("study", "importance", "--store", store, "--objective", objective, "--method", "fanova", "--json")
                    .document()
                #expect(one["objective"] as? String == "time")
            }
            let unclear = try await TuttiProgram.run("study", "importance", "--store", store, "--method", "ablation")
            #expect(unclear.status == 64 && unclear.errors.contains("--objective: error, time"), "\(unclear.testDescription)")
            let unknown = try await TuttiProgram.run("study", "importance", "--store", store, "--objective", "2")
            #expect(unknown.status == 64 && unknown.errors.contains("'2'"), "\(unknown.testDescription)")
        }

        @Test(arguments: ["ped-anova", "fanova", "ablation"]) func importanceIsADocument(method: String) async throws {
            let (_, store) = try await study(40)
            let document = try await TuttiProgram.run("study", "importance", "--store", store, "--method", method, "--json").document()
            #expect(document["method"] as? String == method && document["trials"] as? Int == 37 && document["objective"] as? String == "error")
            let parameters = try #require(document["parameters"] as? [[String: Any]])
            #expect(Set(parameters.compactMap { $0["name"] as? String }) == ["x", "n", "kind", "deep"])
            let shares = parameters.compactMap { $0["share"] as? Double }
            #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares == shares.sorted(by: >))
            let people = try await TuttiProgram.run("study", "importance", "--store", store, "--method", method)
            #expect(people.status == 0 && people.output.contains("error, 37 trials, \(method)") && people.output.contains("deep"), "\(people.testDescription)")
        }

        @Test func aStudyWithoutAResultHasAPageAndNoImportance() async throws {
            let (folder, store) = try await study(0)
            let checker = try await page(["--store", store], in: folder)
            #expect(checker.text.contains("no result yet"))
            let importance = try await TuttiProgram.run("study", "importance", "--store", store)
            #expect(importance.status == 65 && importance.errors.contains("no result yet"), "\(importance.testDescription)")
        }

        @Test(needsPython, arguments: ["sqlite:", "journal:"])
        func aStudyOfOptunasHasAPage(scheme: String) async throws {
            let folder = try Scratch.folder("optuna")
            try await optunas(scheme + folder.appending(path: "optuna.db").path, in: folder)
        }

        @Test(needsPython, needsPostgreSQL) func aStudyInPostgreSQLHasAPage() async throws {
            try await optunas(PostgreSQLServer.shared.get().makeDatabase(), in: Scratch.folder("postgresql"))
        }

        private func optunas(_ store: String, in folder: URL) async throws {
            let written = try await PythonPeer.run("check_stores.py", ["write", store, "s"])
            try #require(written.status == 0, "\(written.testDescription)")
            let checker = try await page(["--store", store], in: folder)
            for id in ["history-0", "best", "space"] { #expect(checker.ids.contains { $0 == id || $0 == "\(id)-wide-title" }, "\(id)") }
            #expect(checker.text.contains("maximize"))
            #expect(try await TuttiProgram.run("study", "importance", "--store", store).status == 0)
        }
    }
}
