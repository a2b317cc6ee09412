import Foundation
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import Serving
import Synchronization
import UnixSignals

/// Why the server does not run.
public struct OIPServerError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// Another program listens there.
        public static let addressInUse = Code(name: "addressInUse")
        /// The system does not let us listen there.
        public static let cannotListen = Code(name: "cannotListen")
        /// Not one model could be loaded.
        public static let noModels = Code(name: "noModels")
    }

    public let code: Code
    public let message: String
    public var description: String { message }
}

/// Limits of a server.
public struct OIPServerOptions: Sendable {
    /// Bytes of a request's body.
    public var bodyBytesLimit = 256 << 20
    /// Bytes of one input tensor.
    public var tensorBytesLimit = 64 << 20
    /// Time that a body may take to arrive.
    public var bodyTimeLimit: Duration = .seconds(60)
    /// A connection on which nothing happens is closed after this.
    public var idleLimit: Duration = .seconds(120)
    /// After a signal to stop, requests under way get this long.
    public var drainLimit: Duration = .seconds(30)
    /// What the server calls itself in its metadata.
    public var name = "tutti"
    public var version = "1.0.0"

    public init() {}
}

/// Serves a repository of models over the Open Inference Protocol, version 2: REST with JSON and binary tensors.
///
/// A service: run it in a `ServiceGroup`, or alone by ``runUntilSignalled()``. On a graceful shutdown it stops listening, answers what it
/// has accepted and shuts the models down.
public struct OIPServer: Service {
    private let repository: ModelRepository
    private let host: String
    private let port: Int
    private let options: OIPServerOptions
    private let logger: Logger
    private let onReady: @Sendable (String) -> Void

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - onReady: called once with `host:port` when the server listens and its models are loaded.
    public init(
        repository: ModelRepository, host: String = "127.0.0.1", port: Int = 8000, options: OIPServerOptions = OIPServerOptions(),
        logger: Logger, onReady: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.repository = repository
        self.host = host
        self.port = port
        self.options = options
        self.logger = logger
        self.onReady = onReady
    }

    /// Runs until SIGTERM or SIGINT; then answers what was accepted and returns.
    /// - Throws: as ``run()``.
    public func runUntilSignalled() async throws {
        var configuration = ServiceGroupConfiguration(services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = options.drainLimit + .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Runs until the surrounding group shuts down.
    /// - Throws: ``OIPServerError``.
    public func run() async throws {
        let (started, announcement) = AsyncStream<String>.makeStream()
        let application = makeApplication { address in
            announcement.yield(address)
            announcement.finish()
        }
        let result = await withGracefulShutdownHandler {
            await serve(application, started)
        } onGracefulShutdown: {
            repository.beginDraining()
        }
        await repository.shutdown(within: options.drainLimit)
        logger.info("stopped")
        try result.get()
    }

    /// Listens first and loads then: health is answered from the beginning.
    private func serve(_ application: some ApplicationProtocol, _ started: AsyncStream<String>) async -> Result<Void, any Error> {
        let listening = Flag()
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await application.run()
                    return true
                }
                group.addTask {
                    for await address in started {
                        listening.raise()
                        try await load(listeningAt: address)
                    }
                    return false
                }
                while let hasStopped = try await group.next(), !hasStopped {}
                group.cancelAll()
            }
            return .success(())
        } catch let error as OIPServerError {
            return .failure(error)
        } catch {
            return .failure(listening.isUp ? error : listeningError(error))
        }
    }

    private func load(listeningAt address: String) async throws {
        logger.info("listening", metadata: ["address": "\(address)"])
        let failed = await repository.loadAll()
        for (name, reason) in failed.sorted(by: { $0.key < $1.key }) {
            logger.error("a model failed to load", metadata: ["model": "\(name)", "reason": "\(reason)"])
        }
        if repository.running.isEmpty, !failed.isEmpty {
            throw OIPServerError(code: .noModels, message: "no model could be loaded: \(failed.values.sorted().joined(separator: "; "))")
        }
        // A signal may have come while models were loading.
        if !Task.isCancelled { onReady(address) }
    }

    private func makeApplication(onStart: @escaping @Sendable (String) -> Void) -> some ApplicationProtocol {
        let connections = ClientConnections()
        let handler = OIPHandler(
            repository: repository, name: options.name, version: options.version,
            limits: MessageLimits(tensorBytes: options.tensorBytesLimit))
        let host = host
        let port = port
        return Application(
            responder: OIPResponder(handler: handler, options: options, connections: connections),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ClientWatch(connections)],
                    idleTimeout: .nanoseconds(Int64(options.idleLimit / .nanoseconds(1))))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: options.name),
            onServerRunning: { channel in onStart("\(host):\(channel.localAddress?.port ?? port)") },
            logger: logger)
    }

    private func listeningError(_ error: any Error) -> OIPServerError {
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            return OIPServerError(
                code: .addressInUse, message: "\(host):\(port) is in use by another program; stop it, or choose another port with --port")
        }
        return OIPServerError(code: .cannotListen, message: "cannot listen at \(host):\(port): \(error)")
    }
}

/// Something that has happened or not.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isUp: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}
