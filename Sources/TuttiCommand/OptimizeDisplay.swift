import Foundation
import Optimize
import Search
import SearchSpaces
import Synchronization

/// Shows the progress of a search: one line that is rewritten on a terminal, plain lines elsewhere, nothing with --quiet.
final class OptimizeDisplay: ProgramSearchObserver {
    private let names: [String]
    private let quiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastLine = Mutex(0.0)
    /// Seconds between plain lines where nothing else happens.
    private static let plainInterval = 15.0

    init(_ definition: StudyDefinition, quiet: Bool) {
        names = definition.objectiveNames
        self.quiet = quiet
    }

    func note(_ text: String) { write(text) }

    /// Takes the line away that is rewritten.
    func clear() { if isTerminal, !quiet { Console.note("\r\u{1B}[K") } }

    func ended(_ trial: ProgramTrial) {
        var text = "  [\(Self.clock(trial.elapsedSeconds))] trial \(trial.number)" + (trial.fidelity.map { " at \($0)" } ?? "") + "  "
        switch trial.outcome {
        case .result: text += zip(names, trial.values).map { "\($0) \(Self.number($1))" }.joined(separator: "  ")
        case .failed(let reason): text += "failed: " + Self.short(reason)
        case .stopped: text += "stopped early"
        case .interrupted: text += "given back"
        }
        lastLine.withLock { $0 = trial.elapsedSeconds }
        write(text + "  \(trial.configuration)" + (trial.isBest ? names.count == 1 ? "  ← best so far" : "  ← on the front" : ""))
    }

    func tick(_ state: ProgramSearchState) {
        guard !quiet else { return }
        let best = state.best.map { names.count == 1 ? "best \(names[0]) \(Self.number($0[0]))" : "\(state.frontSize) on the front" }
        let failures = state.failed > 0 ? ", \(state.failed) failed" : ""
        if isTerminal {
            let shares = [
                state.limitSeconds.map { state.elapsedSeconds / max($0, 1e-9) }, state.trialLimit.map { Double(state.ended) / Double(max($0, 1)) },
            ].compactMap { $0 }
            let width = 24
            let filled = min(width, Int(Double(width) * (shares.max() ?? 0)))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            let left = Self.secondsLeft(state).map { " \(Self.clock($0)) left" } ?? ""
            Console.note("\r\u{1B}[K\(bar)\(left)  \(Self.count(state)), \(state.running) running\(failures)\(best.map { "  " + $0 } ?? "")")
        } else {
            let isDue = lastLine.withLock { last in
                guard state.elapsedSeconds - last >= Self.plainInterval else { return false }
                last = state.elapsedSeconds
                return true
            }
            if isDue {
                Console.note(
                    "  [\(Self.clock(state.elapsedSeconds))] \(Self.count(state)), \(state.running) running\(failures)\(best.map { ", " + $0 } ?? "")\n")
            }
        }
    }

    private static func count(_ state: ProgramSearchState) -> String {
        state.trialLimit.map { "\(state.ended) of \($0) trials" } ?? "\(state.ended) trials"
    }

    /// The time that is left; guessed from what the trials took so far where only their number is limited.
    private static func secondsLeft(_ state: ProgramSearchState) -> Double? {
        if let limit = state.limitSeconds { return limit - state.elapsedSeconds }
        guard let limit = state.trialLimit, state.ended > 0, state.ended < limit else { return nil }
        return state.elapsedSeconds / Double(state.ended) * Double(limit - state.ended)
    }

    /// The first line, and the last of what the program said.
    private static func short(_ reason: String) -> String {
        let lines = reason.split(separator: "\n")
        guard let first = lines.first, lines.count > 1, let last = lines.last else { return reason }
        return "\(first.replacingOccurrences(of: "; the end of standard error:", with: "")): \(last)"
    }

    private func write(_ text: String) {
        if !quiet { Console.note((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }
    }

    static func number(_ value: Double) -> String { value.isFinite ? String(format: "%.6g", value) : "\(value)" }

    private static func clock(_ seconds: Double) -> String {
        let whole = max(0, Int(seconds.rounded()))
        return whole >= 3600 ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60) : String(format: "%d:%02d", whole / 60, whole % 60)
    }
}
