import ChartTesting
import Foundation
import SearchTesting
import Testing

extension CommandTests {
    @Suite("Studies side by side")
    struct StudyCompareTests {
        /// A study of `count` trials of a real search for the least of a bowl.
        private func search(_ name: String, in folder: URL, sampler: String, seed: Int, objectives: Int = 1, count: Int = 30) async throws {
            let space = try Scratch.write(#"{"parameters": [{"name": "x", "type": "float", "low": -5, "high": 5}]}"#, to: "space.json", in: folder)
            let loss = objectives == 2 ? #"printf "{\"near\": %.9f, \"far\": %.9f}\n", x * x, (x - 2) * (x - 2)"# : #"printf "%.9f\n", x * x"#
            let metrics = objectives == 2 ? "near,far" : "near"
            let result = try await TuttiProgram.run(
                [
                    "optimize", "--space", space, "--store", "sqlite:studies.db", "--name", name, "--sampler", sampler, "--seed", "\(seed)", "--trials",
                    "\(count)", "--metric", metrics, "--", "/bin/sh", "-c", "awk -v x=$2 'BEGIN { \(loss) }'", "awk",
                ], folder: folder)
            try #require(result.status == 0, "\(result.testDescription)")
        }

        private func tutti(_ arguments: String..., in folder: URL) async throws -> FinishedProgram {
            try await TuttiProgram.run(["study"] + arguments + ["--store", "sqlite:studies.db"], folder: folder)
        }

        @Test func methodsAreComparedByTheBestOfTheirStudies() async throws {
            let folder = try Scratch.folder("compare")
            for seed in 1...2 {
                try await search("gp \(seed)", in: folder, sampler: "gp", seed: seed, count: 20)
                try await search("random \(seed)", in: folder, sampler: "random", seed: seed, count: 20)
            }
            let document = try await TuttiProgram.run(["study", "compare", "--store", "sqlite:studies.db", "--json"], folder: folder).document()
            #expect(document["objectives"] as? [String] == ["near"])
            let groups = try #require(document["groups"] as? [[String: Any]])
            #expect(groups.compactMap { $0["group"] as? String } == ["gp", "random"])
            #expect(groups.allSatisfy { $0["studies"] as? Int == 2 && $0["trials"] as? Int == 40 && $0["hypervolume"] == nil })
            let medians = groups.compactMap { ($0["best"] as? [String: Double])?["median"] }
            #expect(medians.count == 2 && medians[0] < medians[1])

            let text = try await tutti("compare", "gp 1", "random 2", "--by", "study", "--out", "page.html", in: folder)
            #expect(text.status == 0 && text.output.contains("best near") && text.output.contains("random 2") && !text.output.contains("gp 2"))
            let page = MarkupChecker(try String(contentsOf: folder.appending(path: "page.html"), encoding: .utf8))
            #expect(page.problems.isEmpty && page.ids.contains("best-0-wide-title") && page.text.contains("random 2"))
        }

        @Test func frontsAreComparedByWhatTheyDominate() async throws {
            let folder = try Scratch.folder("compare")
            try await search("front", in: folder, sampler: "nsga2", seed: 1, objectives: 2)
            try await search("other front", in: folder, sampler: "random", seed: 1, objectives: 2)
            let text = try await tutti("compare", "--out", "page.html", in: folder)
            for word in ["hypervolume", "IGD+", "epsilon", "R2", "nsga2", "random"] { #expect(text.output.contains(word), "\(text.testDescription)") }
            let page = MarkupChecker(try String(contentsOf: folder.appending(path: "page.html"), encoding: .utf8))
            #expect(page.problems.isEmpty && page.ids.contains("attainment-wide-title"))

            try await search("one", in: folder, sampler: "random", seed: 1, count: 1)
            let mixed = try await tutti("compare", in: folder)
            #expect(mixed.status == 64 && mixed.errors.contains("\"one\" has other objectives"), "\(mixed.testDescription)")
            let unknown = try await tutti("compare", "nobody", in: folder)
            #expect(unknown.status == 65 && unknown.errors.contains("nobody") && unknown.errors.contains("other front"), "\(unknown.testDescription)")
            let twice = try await tutti("compare", "front", "--by", "sampler", in: folder)
            #expect(twice.status == 64 && twice.errors.contains("sampler"), "\(twice.testDescription)")
        }

        @Test func theBestAreRunAgainOnOtherData() async throws {
            let folder = try Scratch.folder("again")
            try await search("front", in: folder, sampler: "nsga2", seed: 1, objectives: 2)
            let shifted = ["--", "/bin/sh", "-c", #"awk -v x=$2 'BEGIN { printf "{\"near\": %.9f, \"far\": %.9f}\n", x * x + 1, (x - 2) * (x - 2) }'"#, "awk"]
            let arguments = ["study", "reevaluate", "--store", "sqlite:studies.db", "--quiet"]
            let document = try await TuttiProgram.run(arguments + ["--json"] + shifted, folder: folder).document()
            let rows = try #require(document["trials"] as? [[String: Any]])
            #expect(rows.count > 2 && rows.allSatisfy { $0["survives"] as? Bool == true })
            for row in rows {
                let (before, after) = (try #require(row["values"] as? [Double]), try #require(row["again"] as? [Double]))
                #expect(abs(after[0] - before[0] - 1) < 1e-6 && abs(after[1] - before[1]) < 1e-6)
            }
            let shift = try #require(document["shift"] as? [Double])
            #expect(abs(shift[0] - 1) < 1e-6 && abs(shift[1]) < 1e-6)
            #expect(try #require(document["kept"] as? Double) < #require(document["promised"] as? Double))
            let people = try await TuttiProgram.run(arguments + shifted, folder: folder)
            #expect(people.status == 0 && people.output.contains("still on the front"), "\(people.testDescription)")
            let failing = try await TuttiProgram.run(arguments + ["--", "false"], folder: folder)
            #expect(failing.status == 65 && failing.errors.contains("exit status 1"), "\(failing.testDescription)")
            #expect(try await tutti("trials", "--json", in: folder).document()["trials"].map { ($0 as? [Any])?.count } == 30)
        }

        @Test func aScheduleSaysHowABredTrialCameToBe() async throws {
            let folder = try Scratch.folder("schedule")
            let space = try Scratch.write(#"{"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1}]}"#, to: "space.json", in: folder)
            let result = try await TuttiProgram.run(
                [
                    "optimize", "--space", space, "--store", "sqlite:studies.db", "--scheduler", "pbt", "--fidelity", "1..6", "--scheduler-option",
                    "population=6", "--trials", "20", "--quiet", "--", "/bin/sh", "-c", "echo $2", "sh",
                ], folder: folder)
            try #require(result.status == 0, "\(result.testDescription)")
            let trials = try #require(try await tutti("trials", "--json", in: folder).document()["trials"] as? [[String: Any]])
            let bred = try #require(trials.last { $0["parent"] != nil })
            let (number, parent, from) = (bred["trial"] as? Int, bred["parent"] as? Int, bred["parentFidelity"] as? Int)
            #expect(bred["replaces"] as? Int != nil)
            let document = try await tutti("schedule", "--trial", "\(try #require(number))", "--json", in: folder).document()
            let segments = try #require(document["segments"] as? [[String: Any]])
            #expect(segments.count > 1 && segments.last?["trial"] as? Int == number && segments.last?["from"] as? Int == from)
            #expect(segments.dropLast().last?["trial"] as? Int == parent && segments.first?["from"] as? Int == 0)
            let wrong = try await TuttiProgram.run(
                "optimize", "--store", "sqlite:\(folder.path)/studies.db", "--scheduler", "dehb", "--sampler", "gp", "--space", space, "--name", "other",
                "--stdio")
            #expect(wrong.status == 64 && wrong.errors.contains("never asks gp"), "\(wrong.testDescription)")
            let folders = folder.appending(path: "studies.trials").path
            try FileManager.default.createDirectory(atPath: folders + "/study/trial-1/checkpoint", withIntermediateDirectories: true)
            #expect(try await tutti("export", in: folder).output.hasPrefix("trial,state,fidelity,parent,parent_fidelity,replaces,"))
            let unknown = try await tutti("schedule", "--trial", "99", in: folder)
            #expect(unknown.status == 65 && unknown.errors.contains("99"), "\(unknown.testDescription)")
            #expect(try await tutti("delete", "study", "--force", in: folder).status == 0)
            #expect(!FileManager.default.fileExists(atPath: folders))
        }

        @Test func aStudyIsDeletedAndOthersStay() async throws {
            let folder = try Scratch.folder("delete")
            for name in ["gone", "stays"] { try await search(name, in: folder, sampler: "random", seed: 1, count: 2) }
            let deleted = try await tutti("delete", "gone", in: folder)
            #expect(deleted.status == 0 && deleted.errors.contains("\"gone\" with 2 trials"), "\(deleted.testDescription)")
            let again = try await tutti("delete", "gone", in: folder)
            #expect(again.status == 65 && again.errors.contains("stays"), "\(again.testDescription)")
            #expect(try await tutti("best", in: folder).status == 0)
            let run = try await TuttiProgram.run("study", "delete", "fit", "--store", folder.path)
            #expect(run.status == 64 && run.errors.contains("is a run"), "\(run.testDescription)")
        }

        @Test func runningTrialsKeepAStudyFromBeingDeleted() async throws {
            let folder = try Scratch.folder("delete")
            let space = try Scratch.write(#"{"parameters": [{"name": "x", "type": "float", "low": -5, "high": 5}]}"#, to: "space.json", in: folder)
            let store = "sqlite:" + folder.appending(path: "studies.db").path
            let program = try StdioProgram(["optimize", "--space", space, "--store", store, "--name", "busy", "--stdio"])
            _ = try program.ask(#"{"ask":{}}"#)
            let refused = try await tutti("delete", "busy", in: folder)
            #expect(refused.status == 64 && refused.errors.contains("--force"), "\(refused.testDescription)")
            let forced = try await tutti("delete", "busy", "--force", in: folder)
            #expect(forced.status == 0, "\(forced.testDescription)")
            let lost = try program.ask(#"{"tell":{"trial":0,"values":[1]}}"#)
            #expect((lost["error"] as? String)?.contains("busy") == true, "\(lost)")
            _ = try program.finish()
        }
    }
}
