import Foundation
import Learning
import Tutti

/// Shows the progress of a fit: one line that is rewritten on a terminal, plain lines elsewhere, nothing with --quiet.
final class ProgressDisplay: FitProgress, @unchecked Sendable {
    private let isTerminal: Bool
    private let lock = NSLock()
    private var lastLine = 0.0
    /// Seconds between plain lines where nothing else happens.
    private static let plainInterval = 15.0

    private init(isTerminal: Bool) { self.isTerminal = isTerminal }

    static func make(quiet: Bool) -> any FitProgress { quiet ? SilentProgress() : ProgressDisplay(isTerminal: isatty(STDERR_FILENO) == 1) }

    func note(_ text: String) { lock.withLock { write(text) } }

    func stage(_ title: String) { lock.withLock { write(title) } }

    func evaluated(_ evaluation: FitEvaluation) {
        lock.withLock {
            let value = evaluation.value.map { Console.number($0) } ?? "failed: \(evaluation.reason ?? "unknown reason")"
            write("  [\(clock(evaluation.elapsedSeconds))] \(evaluation.model)  \(evaluation.metric) \(value)\(evaluation.isBest ? "  ← best so far" : "")")
        }
    }

    func tick(_ state: FitState) {
        lock.withLock {
            if isTerminal {
                let width = 24
                let filled = min(width, Int(Double(width) * state.elapsedSeconds / max(state.totalSeconds, 1e-9)))
                let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
                let best = state.best.map { "  best \(state.metric) \(Console.number($0))" } ?? ""
                put("\r\u{1B}[K\(bar) \(clock(state.totalSeconds - state.elapsedSeconds)) left  \(state.models) models, \(state.running) running\(best)")
            } else if state.elapsedSeconds - lastLine >= Self.plainInterval {
                lastLine = state.elapsedSeconds
                let best = state.best.map { ", best \(state.metric) \(Console.number($0))" } ?? ""
                put("  [\(clock(state.elapsedSeconds))] \(state.models) models, \(state.running) running\(best)\n")
            }
        }
    }

    private func write(_ text: String) { put((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }
    private func put(_ text: String) { Console.note(text) }

    private func clock(_ seconds: Double) -> String {
        let whole = max(0, Int(seconds.rounded()))
        return whole >= 3600 ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60) : String(format: "%d:%02d", whole / 60, whole % 60)
    }
}

private struct SilentProgress: FitProgress {
    func note(_ text: String) {}
    func stage(_ title: String) {}
    func evaluated(_ evaluation: FitEvaluation) {}
    func tick(_ state: FitState) {}
}
