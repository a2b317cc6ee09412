import Foundation
import Testing

extension CommandTests {
    @Suite("Judging models on every row", needsRuntimes)
    struct ResampledFitTests {
        /// `run.json` or a model's card.
        private func document(_ path: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
        }

        @Test func aCrossValidatedModelIsTheMeanOfItsFoldsAndIsServedAsOne() async throws {
            let files = try Scratch.folder("folds")
            let training = try ToyFiles.writeTable(300, seed: 1, to: "train.csv", in: files)
            let test = try ToyFiles.writeTable(80, seed: 2, to: "test.csv", in: files)
            let folder = files.appending(path: "run").path
            let fit = try await TuttiProgram.run(
                [
                    "fit", training, "--target", ToyFiles.target, "--metric", "accuracy", "--resampling", "cv:4", "--time", "15s", "--learners", "lightgbm",
                    "--out", folder, "--json",
                ])
            try #require(fit.status == 0, "\(fit.testDescription)")
            #expect(fit.failedTrials == [])
            let manifest = try document(folder + "/run.json")
            #expect(manifest["validationRows"] as? Int == 300 && manifest["rows"] as? Int == 300)
            let models = try await FittedRun.models(of: folder)
            #expect(models.count >= 3)
            let trained = Set(models.map(\.fidelity))
            #expect(trained.count > 1, "no trial went on from its checkpoints")
            for model in models {
                let scores = try #require(try document(folder + "/library/\(model.id)/card.json")["foldScores"] as? [Double])
                #expect(scores.count == 4)
                // All folds have as many rows: each row was judged once, by a model that had not seen it.
                #expect(abs(scores.reduce(0, +) / 4 - model.score) < 1e-6)
                let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/library/\(model.id)")
                #expect(Set(files).subtracting(["checkpoint"]) == ["card.json", "model.onnx", "validation.npy"])
            }
            let evaluation = try await TuttiProgram.run("evaluate", folder, test, "--json")
            #expect(evaluation.status == 0, "\(evaluation.testDescription)")
            let report = try await TuttiProgram.run("report", folder)
            #expect(report.status == 0, "\(report.testDescription)")
            let resumed = try await TuttiProgram.run(["resume", folder, "--time", "8s", "--json"])
            #expect(resumed.status == 0, "\(resumed.testDescription)")
            #expect(try await FittedRun.models(of: folder).count > models.count)
        }

        @Test func groupsAreNotNeededToPredict() async throws {
            let files = try Scratch.folder("groups")
            let training = try ToyFiles.writeTable(240, seed: 1, to: "train.csv", in: files, header: ["site"] + ToyFiles.columns + [ToyFiles.target]) {
                index, row in
                row.insert("site \(index % 12)", at: 0)
            }
            let test = try ToyFiles.writeTable(40, seed: 2, to: "test.csv", in: files)
            let folder = files.appending(path: "run").path
            let fit = try await TuttiProgram.run(
                ["fit", training, "--target", ToyFiles.target, "--groups", "site", "--time", "10s", "--learners", "lightgbm", "--out", folder])
            try #require(fit.status == 0, "\(fit.testDescription)")
            #expect(fit.errors.contains("5-fold cross-validation by groups"))
            let prediction = try await TuttiProgram.run("predict", folder, test)
            #expect(prediction.status == 0, "\(prediction.testDescription)")
        }

        @Test func aNestedFitIsJudgedOnRowsThatNoneOfItsRunsHasSeenAndGoesOn() async throws {
            let files = try Scratch.folder("nested")
            let training = try ToyFiles.writeTable(200, seed: 1, to: "train.csv", in: files)
            let folder = files.appending(path: "run").path
            let command = [
                "fit", training, "--target", ToyFiles.target, "--outer", "cv:2", "--resampling", "holdout:0.25", "--time", "20s", "--learners", "lightgbm",
                "--out", folder, "--json",
            ]
            let fit = try await TuttiProgram.run(command)
            try #require(fit.status == 0, "\(fit.testDescription)")
            let estimate = try fit.document()
            let parts = try #require(estimate["parts"] as? [[String: Any]])
            #expect(parts.map { $0["rows"] as? Int } == [100, 100])
            let best = try parts.map { try #require(($0["values"] as? [String: Double])?["best"]) }
            let summary = try #require((estimate["ensembles"] as? [[String: Any]])?.first)
            #expect(summary["ensemble"] as? String == "best")
            #expect(abs((summary["mean"] as? Double ?? 0) - (best[0] + best[1]) / 2) < 1e-9)
            for part in 0..<2 { #expect(try document(folder + "/part-\(part)/run.json")["rows"] as? Int == 100) }
            let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/part-0/run.json"))
            let again = try await TuttiProgram.run(command)
            #expect(again.status == 0, "\(again.testDescription)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/part-0/run.json")) == before, "a finished part was run again")
            #expect(try again.document()["ensembles"] as? [[String: AnyHashable]] == estimate["ensembles"] as? [[String: AnyHashable]])
        }

        @Test(arguments: [
            (["--resampling", "cv:1"], "write holdout:0.2, cv:5"), (["--resampling", "grouped:5"], "name it with --groups"),
            (["--groups", "site"], "there is no column 'site' for --groups"), (["--order", "colour"], "holds names"),
            (["--resampling", "cv:5", "--order", "weight"], "--order goes with the resampling time:PARTS"),
            (["--resampling", "cv:700"], "at most as many parts"),
        ])
        func aResamplingThatCannotBeIsRefused(options: [String], says: String) async throws {
            let files = try Scratch.folder("refused")
            let training = try ToyFiles.writeTable(120, seed: 1, to: "train.csv", in: files)
            let result = try await TuttiProgram.run(["fit", training, "--target", ToyFiles.target, "--out", files.appending(path: "run").path] + options)
            #expect(result.status == 64 || result.status == 65, "\(result.testDescription)")
            #expect(result.errors.contains(says), "\(result.testDescription)")
        }
    }
}
