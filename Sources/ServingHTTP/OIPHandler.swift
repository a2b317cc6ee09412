import Foundation
import Serving

/// A request without its transport.
struct OIPRequest: Sendable {
    var method: String
    /// As it came: percent-encoded, perhaps with a query.
    var path: String
    /// By lower-case name.
    var headers: [String: String] = [:]
    var body: [UInt8] = []
}

/// An answer without its transport.
struct OIPAnswer: Sendable {
    var status = 200
    var contentType = "application/json"
    var headers: [String: String] = [:]
    var body: [UInt8] = []
}

/// Answers requests of the Open Inference Protocol, version 2, over REST. Knows no sockets, so tests call it in memory.
///
/// Source: kserve/open-inference-protocol, `inference_rest.md`; extensions and texts of errors as the reference server has them.
struct OIPHandler: Sendable {
    static let headerLengthField = "inference-header-content-length"
    static let extensions = ["classification", "model_configuration", "model_repository", "statistics", "parameters", "binary_tensor_data"]

    let repository: ModelRepository
    let name: String
    let version: String
    let limits: MessageLimits

    /// Never fails: whatever goes wrong is in the answer.
    func respond(to request: OIPRequest) async -> OIPAnswer {
        do {
            return try await route(request)
        } catch {
            return Self.failure(error)
        }
    }

    static func failure(_ error: any Error) -> OIPAnswer {
        let failure: OIPError =
            switch error {
            case let error as OIPError: error
            case let error as ServingError: OIPError(error)
            default: OIPError(500, "\(error)")
            }
        return OIPAnswer(status: failure.status, body: JSONWriter.object { $0.member("error", failure.message) })
    }

    private func route(_ request: OIPRequest) async throws -> OIPAnswer {
        switch try OIPRoute(path: request.path) {
        case .live: return try get(request) { health("live", repository.isLive) }
        case .ready: return try get(request) { health("ready", repository.isLive && repository.isReady) }
        case .server: return try get(request) { serverMetadata() }
        case .metrics:
            return try get(request) {
                OIPAnswer(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(Metrics.text(repository).utf8))
            }
        case .model(let model): return try get(request) { try modelMetadata(model) }
        case .modelReady(let model):
            return try get(request) { health("ready", try isReady(model), name: model.name) }
        case .config(let model): return try get(request) { try config(model) }
        case .statistics(let model): return try get(request) { try statistics(model) }
        case .infer(let model):
            try require("POST", request)
            return try await infer(model, request)
        case .index:
            try require("POST", request)
            return try index(request)
        case .load(let name):
            try require("POST", request)
            return try await load(name, request)
        case .unload(let name):
            try require("POST", request)
            try await repository.unload(name)
            return OIPAnswer()
        }
    }

    private func get(_ request: OIPRequest, _ answer: () throws -> OIPAnswer) throws -> OIPAnswer {
        try require("GET", request)
        return try answer()
    }

    private func require(_ method: String, _ request: OIPRequest) throws {
        guard request.method == method else { throw OIPError(405, "\(request.path) takes \(method), not \(request.method)") }
    }

    // MARK: Inference

    private func infer(_ model: OIPRoute.Model, _ request: OIPRequest) async throws -> OIPAnswer {
        let ensemble = try repository.ensemble(named: model.name, version: model.version)
        let metadata = try ensemble.metadata()
        let message: InferMessage
        switch try headerLength(request) {
        case nil: message = try InferMessage(request.body, jsonLength: request.body.count, limits: limits)
        case 0?: message = try InferMessage(raw: request.body, for: metadata.inputs, limits: limits)
        case let length?: message = try InferMessage(request.body, jsonLength: length, limits: limits)
        }
        let response = try await ensemble.infer(message.request)
        let answer = try InferAnswer(response, to: message, classes: metadata.classes)
        guard let length = answer.jsonLength else { return OIPAnswer(body: answer.body) }
        return OIPAnswer(
            contentType: "application/octet-stream", headers: ["Inference-Header-Content-Length": String(length)], body: answer.body)
    }

    private func headerLength(_ request: OIPRequest) throws -> Int? {
        guard let text = request.headers[Self.headerLengthField] else { return nil }
        guard let length = Int(text), length >= 0 else {
            throw OIPError.bad(
                "unable to parse Inference-Header-Content-Length: got '\(text.prefix(40))', expected a whole number, 0 or more")
        }
        guard length <= request.body.count else {
            throw OIPError.bad("Inference-Header-Content-Length is \(length), but the body has \(request.body.count) bytes")
        }
        return length
    }

    // MARK: Repository

    private func index(_ request: OIPRequest) throws -> OIPAnswer {
        var onlyReady = false
        if let ready = try object(request)["ready"] {
            guard let flag = ready.flag else { throw OIPError.bad("'ready' of a repository index request must be true or false") }
            onlyReady = flag
        }
        var writer = JSONWriter()
        writer.array { writer in
            for entry in repository.index() where !onlyReady || entry.state == .ready {
                writer.object { writer in
                    writer.member("name", entry.name)
                    writer.member("version", entry.version)
                    writer.member("state", entry.state.rawValue)
                    writer.member("reason", entry.reason)
                }
            }
        }
        return OIPAnswer(body: writer.bytes)
    }

    private func load(_ name: String, _ request: OIPRequest) async throws -> OIPAnswer {
        if case .object(let members) = try InferMessage.parameters(try object(request), "the load request"), let first = members.first {
            throw OIPError.bad(
                "failed to load '\(name)': parameters such as '\(first.key)' are not supported; models come from the run that is served")
        }
        try await repository.load(name)
        return OIPAnswer()
    }

    /// The body as a JSON object; an empty one where there is no body.
    private func object(_ request: OIPRequest) throws -> JSONValue {
        if request.body.isEmpty { return .object([]) }
        let value = try request.body.withUnsafeBufferPointer { try JSONScanner.document($0) }
        guard value.isObject else { throw OIPError.bad("the request body must be a JSON object") }
        return value
    }
}
