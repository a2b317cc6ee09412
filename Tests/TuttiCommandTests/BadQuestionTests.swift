import Foundation
import Testing

extension CommandTests {
    /// A run that is well, asked for what it cannot give.
    @Suite("Questions that cannot be answered", needsRuntimes)
    struct BadQuestionTests {
        private func refuse(_ arguments: [String], _ status: Int32, says words: [String]) async throws {
            let result = try await TuttiProgram.run(arguments)
            #expect(!result.wasKilled && result.status == status, "\(result.testDescription)")
            #expect(result.errorLines.count == 1, "\(result.errors)")
            for word in words { #expect(result.errors.contains(word), "\(word) is not in: \(result.errors)") }
            #expect(!result.errors.contains("NSCocoaErrorDomain"), "\(result.errors)")
            #expect(result.output.isEmpty)
        }

        @Test(arguments: ["predict", "evaluate", "serve", "place"])
        func anUnknownEnsembleIsAnsweredWithTheKnownOnes(verb: String) async throws {
            let run = try await FittedRun.table.value
            let data = ["predict", "evaluate"].contains(verb) ? [run.test] : []
            try await refuse([verb, run.folder] + data + ["--ensemble", "bets"], 64, says: ["'bets'", "best", "balanced", "fast"])
        }

        @Test func aColumnThatIsMissingIsNamed() async throws {
            let run = try await FittedRun.table.value
            let rows = ToyFiles.tableRows(20, seed: 41).map { [$0[0], $0[2], $0[3], $0[4]] }
            let data = try Scratch.write(
                ([["colour", "weight", "boxed", ToyFiles.target]] + rows).map(CSV.line).joined(), to: "data.csv", in: Scratch.folder())
            for verb in ["predict", "evaluate"] { try await refuse([verb, run.folder, data], 65, says: ["data.csv", "'size'"]) }
        }

        @Test func anEvaluationWithoutTheTargetIsRefused() async throws {
            let run = try await FittedRun.table.value
            let rows = ToyFiles.tableRows(20, seed: 42).map { $0.dropLast() }
            let data = try Scratch.write(([ToyFiles.columns] + rows.map(Array.init)).map(CSV.line).joined(), to: "data.csv", in: Scratch.folder())
            try await refuse(["evaluate", run.folder, data], 65, says: ["data.csv", "'verdict'"])
            #expect(try await TuttiProgram.run("predict", run.folder, data).status == 0)
        }

        @Test func textInAColumnOfNumbersIsNamedWithItsPlace() async throws {
            let run = try await FittedRun.table.value
            let data = try ToyFiles.writeTable(20, seed: 43, to: "data.csv", in: Scratch.folder()) { row, cells in if row == 4 { cells[1] = "heavy" } }
            try await refuse(["predict", run.folder, data], 65, says: ["data.csv", "line 6", "'size'", "heavy"])
        }

        @Test func imagesOfAnotherSizeAreRefused() async throws {
            let run = try await FittedRun.images.value
            let folder = try Scratch.folder().appending(path: "images/0")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(ToyPNG.bytes(grey: 9, side: 8)).write(to: folder.appending(path: "0.png"))
            try await refuse(["predict", run.folder, folder.deletingLastPathComponent().path], 65, says: ["8", "12"])
        }

        @Test func aFileThatCannotBeWrittenIsNamed() async throws {
            let run = try await FittedRun.table.value
            let file = try Scratch.folder().path + "/none/out.csv"
            try await refuse(["predict", run.folder, run.test, "--out", file], 65, says: [file])
            try await refuse(["report", run.folder, "--out", file], 65, says: [file])
        }

        @Test(arguments: [["--max-latency", "0.000001ms"], ["--max-memory", "1"]])
        func limitsThatNothingKeepsAreSaid(limits: [String]) async throws {
            let run = try await FittedRun.table.value
            try await refuse(["ensembles", run.folder] + limits, 65, says: ["limit"])
        }

        @Test func aDevicesFileThatIsWrongIsNamed() async throws {
            let run = try await FittedRun.table.value
            let folder = try Scratch.folder()
            try await refuse(["place", run.folder, "--devices", folder.path + "/none.yaml"], 65, says: ["none.yaml"])
            for (name, text) in [
                ("list.yaml", "- 1\n"), ("cores.yaml", "devices:\n  - {id: a, memory: 1GB}\n"),
                ("memory.yaml", "devices:\n  - {id: a, cores: [0], memory: lots}\n"), ("none.yaml", "devices: []\n"),
            ] {
                try await refuse(["place", run.folder, "--devices", try Scratch.write(text, to: name, in: folder)], 65, says: [name])
            }
        }

        @Test(arguments: ["models", "ensembles", "report", "place", "serve", "resume"])
        func aFolderThatIsNoRunIsSaid(verb: String) async throws {
            let folder = try Scratch.folder("empty").path
            try await refuse([verb, folder], 65, says: [folder, "run.json", "tutti fit"])
            try await refuse([verb, folder + "/none"], 65, says: [folder + "/none"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }

        @Test(arguments: [
            ["fit"], ["nope"], ["models"], ["serve", "x", "--port", "70000"], ["models", "x", "--nope"], ["ensembles", "x", "--max-models", "0"],
            ["list", "nope"],
        ])
        func wrongUsageIsSaid(arguments: [String]) async throws {
            try await refuse(arguments, 64, says: ["sage"])
        }
    }
}
