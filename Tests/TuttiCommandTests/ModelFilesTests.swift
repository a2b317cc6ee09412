import Foundation
import Testing

extension CommandTests {
    /// A model is its ONNX file: any other program must get the same from it.
    @Suite("The files of the models", needsRuntimes, needsPython)
    struct ModelFilesTests {
        @Test(arguments: ["table", "numbers", "images"])
        func everyModelPredictsTheSameInPython(kind: String) async throws {
            let run = try await FittedRun.named(kind)
            let folder = try Scratch.folder("predictions")
            let models = try await FittedRun.models(of: run.folder)
            for model in models {
                let file = folder.appending(path: model.id + ".csv").path
                let result = try await TuttiProgram.run("predict", run.folder, run.test, "--ensemble", model.id, "--probabilities", "--out", file)
                #expect(result.status == 0, "\(result.testDescription)")
            }
            let peer = try await PythonPeer.run("check_models.py", [run.folder, run.training, run.test, folder.path])
            let document = try peer.document()
            #expect(document["problems"] as? [String] == [])
            #expect(peer.status == 0)
            #expect((document["models"] as? [String: Any])?.count == models.count)
        }

        @Test(arguments: ["table", "numbers", "images"])
        func everyModelPassesTheCheckerAndRunsOnMadeUpRows(kind: String) async throws {
            let run = try await FittedRun.named(kind)
            let peer = try await PythonPeer.run("check_onnx.py", [run.folder + "/library"])
            #expect(peer.status == 0, "\(peer.output)")
        }
    }
}
