import HTTPTypes
import Hummingbird
import NIOCore
import Serving

/// Carries requests from Hummingbird to an ``OIPHandler`` and answers back: bodies within size and time, clients that go away.
struct OIPResponder: HTTPResponder {
    /// What a request brings along: the connection.
    struct Context: InitializableFromSource, Sendable {
        let channel: any Channel

        init(source: ApplicationRequestContextSource) { channel = source.channel }
    }

    let handler: OIPHandler
    let options: OIPServerOptions
    let connections: ClientConnections

    func respond(to request: Request, context: Context) async throws -> Response {
        var message = OIPRequest(method: request.method.rawValue, path: request.head.path ?? "/")
        for field in request.headers { message.headers[field.name.canonicalName] = field.value }
        do {
            try checkHead(message)
            if message.method == "POST" { message.body = try await collect(request.body) }
        } catch let error as OIPError {
            // The rest of the body may never end: the connection goes, once the client has had time to read why.
            context.channel.eventLoop.scheduleTask(in: .milliseconds(500)) { context.channel.close(promise: nil) }
            var response = response(OIPHandler.failure(error))
            response.headers[.connection] = "close"
            return response
        }
        return response(await answer(message, on: context.channel))
    }

    private func answer(_ message: OIPRequest, on channel: any Channel) async -> OIPAnswer {
        let work = Task { await handler.respond(to: message) }
        let watch = connections.watch(of: channel)
        watch?.whenGone { work.cancel() }
        defer { watch?.whenGone(nil) }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
    }

    private func checkHead(_ message: OIPRequest) throws {
        if let encoding = message.headers["content-encoding"], !encoding.isEmpty, encoding.lowercased() != "identity" {
            throw OIPError(415, "the body comes with Content-Encoding '\(encoding.prefix(40))'; send it uncompressed")
        }
        if let length = message.headers["content-length"].flatMap({ Int($0) }), length > options.bodyBytesLimit { throw tooLarge(length) }
    }

    private func collect(_ body: RequestBody) async throws -> [UInt8] {
        let clock = ContinuousClock()
        let end = clock.now + options.bodyTimeLimit
        var bytes: [UInt8] = []
        for try await chunk in body {
            let size = bytes.count + chunk.readableBytes
            guard size <= options.bodyBytesLimit else { throw tooLarge(size) }
            // Silence ends by the idle limit of the connection; this is for bodies that come drop by drop.
            guard clock.now < end else { throw OIPError(408, "the body took longer than \(options.bodyTimeLimit)") }
            chunk.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    private func tooLarge(_ size: Int) -> OIPError {
        OIPError(413, "the body has \(size) bytes or more; the limit is \(options.bodyBytesLimit). Send the rows in several requests")
    }

    private func response(_ answer: OIPAnswer) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = answer.contentType
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: .init(code: answer.status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
