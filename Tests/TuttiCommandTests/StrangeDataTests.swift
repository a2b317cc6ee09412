import Foundation
import Testing

extension CommandTests {
    @Suite("Data that is strange and usable", needsRuntimes)
    struct StrangeDataTests {
        private func fit(_ data: String, seconds: Int = 8, options: [String] = []) async throws -> (result: FinishedProgram, folder: String) {
            let folder = try Scratch.folder("strange").appending(path: "run").path
            let result = try await TuttiProgram.run(
                ["fit", data, "--target", ToyFiles.target, "--time", "\(seconds)s", "--out", folder] + options, limitSeconds: 90)
            return (result, folder)
        }

        @Test func anEmptyColumnNaNAndInfinitiesAreTaken() async throws {
            let files = try Scratch.folder()
            let data = try ToyFiles.writeTable(300, seed: 31, to: "data.csv", in: files) { row, cells in
                cells[2] = ""
                if row % 7 == 0 { cells[1] = "NaN" }
                if row % 11 == 0 { cells[1] = "inf" }
                if row % 13 == 0 { cells[1] = "-Infinity" }
            }
            let (result, folder) = try await fit(data)
            #expect(result.status == 0, "\(result.testDescription)")
            #expect(result.errors.contains("note:") && result.errors.contains("'weight'"), "no note about the empty column: \(result.errors)")
            #expect(result.failedTrials == [])
            let predictions = try await TuttiProgram.run("predict", folder, data, "--probabilities").table().rows
            #expect(predictions.count == 300)
            #expect(predictions.allSatisfy { row in ToyFiles.classes.allSatisfy { Double(row[$0] ?? "")?.isFinite == true } })
        }

        @Test func aHundredThousandCategoriesAreTaken() async throws {
            let files = try Scratch.folder()
            let data = try ToyFiles.writeTable(100_000, seed: 32, to: "data.csv", in: files) { row, cells in cells[0] = "item \(row)" }
            let (result, folder) = try await fit(data, seconds: 20, options: ["--trials", "2"])
            #expect(result.status == 0, "\(result.testDescription)")
            #expect(result.failedTrials == [])
            #expect(try await TuttiProgram.run("evaluate", folder, data).status == 0)
        }

        @Test func aClassThatTrainingNeverSawIsNotedAndLeftOut() async throws {
            let run = try await FittedRun.table.value
            let data = try ToyFiles.writeTable(40, seed: 33, to: "data.csv", in: Scratch.folder()) { row, cells in if row == 7 { cells[4] = "perhaps" } }
            let result = try await TuttiProgram.run("evaluate", run.folder, data, "--json")
            #expect(result.status == 0 && result.errors.contains("'perhaps'"), "\(result.testDescription)")
            #expect(try result.document()["rows"] as? Int == 39)
        }

        @Test func aCategoryThatTrainingNeverSawIsPredictedFor() async throws {
            let run = try await FittedRun.table.value
            let data = try ToyFiles.writeTable(40, seed: 34, to: "data.csv", in: Scratch.folder()) { _, cells in cells[0] = "ultraviolet" }
            let result = try await TuttiProgram.run("predict", run.folder, data)
            #expect(result.status == 0)
            #expect(try result.table().rows.count == 40)
        }

        @Test func columnsMayComeInAnotherOrderAndWithOthersAmongThem() async throws {
            let run = try await FittedRun.table.value
            let rows = ToyFiles.tableRows(40, seed: 35)
            let files = try Scratch.folder()
            let plain = try Scratch.write(([ToyFiles.columns + [ToyFiles.target]] + rows).map(CSV.line).joined(), to: "plain.csv", in: files)
            let turned = rows.enumerated().map { index, row in ["\(index)"] + row.dropLast().reversed() }
            let other = try Scratch.write(([["number"] + ToyFiles.columns.reversed()] + turned).map(CSV.line).joined(), to: "other.csv", in: files)
            let wanted = try await TuttiProgram.run("predict", run.folder, plain, "--probabilities")
            let got = try await TuttiProgram.run("predict", run.folder, other, "--probabilities")
            #expect(wanted.status == 0 && got.output == wanted.output, "\(got.testDescription)")
        }
    }
}
