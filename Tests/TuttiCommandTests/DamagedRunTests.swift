import Foundation
import Testing

extension CommandTests {
    /// Files of a run that were cut short, changed or removed: named in the message, and no more is lost than they hold.
    @Suite("A damaged run", needsRuntimes)
    struct DamagedRunTests {
        private func refuse(_ arguments: [String], says words: [String]) async throws {
            let result = try await TuttiProgram.run(arguments)
            #expect(!result.wasKilled && result.status == 65, "\(result.testDescription)")
            #expect(result.errorLines.count == 1, "\(result.errors)")
            for word in words { #expect(result.errors.contains(word), "\(word) is not in: \(result.errors)") }
            #expect(!result.errors.contains("NSCocoaErrorDomain") && !result.errors.contains("DecodingError"), "\(result.errors)")
        }

        private func change(_ file: String, _ change: (Data) -> Data) throws {
            let url = URL(fileURLWithPath: file)
            try change(Data(contentsOf: url)).write(to: url)
        }

        private func replace(_ old: String, by new: String, in file: String) throws {
            try change(file) { data in
                let text = String(decoding: data, as: UTF8.self)
                #expect(text.contains(old))
                return Data(text.replacingOccurrences(of: old, with: new).utf8)
            }
        }

        @Test func theManifestIsNamedWithThePlaceOfTheDamage() async throws {
            let run = try await FittedRun.table.value
            let folder = try run.copy()
            for verb in [["models", folder], ["resume", folder, "--time", "5s"], ["predict", folder, run.test]] {
                for bytes in [0, 300] {
                    try change(folder + "/run.json") { _ in try! Data(contentsOf: URL(fileURLWithPath: run.folder + "/run.json")).prefix(bytes) }
                    try await refuse(verb, says: ["run.json", "damaged", "JSON"])
                }
            }
            try FileManager.default.removeItem(atPath: folder)
            let other = try run.copy()
            try replace("\"seed\"", by: "\"sed\"", in: other + "/run.json")
            try await refuse(["models", other], says: ["run.json", "'seed'"])
            try replace("\"sed\"", by: "\"seed\"", in: other + "/run.json")
            try replace("\"formatVersion\" : 2", by: "\"formatVersion\" : 99", in: other + "/run.json")
            try await refuse(["models", other], says: ["run.json", "99"])
        }

        @Test func ensemblesThatCannotBeReadAreNamedAndMadeAnew() async throws {
            let run = try await FittedRun.table.value
            let folder = try run.copy()
            try change(folder + "/ensembles.json") { $0.prefix(100) }
            for verb in [["ensembles", folder], ["predict", folder, run.test], ["serve", folder, "--port", "0"], ["place", folder]] {
                try await refuse(verb, says: ["ensembles.json", "damaged"])
            }
            let model = try await FittedRun.models(of: folder)[0].id
            #expect(try await TuttiProgram.run("predict", folder, run.test, "--ensemble", model).status == 0)
            try FileManager.default.removeItem(atPath: folder + "/ensembles.json")
            try await refuse(["ensembles", folder], says: ["no ensembles", "tutti resume"])
            let resumed = try await TuttiProgram.run("resume", folder, "--time", "4s")
            #expect(resumed.status == 0, "\(resumed.testDescription)")
            #expect(try await TuttiProgram.run("predict", folder, run.test).status == 0)
        }

        @Test func aModelWithoutAReadableCardIsLeftOutWithANote() async throws {
            let run = try await FittedRun.table.value
            let folder = try run.copy()
            let models = try await FittedRun.models(of: folder).map(\.id)
            let damaged = try #require(models.last)
            try change(folder + "/library/\(damaged)/card.json") { $0.prefix(40) }
            for verb in [["models", folder], ["ensembles", folder, "--max-models", "3"], ["resume", folder, "--time", "4s"]] {
                let result = try await TuttiProgram.run(verb)
                #expect(result.status == 0 && result.errors.contains("note: ") && result.errors.contains("\(damaged)/card.json"), "\(result.testDescription)")
            }
            #expect(try await FittedRun.models(of: folder).allSatisfy { $0.id != damaged })
            try await refuse(["predict", folder, run.test, "--ensemble", damaged], says: [damaged])
        }

        @Test func aModelFileThatCannotBeReadIsNamed() async throws {
            let run = try await FittedRun.table.value
            let folder = try run.copy()
            let model = try await FittedRun.models(of: folder)[0].id
            let file = "library/\(model)/model.onnx"
            try change(folder + "/" + file) { $0.prefix(200) }
            try await refuse(["predict", folder, run.test, "--ensemble", model], says: [file])
            try FileManager.default.removeItem(atPath: folder + "/" + file)
            try await refuse(["predict", folder, run.test, "--ensemble", model], says: [file])
            try await refuse(["place", folder, "--ensemble", model, "--time", "1s"], says: [file])
        }

        @Test func validationPredictionsThatCannotBeReadAreNoted() async throws {
            let folder = try await FittedRun.table.value.copy()
            let models = try await FittedRun.models(of: folder).map(\.id)
            try change(folder + "/library/\(models[0])/validation.npy") { $0.prefix(150) }
            let some = try await TuttiProgram.run("ensembles", folder, "--max-models", "2")
            #expect(some.status == 0 && some.errors.contains(models[0]), "\(some.testDescription)")
            #expect(!some.output.contains(models[0]))
            for model in models { try change(folder + "/library/\(model)/validation.npy") { $0.prefix(150) } }
            try await refuse(["ensembles", folder, "--max-models", "2"], says: ["validation.npy"])
        }

        @Test func aStudyThatIsGoneOrCutShortIsNamed() async throws {
            let folder = try await FittedRun.table.value.copy()
            try change(folder + "/study.db") { $0.prefix(5000) }
            try await refuse(["resume", folder, "--time", "5s"], says: ["study.db"])
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder + "/study.db" + suffix) }
            try await refuse(["resume", folder, "--time", "5s"], says: ["study.db"])
            #expect(!FileManager.default.fileExists(atPath: folder + "/study.db"), "an empty study was made")
        }

        @Test func aPlacementThatCannotBeReadIsNamedAndMadeAnew() async throws {
            let folder = try await FittedRun.table.value.copy()
            try change(folder + "/placement.json") { $0.prefix(60) }
            try await refuse(["serve", folder, "--port", "0"], says: ["placement.json", "damaged"])
            let placed = try await TuttiProgram.run("place", folder, "--time", "1s")
            #expect(placed.status == 0, "\(placed.testDescription)")
            let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder + "/placement.json"))) as? [String: Any]
            #expect((document?["placements"] as? [Any])?.count == 1)
        }

        @Test func dataThatHasChangedIsNamed() async throws {
            let files = try Scratch.folder()
            let data = try ToyFiles.writeTable(200, seed: 51, to: "data.csv", in: files)
            let folder = files.appending(path: "run").path
            let fit = try await TuttiProgram.run(
                "fit", data, "--target", ToyFiles.target, "--time", "7s", "--out", folder, "--learners", "lightgbm", "--trials", "2")
            #expect(fit.status == 0, "\(fit.testDescription)")
            _ = try ToyFiles.writeTable(200, seed: 52, to: "data.csv", in: files)
            try await refuse(["resume", folder, "--time", "5s"], says: ["data.csv", "changed"])
            #expect(try await TuttiProgram.run("predict", folder, data).status == 0)
            try FileManager.default.removeItem(atPath: data)
            try await refuse(["resume", folder, "--time", "5s"], says: ["data.csv"])
        }
    }
}
