import Foundation
import Synchronization

/// A wish to stop: Ctrl-C, SIGTERM, or a caller's own call. The first one ends the search and keeps what is there; a second one by
/// signal ends the process at once.
public final class Interruption: Sendable {
    private let flag = Mutex(false)
    private let sources = Mutex<[UnsafeSendable<any DispatchSourceSignal>]>([])

    public init() {}

    public var isRequested: Bool { flag.withLock { $0 } }
    public func request() { flag.withLock { $0 = true } }

    /// An interruption that SIGINT and SIGTERM request.
    public static func onSignals() -> Interruption {
        let interruption = Interruption()
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak interruption] in
                guard let interruption else { return }
                if interruption.isRequested { _exit(128 + number) }
                interruption.request()
            }
            source.resume()
            interruption.sources.withLock { $0.append(UnsafeSendable(value: source)) }
        }
        return interruption
    }
}

/// A reference that is only kept, never used from two threads.
private struct UnsafeSendable<Value>: @unchecked Sendable {
    let value: Value
}
