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

    @Suite("Search spaces")
    struct SpaceCommandTests {
        @Test func aReadySpaceIsWrittenReadAndDrawnFrom() async throws {
            let folder = try Scratch.folder("space")
            let written = try await TuttiProgram.run("space", "ready:svm")
            #expect(written.status == 0 && written.output.contains("kernel"), "\(written.testDescription)")
            let file = try Scratch.write(written.output, to: "svm.yaml", in: folder)
            for format in ["json", "configspace", "pcs-new", "irace", "yaml"] {
                let other = folder.appending(path: "space.\(format)").path
                // What irace cannot express are defaults.
                let converted = try await TuttiProgram.run(["space", file, "--to", format, "--out", other] + (format == "irace" ? ["--lossy"] : []))
                #expect(converted.status == 0, "\(converted.testDescription)")
                let back = try await TuttiProgram.run("space", other, "--draw", "3", "--seed", "5")
                #expect(back.status == 0, "\(back.testDescription)")
                #expect(back.output.split(separator: "\n").count == 3)
            }
            let program = try await TuttiProgram.run("optimize", "--space", "ready:svm", "--dry-run", "--", "train")
            #expect(program.status == 0 && program.output.contains("--kernel"), "\(program.testDescription)")
        }

        @Test func anUnknownSpaceIsRefused() async throws {
            let result = try await TuttiProgram.run("space", "ready:svn")
            #expect(result.status == 65 && result.errors.contains("there are elastic-net"), "\(result.testDescription)")
        }
    }
}
