import Foundation
import OnnxRuntime
import Serving
import Testing

@testable import ServingHTTP

/// The protocol in memory, with real models.
@Suite(.enabled(if: TinyModels.canRun, "ONNX Runtime is not installed"), .timeLimit(.minutes(5))) struct OIPHandlerTests {
    private func handler(loaded: Bool = true, tensorBytes: Int = 1 << 20) async throws -> OIPHandler {
        let repository = try TinyModels.repository()
        if loaded { #expect(await repository.loadAll().isEmpty) }
        return OIPHandler(repository: repository, name: "tutti", version: "1.0", limits: MessageLimits(tensorBytes: tensorBytes))
    }

    private func json(_ answer: OIPAnswer) throws -> JSONValue {
        let length = answer.headers["Inference-Header-Content-Length"].flatMap { Int($0) } ?? answer.body.count
        return try answer.body[..<length].withUnsafeBufferPointer { try JSONScanner.document($0) }
    }

    private func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) -> OIPRequest {
        OIPRequest(method: "POST", path: path, headers: headers, body: Array(body.utf8))
    }

    private static let inputs =
        #""inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP32", "data": [[1, 2, 3, 4], [0.5, 0, 0, 1]]}, "#
        + #"{"name": "color", "shape": [2, 1], "datatype": "BYTES", "data": ["red", "größe"]}]"#

    private var expected: [Float] { TinyModels.probabilities([1, 2, 3, 4], "red") + TinyModels.probabilities([0.5, 0, 0, 1], "größe") }

    private func close(_ one: [Float], _ other: [Float]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    private func numbers(_ value: JSONValue?) -> [Float] {
        value?.elements?.map { element in if case .number(let number) = element { Float(number) } else { Float(element.whole ?? -1) } }
            ?? []
    }

    // MARK: - What the server says of itself

    @Test(arguments: [
        ("/v2/health/live", #"{"live":true}"#), ("/v2/health/ready?test_1=1&test_2=2", #"{"ready":true}"#),
        ("/v2/models/best/ready", #"{"name":"best","ready":true}"#),
        ("/v2/models/a%20value/versions/1/ready/", #"{"name":"a value","ready":true}"#),
    ])
    func healthIsGood(path: String, body: String) async throws {
        let answer = try await handler().respond(to: OIPRequest(method: "GET", path: path))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
    }

    @Test func aServerThatLoadsIsLiveAndNotReady() async throws {
        let handler = try await handler(loaded: false)
        #expect(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/health/live")).status == 200)
        #expect(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/health/ready")).status == 400)
        #expect(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/best/ready")).status == 400)
        #expect(await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs)}")).status == 503)
    }

    @Test func metadataTellsNamesAndForms() async throws {
        let handler = try await handler()
        let server = try json(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/")))
        #expect(server["name"] == .string("tutti"))
        #expect(server["extensions"]?.elements?.contains(.string("binary_tensor_data")) == true)
        let answer = await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/best?a=b"))
        #expect(
            String(decoding: answer.body, as: UTF8.self)
                == #"{"name":"best","versions":["1"],"platform":"ensemble","inputs":[{"name":"x","datatype":"FP32","shape":[-1,4]},"#
                + #"{"name":"color","datatype":"BYTES","shape":[-1,1]}],"outputs":[{"name":"probabilities","datatype":"FP32","shape":[-1,3]},"#
                + #"{"name":"prediction","datatype":"BYTES","shape":[-1]}],"properties":{"members":"linear,color","classes":"ant,bee,größe"}}"#
        )
        let config = try json(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/best/config")))
        #expect(config["max_batch_size"]?.whole == 65_536)
        #expect(config["input"]?.elements?.last?["data_type"] == .string("TYPE_STRING"))
    }

    @Test(arguments: [
        ("GET", "/v3", 404), ("GET", "/", 404), ("GET", "/v2/models", 404), ("GET", "/v2/models/none", 404),
        ("GET", "/v2/models/none/ready", 404),
        ("GET", "/v2/models/best/versions/7", 404), ("GET", "/v2/models/best/nothing", 404), ("GET", "/v2/models/best/infer", 405),
        ("POST", "/v2/health/live", 405), ("DELETE", "/v2", 405), ("GET", "/v2/repository/index", 405), ("GET", "/v2/models/%ff", 400),
        ("POST", "/v2/models/none/infer", 404), ("POST", "/v2/repository/models/none/load", 400),
        ("POST", "/v2/repository/models/none/unload", 404),
    ])
    func everyFailureHasAnError(method: String, path: String, status: Int) async throws {
        let answer = try await handler().respond(to: OIPRequest(method: method, path: path, body: Array("{}".utf8)))
        #expect(answer.status == status)
        let text = try json(answer)["error"]?.text ?? ""
        #expect(!text.isEmpty)
        if path.contains("none/i") || path.hasSuffix("models/none") { #expect(text.hasPrefix("Request for unknown model")) }
        if path.hasSuffix("/load") { #expect(text.contains("failed to load")) }
    }

    // MARK: - Inference

    @Test func jsonGoesInAndOut() async throws {
        let body = "{\"id\": \"42\", \"model_name\": \"ignored\", \(Self.inputs)}"
        let answer = try await handler().respond(to: post("/v2/models/best/versions/1/infer", body))
        #expect(answer.status == 200 && answer.contentType == "application/json")
        let value = try json(answer)
        #expect(value["model_name"] == .string("best") && value["id"] == .string("42"))
        let outputs = try #require(value["outputs"]?.elements)
        #expect(outputs.map { $0["name"]?.text } == ["probabilities", "prediction"])
        #expect(outputs[0]["shape"] == .array([.integer(2), .integer(3)]))
        #expect(close(numbers(outputs[0]["data"]), expected))
        #expect(outputs[1]["data"] == .array([.string("bee"), .string("bee")]))
    }

    @Test func binaryAndJSONMayBeMixed() async throws {
        let handler = try await handler()
        let color: [UInt8] = [3, 0, 0, 0] + Array("red".utf8) + [7, 0, 0, 0] + Array("größe".utf8)
        let x = [Float]([1, 2, 3, 4, 0.5, 0, 0, 1]).withUnsafeBytes { [UInt8]($0) }
        let plain = #"{"name": "x", "shape": [2, 4], "datatype": "FP32", "data": [1, 2, 3, 4, 0.5, 0, 0, 1]}"#
        func binary(_ name: String, _ shape: String, _ type: String, _ size: Int) -> String {
            #"{"name": "\#(name)", "shape": \#(shape), "datatype": "\#(type)", "parameters": {"binary_data_size": \#(size)}}"#
        }
        let colors = binary("color", "[2, 1]", "BYTES", color.count)
        for (header, tail) in [
            ("\"inputs\": [\(plain), \(colors)]", color), ("\"inputs\": [\(colors), \(plain)]", color),
            ("\"inputs\": [\(binary("x", "[2, 4]", "FP32", 32)), \(colors)]", x + color),
            ("\"inputs\": [\(colors), \(binary("x", "[2, 4]", "FP32", 32))]", color + x),
        ] {
            let outputs = #""outputs": [{"name": "prediction"}, {"name": "probabilities", "parameters": {"binary_data": true}}]"#
            let body = Array("{\(header), \(outputs)}".utf8)
            let length = ["inference-header-content-length": "\(body.count)"]
            let answer = await handler.respond(
                to: OIPRequest(method: "POST", path: "/v2/models/best/infer", headers: length, body: body + tail))
            #expect(answer.status == 200 && answer.contentType == "application/octet-stream")
            let value = try json(answer)
            #expect(value["outputs"]?.elements?[0]["data"] == .array([.string("bee"), .string("bee")]))
            #expect(value["outputs"]?.elements?[1]["parameters"]?["binary_data_size"]?.whole == 24)
            let floats = try TensorValue(.fp32, shape: [6], bytes: Array(answer.body.suffix(24))).floats ?? []
            #expect(close(floats, expected))

            // One byte more or less is an error, and so is a header that lies.
            for changed in [body + tail + [0], body + tail.dropLast()] {
                let answer = await handler.respond(
                    to: OIPRequest(method: "POST", path: "/v2/models/best/infer", headers: length, body: changed))
                #expect(answer.status == 400)
            }
            for lie in ["-1", "abc", "99999", "99999999999999999999", "", "1.5", "\(body.count + 1)"] {
                let headers = ["inference-header-content-length": lie]
                let answer = await handler.respond(
                    to: OIPRequest(method: "POST", path: "/v2/models/best/infer", headers: headers, body: body + tail))
                #expect(answer.status == 400, "\(lie)")
            }
        }
    }

    @Test func rawBytesAreTheOnlyInput() async throws {
        let handler = try await handler()
        let headers = ["inference-header-content-length": "0"]
        let answer = await handler.respond(
            to: OIPRequest(method: "POST", path: "/v2/models/a%20value/infer", headers: headers, body: [1, 2, 3, 4]))
        #expect(answer.status == 200)
        #expect(try TensorValue(.fp32, shape: [2], bytes: Array(answer.body.suffix(8))).floats == [2.5, 2.5])
        for (model, body) in [("a%20value", [UInt8](repeating: 0, count: 5)), ("best", [1, 2, 3, 4])] {
            let answer = await handler.respond(
                to: OIPRequest(method: "POST", path: "/v2/models/\(model)/infer", headers: headers, body: body))
            #expect(answer.status == 400)
        }
    }

    @Test func classesComeBestFirst() async throws {
        let wish = #""outputs": [{"name": "probabilities", "parameters": {"classification": 2}}]"#
        let answer = try await handler().respond(to: post("/v2/models/best/infer", "{\(Self.inputs), \(wish)}"))
        let output = try #require(try json(answer)["outputs"]?.elements?.first)
        #expect(output["datatype"] == .string("BYTES") && output["shape"] == .array([.integer(2), .integer(2)]))
        let texts = output["data"]?.elements?.compactMap(\.text) ?? []
        let names = ["ant", "bee", "größe"]
        let best = [0, 3].flatMap { row in (0..<3).sorted { expected[row + $0] > expected[row + $1] }.prefix(2).map { "\($0):\(names[$0])" }
        }
        #expect(texts.map { $0.split(separator: ":").dropFirst().joined(separator: ":") } == best)
        let wrong = #""outputs": [{"name": "prediction", "parameters": {"classification": 1}}]"#
        #expect(try await handler().respond(to: post("/v2/models/best/infer", "{\(Self.inputs), \(wrong)}")).status == 400)
    }

    @Test(arguments: [
        #"{}"#, #"[]"#, #"{"inputs": {}}"#, #"{"inputs": []}"#, #"{"inputs": [{}]}"#, #"{"inputs": [1]}"#, #"{"id": 1, "inputs": []}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32"}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP99", "data": [1, 2, 3, 4]}]}"#,
        #"{"inputs": [{"name": "x", "shape": [-1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1.5, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]}"#,
        #"{"inputs": [{"name": "x", "shape": "14", "datatype": "FP32", "data": [1, 2, 3, 4]}]}"#,
        #"{"inputs": [{"name": "x", "shape": [9223372036854775807, 4], "datatype": "FP32", "data": []}]}"#,
        #"{"inputs": [{"name": "x", "shape": [4611686018427387904], "datatype": "FP32", "data": []}]}"#,
        #"{"inputs": [{"name": "x", "shape": [100000, 4], "datatype": "FP32", "data": [1]}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4], "parameters": {"binary_data_size": 16}}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": 16}}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": -1}}]}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP16", "data": [1, 2, 3, 4]}]}"#,
        #"{"parameters": {"a": []}, "inputs": []}"#, #"{"parameters": {"triton_x": 1}, "inputs": []}"#,
        #"{"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}, {"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]}"#,
    ])
    func badRequestsAreRefused(body: String) async throws {
        let answer = try await handler().respond(to: post("/v2/models/best/infer", body))
        #expect(answer.status == 400)
        #expect(try json(answer)["error"]?.text?.isEmpty == false)
    }

    @Test func outputsAndParametersAreChecked() async throws {
        let handler = try await handler()
        for (rest, text) in [
            (#""outputs": [{"name": "prediction"}, {"name": "prediction"}]"#, "output 'prediction' already exists in request"),
            (#""outputs": [{"name": "OUTPUT"}]"#, "unexpected inference output 'OUTPUT'"),
            (#""outputs": {}"#, "'outputs' must be an array"),
            (#""parameters": {"binary_data_output": 1}"#, "true or false"), (#""parameters": {"timeout": "soon"}"#, "microseconds"),
            (#""parameters": {"sequence_id": 5}"#, "sequence"),
        ] {
            let answer = await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs), \(rest)}"))
            #expect(answer.status == 400)
            let got = try json(answer)["error"]?.text ?? ""
            #expect(got.contains(text), "\(got)")
        }
        let fine = #""outputs": [], "parameters": {"timeout": 5000000, "priority": 0, "own": "x", "sequence_id": 0}"#
        #expect(await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs), \(fine)}")).status == 200)
    }

    // MARK: - Repository and statistics

    @Test func statisticsAndMetricsAgree() async throws {
        let handler = try await handler()
        for _ in 0..<3 { _ = await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs)}")) }
        _ = await handler.respond(to: post("/v2/models/best/infer", #"{"inputs": []}"#))
        let entries = try json(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/best/stats")))["model_stats"]?.elements
        let entry = try #require(entries?.first)
        #expect(entries?.count == 1)
        #expect(entry["inference_count"]?.whole == 6)
        #expect(entry["inference_stats"]?["success"]?["count"]?.whole == 3)
        #expect(entry["inference_stats"]?["fail"]?["count"]?.whole == 1)
        #expect(entry["members"]?.elements?.map { $0["inference_count"]?.whole } == [6, 6])
        #expect(
            try json(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/stats")))["model_stats"]?.elements?.count == 2)
        let text = String(decoding: await handler.respond(to: OIPRequest(method: "GET", path: "/metrics")).body, as: UTF8.self)
        #expect(text.contains("nv_inference_request_success{model=\"best\",version=\"1\"} 3\n"))
        #expect(text.contains("nv_inference_request_failure{model=\"best\",version=\"1\",reason=\"OTHER\"} 1\n"))
        #expect(text.contains("nv_inference_count{model=\"best\",version=\"1\"} 6\n"))
        #expect(text.contains("tutti_member_rows{model=\"best\",version=\"1\",member=\"color\"} 6\n"))
    }

    @Test func modelsAreListedUnloadedAndLoadedAgain() async throws {
        let handler = try await handler()
        func states(_ body: String) async throws -> [String?] {
            try json(await handler.respond(to: post("/v2/repository/index", body))).elements?.map { $0["state"]?.text } ?? []
        }
        #expect(try await states("") == ["READY", "READY"])
        #expect(await handler.respond(to: post("/v2/repository/models/best/unload", "{}")).status == 200)
        #expect(try await states("{\"ready\": true}") == ["READY"])
        #expect(await handler.respond(to: OIPRequest(method: "GET", path: "/v2/models/best/ready")).status == 400)
        #expect(await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs)}")).status == 503)
        #expect(await handler.respond(to: post("/v2/repository/models/best/load", "{\"parameters\": {\"config\": \"{}\"}}")).status == 400)
        #expect(await handler.respond(to: post("/v2/repository/models/best/load", "")).status == 200)
        #expect(await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs)}")).status == 200)
        #expect(await handler.respond(to: post("/v2/repository/index", "{\"ready\": 1}")).status == 400)
    }

    /// Section by section a good request is damaged; the server answers each in the protocol's form and works afterwards.
    @Test func damagedRequestsNeverBreakTheServer() async throws {
        let handler = try await handler(tensorBytes: 1 << 16)
        let header =
            #"{"id": "1", "inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP32", "parameters": {"binary_data_size": 32}}, "#
            + #"{"name": "color", "shape": [2, 1], "datatype": "BYTES", "data": ["red", "größe"]}], "outputs": [{"name": "probabilities"}]}"#
        let good = Array(header.utf8) + [UInt8](repeating: 0, count: 32)
        var generator = SystemRandomNumberGenerator()
        let interesting = Array("{}[]\",:0123456789-.eE\\ntf".utf8)
        for _ in 0..<3000 {
            var body = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: body[index] = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                case 2: body.remove(at: index)
                default: body.insert(interesting[Int.random(in: 0..<interesting.count, using: &generator)], at: index)
                }
            }
            let length = Int.random(in: 0..<8, using: &generator) == 0 ? Int.random(in: -5...500, using: &generator) : header.utf8.count
            let headers = ["inference-header-content-length": "\(length)"]
            let answer = await handler.respond(to: OIPRequest(method: "POST", path: "/v2/models/best/infer", headers: headers, body: body))
            #expect(answer.status == 200 || answer.status == 400, "\(answer.status): \(body)")
            if answer.status != 200 { #expect(try json(answer)["error"]?.text?.isEmpty == false) }
        }
        #expect(await handler.respond(to: post("/v2/models/best/infer", "{\(Self.inputs)}")).status == 200)
    }
}
