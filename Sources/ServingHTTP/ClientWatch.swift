import NIOCore
import Synchronization

/// Notices on a connection that the client has gone away, so that nothing is computed for nobody.
///
/// A client that closes only its sending side counts as gone: the two cannot be told apart before something is written.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    /// All connections that are open, by channel.
    private let connections: ClientConnections
    private let state = Mutex<(isGone: Bool, action: (@Sendable () -> Void)?)>((false, nil))

    init(_ connections: ClientConnections) { self.connections = connections }

    /// Calls `action` when the client goes, or at once where it has gone. nil takes the wish back.
    func whenGone(_ action: (@Sendable () -> Void)?) {
        let isGone = state.withLock { state in
            state.action = action
            return state.isGone
        }
        if isGone { action?() }
    }

    func handlerAdded(context: ChannelHandlerContext) { connections.add(self, for: context.channel) }
    func handlerRemoved(context: ChannelHandlerContext) { connections.remove(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { gone() }
        context.fireUserInboundEventTriggered(event)
    }

    private func gone() {
        let action = state.withLock { state in
            state.isGone = true
            return state.action
        }
        action?()
    }
}

/// The connections of a server.
final class ClientConnections: Sendable {
    private let watches = Mutex<[ObjectIdentifier: ClientWatch]>([:])

    func add(_ watch: ClientWatch, for channel: any Channel) { watches.withLock { $0[ObjectIdentifier(channel)] = watch } }
    func remove(_ channel: any Channel) { watches.withLock { $0[ObjectIdentifier(channel)] = nil } }
    func watch(of channel: any Channel) -> ClientWatch? { watches.withLock { $0[ObjectIdentifier(channel)] } }
}
