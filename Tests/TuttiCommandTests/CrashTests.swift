import Foundation
import Testing

extension CommandTests {
    @Suite("When processes die", needsRuntimes)
    struct CrashTests {
        private func startFit(seconds: Int, in files: URL, options: [String] = []) throws -> (program: RunningProgram, folder: String) {
            let data = try ToyFiles.writeTable(500, seed: 11, to: "data.csv", in: files)
            let folder = files.appending(path: "run").path
            return (
                try TuttiProgram.start(["fit", data, "--target", ToyFiles.target, "--time", "\(seconds)s", "--out", folder, "--workers", "2"] + options), folder
            )
        }

        /// Judgements that the progress has shown so far.
        private func judged(_ program: RunningProgram) -> Int { program.errors.split(separator: "\n").count { $0.contains("  auc 0.") } }

        @Test func aWorkerThatIsKilledCostsOneTrial() async throws {
            let (program, folder) = try startFit(seconds: 12, in: Scratch.folder("killed-worker"), options: ["--json"])
            try await program.reaches("some models", withinSeconds: 30) { judged(program) >= 3 }
            let worker = try #require(try Processes.withArguments(["worker", folder]).first)
            kill(worker, SIGKILL)
            try await program.reaches("the worker's replacement", withinSeconds: 10) {
                let workers = try Processes.withArguments(["worker", folder])
                return workers.count == 2 && !workers.contains(worker)
            }
            let end = try await program.finished(withinSeconds: 60)
            #expect(end.status == 0, "\(end.testDescription)")
            #expect(end.failedTrials.count == 1 && end.failedTrials.allSatisfy { $0.contains("killed by signal 9") }, "\(end.failedTrials)")
            #expect(try #require(try end.document()["ensembles"] as? [Any]).count >= 3)
            #expect(try Processes.withArguments(["worker", folder]).isEmpty)
        }

        @Test func aRunWhoseFitWasKilledGoesOnAndLosesNothing() async throws {
            let (program, folder) = try startFit(seconds: 60, in: Scratch.folder("killed-fit"))
            try await program.reaches("some models", withinSeconds: 30) { judged(program) >= 4 }
            program.send(SIGKILL)
            let end = try await program.finished(withinSeconds: 10)
            #expect(end.wasKilled && end.status == SIGKILL)
            try await until("the workers of the killed fit have ended", withinSeconds: 6) { try Processes.withArguments(["worker", folder]).isEmpty }

            let before = Set(try await FittedRun.models(of: folder).map(\.id))
            #expect(before.count >= 4)
            let early = try await TuttiProgram.run("predict", folder, folder + "/../data.csv")
            #expect(early.status == 65 && early.errors.contains("tutti resume"), "no ensembles yet: \(early.testDescription)")
            let trialsBefore = try await StudyTrial.read(folder)

            let resumed = try await TuttiProgram.run(["resume", folder, "--time", "8s", "--json"], limitSeconds: 40)
            #expect(resumed.status == 0, "\(resumed.testDescription)")
            #expect(try #require(try resumed.document()["ensembles"] as? [Any]).count >= 3)
            let after = Set(try await FittedRun.models(of: folder).map(\.id))
            #expect(after.isSuperset(of: before), "lost: \(before.subtracting(after))")
            #expect(after.count > before.count, "nothing new was trained")
            let trialsAfter = try await StudyTrial.read(folder)
            for trial in trialsBefore where trial.isFinished {
                let now = try #require(trialsAfter.first { $0.number == trial.number })
                #expect(now.isFinished)
                #expect(now.results.merging(trial.results) { _, old in old } == now.results, "trial \(trial.number) lost a result")
            }
            #expect(trialsAfter.allSatisfy { $0.state != "RUNNING" }, "a trial is left running")
        }

        @Test(needsPython) func optunaSeesTheTrialsThatTheModelsComeFrom() async throws {
            let run = try await FittedRun.table.value
            let trials = try await StudyTrial.read(run.folder)
            let models = try await FittedRun.models(of: run.folder)
            #expect(trials.map(\.number) == Array(trials.indices))
            for model in models {
                let parts = model.id.split(separator: "-")
                let number = try #require(Int(parts[parts.count - 2]))
                let trial = try #require(trials.first { $0.number == number })
                #expect(trial.parameters["learner"] == model.learner)
                let value = try #require(trial.results[model.fidelity], "\(model.id) has no value in the study")
                #expect(abs(value - (model.metrics["auc"] ?? .nan)) < 1e-12)
                #expect(abs(value - model.score) < 1e-12)
            }
            // A training that had ended by itself has the model of a lower rung for the higher ones too.
            let scores = models.map(\.score)
            let strays = trials.flatMap(\.results.values).filter { value in !scores.contains { abs($0 - value) < 1e-12 } }
            #expect(strays == [], "values in the study that are of no model")
            let highest = models.map(\.fidelity).max() ?? 0
            for trial in trials where trial.state == "COMPLETE" { #expect(trial.value == trial.results[highest]) }
        }
    }
}

/// A trial as Optuna reads it from a run's study. None where there is no Python: the tests then see the models alone.
struct StudyTrial: Decodable {
    var number: Int
    var state: String
    var value: Double?
    /// Values by fidelity.
    var results: [Int: Double]
    var parameters: [String: String]

    var isFinished: Bool { ["COMPLETE", "PRUNED", "FAIL"].contains(state) }

    static func read(_ folder: String) async throws -> [StudyTrial] {
        guard Machine.isComplete || Machine.python != nil else { return [] }
        let peer = try await PythonPeer.run("check_study.py", [folder + "/study.db", "--trials"])
        struct Document: Decodable {
            var integrity: String
            var list: [StudyTrial]
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(peer.output.utf8))
        #expect(document.integrity == "ok")
        return document.list
    }
}
