import Charts
import Foundation
import Search

/// Who worked on what, and when.
struct TimelineChart {
    static let mostWorkers = 24

    private struct Span {
        let trial: Trial
        let begin: Double
        let end: Double
    }

    let history: StudyHistory

    private enum Style: String, CaseIterable {
        case done, early, broken, going

        init?(_ state: TrialState) {
            switch state {
            case .complete: self = .done
            case .pruned: self = .early
            case .failed: self = .broken
            case .running: self = .going
            case .waiting: return nil
            }
        }

        var text: String {
            switch self {
            case .done: "Complete"
            case .early: "Stopped or paused"
            case .broken: "Failed"
            case .going: "Running"
            }
        }
    }

    /// Nil where no trial has a start.
    var figure: Markup? {
        let started = history.trials.filter { $0.start != nil && $0.state != .waiting }
        guard let origin = started.compactMap(\.start).min() else { return nil }
        let now = started.flatMap { [$0.completion, $0.heartbeat, $0.start].compactMap { $0 } }.max() ?? origin
        let spans = started.compactMap { trial -> Span? in
            guard let start = trial.start else { return nil }
            let end = (trial.completion ?? (trial.state == .running ? now : start)).timeIntervalSince(origin)
            let begin = start.timeIntervalSince(origin)
            return Axis.isDrawable(begin) && Axis.isDrawable(end) ? Span(trial: trial, begin: begin, end: max(begin, end)) : nil
        }
        guard let length = spans.map(\.end).max(), length > 0 else { return nil }
        let workers = Dictionary(grouping: spans) { $0.trial.progress.worker ?? "" }.sorted { $0.key.localizedStandardCompare($1.key) == .orderedAscending }
        let shown = workers.prefix(Self.mostWorkers)
        let busy = spans.reduce(0) { $0 + $1.end - $1.begin }
        var notes = ["A bar reaches from a trial's first start to its last end."]
        if workers.count > shown.count { notes.append("\(Figures.count(workers.count - shown.count, "more worker")) not shown.") }
        let chart = Chart(
            id: "timeline", title: "Workers over time",
            description: "\(Figures.count(workers.count, "worker")), \(Figures.seconds(length)) in all, \(Figures.seconds(busy)) of work.",
            caption: "\(notes.joined(separator: " "))")
        let styles = Style.allCases.filter { style in spans.contains { Style($0.trial.state) == style } }
        let key = StudyStyle.key(
            styles.map { (.rect("fill \($0.rawValue)", x: 1, y: 2, width: 12, height: 10), $0.text) })
        return key + chart.figure { draw($0, chart.pixels($0), Array(shown), length) }
    }

    private func draw(_ width: ChartWidth, _ pixels: Double, _ workers: [(key: String, value: [Span])], _ length: Double) -> Chart.Drawing {
        let rowHeight = workers.count > 8 ? 18.0 : 26
        let time = Axis.time(upTo: length, ticks: width.isNarrow ? 4 : 8)
        let shared = Self.sharedPrefix(workers.map(\.key))
        let names = workers.map { $0.key.isEmpty ? "–" : String($0.key.dropFirst(shared)).shortened(to: width.isNarrow ? 12 : 32) }
        let rows = Axis(
            lower: 0, upper: Double(workers.count),
            ticks: names.enumerated().map { Axis.Tick(value: Double(workers.count - $0) - 0.5, label: $1) })
        let height = Double(workers.count) * rowHeight + 76
        let frame = ChartFrame(width: pixels, height: height, x: time.axis, y: rows)
        var body = frame.drawn(xTitle: "Time since the start (\(time.unit))", yTitle: "Worker")
        var paths: [Style: Markup] = [:]
        for (row, worker) in workers.enumerated() {
            let top = frame.top + Double(row) * rowHeight + 3
            for (lane, lanes, spans) in lanes(worker.value) {
                let high = (rowHeight - 6) / Double(lanes)
                bars(spans, frame, y: top + Double(lane) * high, height: max(high - (lanes > 1 ? 1 : 0), 1), into: &paths)
            }
        }
        for style in Style.allCases { if let path = paths[style] { body += "<path class=\"fill \(style.rawValue)\" d=\"\(path)\"/>" } }
        return Chart.Drawing(height: height, body: body)
    }

    /// How many characters the names of all workers begin with alike, up to the end of a part: those of one machine differ at their end.
    private static func sharedPrefix(_ names: [String]) -> Int {
        guard names.count > 1, let first = names.first, names.allSatisfy({ $0.count > 20 }) else { return 0 }
        let shared = names.dropFirst().reduce(first[...]) { Substring($0.commonPrefix(with: $1)) }
        return shared.lastIndex { "/@:".contains($0) }.map { shared.distance(from: shared.startIndex, to: $0) + 1 } ?? 0
    }

    /// Spans that overlap lie side by side, up to four of them.
    private func lanes(_ spans: [Span]) -> [(lane: Int, of: Int, spans: [Span])] {
        var lanes: [[Span]] = []
        for span in spans.sorted(by: { $0.begin < $1.begin }) {
            if let free = lanes.firstIndex(where: { ($0.last?.end ?? 0) <= span.begin }) {
                lanes[free].append(span)
            } else if lanes.count < 4 {
                lanes.append([span])
            } else {
                lanes[3].append(span)
            }
        }
        return lanes.enumerated().map { ($0, lanes.count, $1) }
    }

    /// Bars that share a pixel and a state become one.
    private func bars(_ spans: [Span], _ frame: ChartFrame, y: Double, height: Double, into paths: inout [Style: Markup]) {
        var open: (style: Style, from: Double, to: Double)?
        func close(_ paths: inout [Style: Markup]) {
            guard let bar = open else { return }
            let length = max(bar.to - bar.from, 0.6)
            paths[bar.style, default: ""] += "M\(bar.from) \(y)h\(length)v\(height)h\(-length)z"
        }
        for span in spans {
            guard let style = Style(span.trial.state) else { continue }
            let (from, to) = (frame.x(span.begin), frame.x(span.end))
            // Half a pixel of paper between two bars, where there is room for it.
            let end = to - from > 2 ? to - 0.7 : to
            if let bar = open, bar.style == style, from - bar.to < 0.5, to - from < 2 {
                open = (style, bar.from, max(bar.to, end))
            } else {
                close(&paths)
                open = (style, from, end)
            }
        }
        close(&paths)
    }
}
