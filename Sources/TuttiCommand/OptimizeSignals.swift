import Foundation
import Optimize
import Synchronization

/// SIGINT, SIGTERM, and SIGHUP of a terminal that is closed: the first asks for an end in good order, the second ends everything at once.
final class OptimizeSignals: Sendable {
    private let isAsked = Mutex(false)
    private let sources = Mutex<[Source]>([])

    private struct Source: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    /// - Parameter onFirst: Called once, from another thread.
    init(onFirst: @escaping @Sendable () -> Void = {}) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let previous = signal(number, SIG_IGN)
            // `nohup` asks for a search that outlives its terminal.
            if number == SIGHUP, unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                guard let self else { return }
                let isSecond = isAsked.withLock { asked in
                    defer { asked = true }
                    return asked
                }
                guard isSecond else { return onFirst() }
                ProgramSearch.killPrograms()
                _exit(128 + number)
            }
            source.resume()
            sources.withLock { $0.append(Source(source: source)) }
        }
    }

    var isStopping: Bool { isAsked.withLock { $0 } }
}
