import Foundation
import Optimize
import Synchronization

/// SIGINT and SIGTERM: the first asks for an end in good order, the second ends everything at once.
final class OptimizeSignals: Sendable {
    private let isAsked = Mutex(false)
    private let sources = Mutex<[Source]>([])

    private struct Source: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    init() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                guard let self else { return }
                let isSecond = isAsked.withLock { asked in
                    defer { asked = true }
                    return asked
                }
                guard isSecond else { return }
                ProgramSearch.killPrograms()
                _exit(128 + number)
            }
            source.resume()
            sources.withLock { $0.append(Source(source: source)) }
        }
    }

    var isStopping: Bool { isAsked.withLock { $0 } }
}
