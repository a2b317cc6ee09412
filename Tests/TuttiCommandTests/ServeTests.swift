import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension CommandTests {
    @Suite("Serving", needsRuntimes)
    struct ServeTests {
        /// Starts a server on a port that the system chooses.
        private func serve(_ folder: String, _ options: [String] = []) async throws -> (program: RunningProgram, address: String) {
            let program = try TuttiProgram.start(["serve", folder, "--port", "0"] + options)
            try await program.reaches("the announcement of its address", withinSeconds: 60) { program.output.contains("http://") }
            let address = try #require(program.output.firstMatch(of: /http:\/\/(\S+)/)?.output.1)
            return (program, String(address))
        }

        @Test(needsPython, arguments: ["table", "numbers", "images"])
        func theReferenceClientGetsThePredictionsOfTheCommand(kind: String) async throws {
            let run = try await FittedRun.named(kind)
            let printed = try await TuttiProgram.run("predict", run.folder, run.test, "--probabilities").table()
            let (server, address) = try await serve(run.folder)
            let peer = try await PythonPeer.run("check_server.py", [address, "best", try inputs(of: run, kind: kind)])
            server.send(SIGTERM)
            let end = try await server.finished(withinSeconds: 20)
            #expect(!end.wasKilled && end.status == 0, "\(end.testDescription)")
            let document = try peer.document()
            #expect(peer.status == 0, "\(document["problems"] ?? peer.errors)")
            let answers = try #require(document["outputs"] as? [String: Any])
            let values = try #require((answers["probabilities"] ?? answers["values"]) as? [Double])
            let columns = kind == "numbers" ? printed.columns : Array(printed.columns.dropFirst())
            let expected = try printed.rows.flatMap { row in try columns.map { try #require(Double(row[$0] ?? "")) } }
            #expect(values.count == expected.count)
            let worst = zip(values, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
            #expect(worst <= 1e-5, "served and predicted numbers differ by \(worst)")
            if let names = answers["prediction"] as? [String] { #expect(names == printed.rows.map { $0["prediction"] }) }
        }

        /// The test data in the form that the peer reads.
        private func inputs(of run: FittedRun, kind: String) throws -> String {
            if kind != "images" { return run.test }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: run.test)).dropFirst(16)
            let side = ToyFiles.imageSide
            let images = stride(from: bytes.startIndex, to: bytes.endIndex, by: side * side).map { start in
                (0..<side).map { row in (0..<side).map { [Int(bytes[start + row * side + $0])] } }
            }
            let file = try Scratch.folder().appending(path: "images.json")
            try JSONSerialization.data(withJSONObject: ["pixels": images]).write(to: file)
            return file.path
        }

        @Test func aSingleModelIsServedUnderItsId() async throws {
            let run = try await FittedRun.table.value
            let id = try await FittedRun.models(of: run.folder)[0].id
            let (server, address) = try await serve(run.folder, ["--ensemble", id])
            let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: "http://\(address)/v2/models/\(id)")))
            let metadata = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(metadata["name"] as? String == id)
            let inputs = try #require(metadata["inputs"] as? [[String: Any]])
            #expect(Set(inputs.compactMap { $0["name"] as? String }) == Set(ToyFiles.columns))
            server.send(SIGINT)
            #expect(try await server.finished(withinSeconds: 20).status == 0)
        }

        @Test func aPortInUseIsSaid() async throws {
            let run = try await FittedRun.table.value
            let (server, address) = try await serve(run.folder, ["--ensemble", "fast"])
            let port = try #require(address.split(separator: ":").last)
            let second = try await TuttiProgram.run("serve", run.folder, "--ensemble", "fast", "--port", String(port))
            #expect(second.status == 64, "\(second.testDescription)")
            #expect(second.errorLines.count == 1 && second.errors.contains("\(address) is in use"), "\(second.errors)")
            server.send(SIGTERM)
            #expect(try await server.finished(withinSeconds: 20).status == 0)
        }

        @Test func modelsThatCannotBeLoadedEndTheServer() async throws {
            let folder = try await FittedRun.table.value.copy()
            let models = try FileManager.default.contentsOfDirectory(atPath: folder + "/library")
            for model in models { try Data("no model".utf8).write(to: URL(fileURLWithPath: folder + "/library/\(model)/model.onnx")) }
            let result = try await TuttiProgram.run("serve", folder, "--port", "0")
            #expect(result.status == 65, "\(result.testDescription)")
            #expect(result.errorLines.count == 1 && result.errors.contains("model.onnx"))
        }
    }
}
