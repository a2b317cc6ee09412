import Foundation
import Testing

extension CommandTests {
    @Suite("When a user stops it", needsRuntimes)
    struct InterruptTests {
        @Test(arguments: [SIGINT, SIGTERM])
        func modelsSoFarBecomeEnsemblesAndTheRunCanGoOn(signal: Int32) async throws {
            let files = try Scratch.folder("stopped")
            let data = try ToyFiles.writeTable(400, seed: 12, to: "data.csv", in: files)
            let folder = files.appending(path: "run").path
            let program = try TuttiProgram.start(["fit", data, "--target", ToyFiles.target, "--time", "5m", "--out", folder])
            try await program.reaches("some models", withinSeconds: 40) { program.errors.split(separator: "\n").count { $0.contains("  auc 0.") } >= 3 }
            program.send(signal)
            // Not the five minutes: what is left is choosing, placing and reporting.
            let end = try await program.finished(withinSeconds: 60)
            #expect(!end.wasKilled && end.status == 0, "\(end.testDescription)")
            #expect(end.output.contains("tutti resume \(folder)"), "no hint how to go on: \(end.output)")
            #expect(try Processes.withArguments(["worker", folder]).isEmpty)
            let before = Set(try await FittedRun.models(of: folder).map(\.id))
            #expect(before.count >= 3)
            for file in ["ensembles.json", "report.html"] { #expect(FileManager.default.fileExists(atPath: folder + "/" + file)) }
            #expect(try await TuttiProgram.run("evaluate", folder, data).status == 0)

            guard signal == SIGINT else { return }
            let resumed = try await TuttiProgram.run(["resume", folder, "--time", "7s", "--quiet"], limitSeconds: 40)
            #expect(resumed.status == 0, "\(resumed.testDescription)")
            let after = Set(try await FittedRun.models(of: folder).map(\.id))
            #expect(after.isSuperset(of: before) && after.count > before.count)
        }

        @Test func aSecondProcessIsKeptOut() async throws {
            let files = try Scratch.folder("twice")
            let data = try ToyFiles.writeTable(200, seed: 13, to: "data.csv", in: files)
            let folder = files.appending(path: "run").path
            let program = try TuttiProgram.start(["fit", data, "--target", ToyFiles.target, "--time", "60s", "--out", folder])
            try await program.reaches("the search", withinSeconds: 40) { program.errors.contains("searching") }
            let second = try await TuttiProgram.run("resume", folder, "--time", "5s")
            #expect(second.status == 64 && second.errors.contains("in use"), "\(second.testDescription)")
            program.send(SIGINT)
            // With no model yet the run says so; with some it ends well.
            let end = try await program.finished(withinSeconds: 60)
            #expect(!end.wasKilled && [0, 65].contains(end.status), "\(end.testDescription)")
        }
    }
}
