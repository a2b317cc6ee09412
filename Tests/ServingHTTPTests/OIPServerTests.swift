import Foundation
import Learning
import Logging
import OnnxRuntime
import Placement
import ServiceLifecycle
import Serving
import Synchronization
import Testing

@testable import ServingHTTP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The protocol over real sockets.
@Suite(.serialized, .enabled(if: TinyModels.canRun, "ONNX Runtime is not installed"), .timeLimit(.minutes(2))) struct OIPServerTests {
    private static let inputs = #"{"inputs": [{"name": "pixels", "shape": [1, 4], "datatype": "UINT8", "data": [1, 2, 3, 4]}]}"#

    /// Runs a server for the time of `body`, which gets its port.
    private func serving(
        _ repository: ModelRepository, options: OIPServerOptions = OIPServerOptions(),
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ready, announcement) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = OIPServer(repository: repository, port: 0, options: options, logger: logger) { address in
            announcement.yield(Int(address.split(separator: ":").last ?? "") ?? 0)
            announcement.finish()
        }
        let group = ServiceGroup(services: [server], logger: logger)
        let running = Task { try await group.run() }
        for await port in ready { try await body(port) }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func requestsShareAConnection() async throws {
        try await serving(TinyModels.repository()) { port in
            let socket = try Connection(port: port)
            for _ in 0..<3 {
                let answer = try await socket.ask("POST /v2/models/a%20value/infer?x=1", body: Self.inputs)
                #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(#""data":[2.5]"#), "\(answer)")
            }
            #expect(try await socket.ask("GET /v2/health/ready").contains("{\"ready\":true}"))
            #expect(try await socket.ask("GET /nowhere").hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func chunkedBodiesNeedNoLength() async throws {
        try await serving(TinyModels.repository()) { port in
            let socket = try Connection(port: port)
            try socket.send("POST /v2/models/a%20value/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in [Self.inputs.prefix(30), Self.inputs.dropFirst(30)] {
                try socket.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n")
            }
            try socket.send("0\r\n\r\n")
            #expect(try await socket.receive().contains(#""data":[2.5]"#))
        }
    }

    @Test func bodiesAreBounded() async throws {
        var options = OIPServerOptions()
        options.bodyBytesLimit = 1000
        try await serving(TinyModels.repository(), options: options) { port in
            let declared = try await Connection(port: port).ask(
                "POST /v2/models/a%20value/infer", body: String(repeating: " ", count: 1001))
            #expect(declared.hasPrefix("HTTP/1.1 413") && declared.contains("\"error\""))
            let endless = try Connection(port: port)
            try endless.send("POST /v2/models/a%20value/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<11 { try endless.send("64\r\n\(String(repeating: "x", count: 100))\r\n") }
            #expect(try await endless.receive().hasPrefix("HTTP/1.1 413"))
            // The connection goes although the body never ends.
            #expect(try await endless.receive(untilClosed: true).isEmpty)
            let compressed = try await Connection(port: port).ask(
                "POST /v2/models/a%20value/infer", body: "x", header: "Content-Encoding: gzip\r\n")
            #expect(compressed.hasPrefix("HTTP/1.1 415") && compressed.contains("uncompressed"))
        }
    }

    @Test func aPortInUseIsNamed() async throws {
        try await serving(TinyModels.repository()) { port in
            let second = OIPServer(repository: try TinyModels.repository(), port: port, logger: Logger(label: "test"))
            await #expect {
                try await second.run()
            } throws: { error in
                (error as? OIPServerError)?.code == .addressInUse && "\(error)".contains("127.0.0.1:\(port) is in use")
            }
        }
    }

    @Test func aServerWithoutModelsSaysWhy() async throws {
        var broken = try Gated.model(Gate())
        broken.members[0] = ServedMember(id: "a", weight: 1, file: URL(fileURLWithPath: "/nowhere.onnx"))
        let server = OIPServer(
            repository: try ModelRepository([broken]), port: 0, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await #expect {
            try await server.run()
        } throws: { ($0 as? OIPServerError)?.code == .noModels && "\($0)".contains("/nowhere.onnx") }
    }

    @Test func whoGoesAwayIsNotComputedFor() async throws {
        let gate = Gate()
        let repository = try ModelRepository([Gated.model(gate)])
        try await serving(repository) { _ in
            let ensemble = try repository.ensemble(named: "gated")
            #expect(ensemble.pendingCount == 0)
        }
        let again = try ModelRepository([Gated.model(gate)])
        try await serving(again) { port in
            let ensemble = try again.ensemble(named: "gated")
            do {
                let socket = try Connection(port: port)
                try socket.send(Connection.request("POST /v2/models/gated/infer", body: Gated.inputs))
                #expect(await eventually { ensemble.pendingCount == 1 })
                socket.close()
            }
            #expect(await eventually { ensemble.statistics.failures[.cancelled]?.count == 1 })
            gate.open()
        }
    }

    @Test func aSignalLetsAcceptedRequestsFinish() async throws {
        let gate = Gate()
        let repository = try ModelRepository([Gated.model(gate)])
        let (ready, announcement) = AsyncStream<Int>.makeStream()
        let server = OIPServer(repository: repository, port: 0, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
            address in
            announcement.yield(Int(address.split(separator: ":").last ?? "") ?? 0)
            announcement.finish()
        }
        let running = Task { try await server.runUntilSignalled() }
        for await port in ready {
            let ensemble = try repository.ensemble(named: "gated")
            let socket = try Connection(port: port)
            try socket.send(Connection.request("POST /v2/models/gated/infer", body: Gated.inputs))
            #expect(await eventually { ensemble.pendingCount == 1 && gate.arrivals == 1 })
            kill(getpid(), SIGTERM)
            #expect(await eventually { !repository.isReady })
            // Nobody new comes in.
            #expect(await eventually { (try? Connection(port: port)) == nil })
            gate.open()
            #expect(try await socket.receive().contains("\"data\":[0.25,0.75]"))
        }
        try await running.value
    }
}

// MARK: - A model that waits

/// A door that an engine waits at until the test opens it.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let state = Mutex((isOpen: false, arrivals: 0))

    var arrivals: Int { state.withLock { $0.arrivals } }

    func pass() {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.arrivals += 1 }
        while !state.withLock({ $0.isOpen }) { condition.wait() }
    }

    func open() {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.isOpen = true }
        condition.broadcast()
    }
}

private enum Gated {
    static let inputs = #"{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [0.25, 0.75]}]}"#

    /// Gives back its input once the gate is open.
    static func model(_ gate: Gate) throws -> ServedModel {
        struct Engine: ModelEngine {
            let gate: Gate
            let inputs = [TensorInfo(name: "x", datatype: .fp32, shape: [-1, 2])]
            let outputs = [TensorInfo(name: "probabilities", datatype: .fp32, shape: [-1, 2])]

            func run(_ values: [String: TensorValue], outputs wanted: [String]?) throws -> [String: TensorValue] {
                gate.pass()
                return values["x"].map { ["probabilities": $0] } ?? [:]
            }
        }
        var options = ServingOptions()
        options.warmsUp = false
        return ServedModel(
            name: "gated", members: [ServedMember(id: "a", weight: 1) { _ in Engine(gate: gate) }],
            matrix: try AllocationMatrix(devices: ["cpu0"], models: ["a"], batch: [[4]]),
            devices: [.init(id: "cpu0", kind: .cpu(cores: [0]), memoryBytes: 0)], task: .classification(classes: ["no", "yes"]),
            options: options)
    }
}

/// Looks again and again until something holds; false where it does not within ten seconds.
private func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<2000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}
