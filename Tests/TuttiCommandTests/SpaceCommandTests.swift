import Foundation
import Testing

extension CommandTests {
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
