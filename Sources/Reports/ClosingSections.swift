import Charts
import Foundation

/// What to do next: commands to copy.
struct NextSection {
    let content: ReportContent

    var body: Markup {
        let run = Self.quoted(content.header.runPath)
        let ensemble = content.ensembles.contains { $0.name == "best" } ? "best" : content.ensembles.first?.name ?? "best"
        var steps: [(command: String, purpose: String)] = [
            ("tutti resume \(run) --time 10m", "search on from here"),
            ("tutti models \(run)", "list the library with its costs"),
        ]
        if !content.ensembles.isEmpty {
            steps =
                [
                    ("tutti predict \(run) DATA", "answers for new rows, as CSV"),
                    ("tutti evaluate \(run) DATA", "metrics on rows that were kept apart"),
                    ("tutti serve \(run)", "answer over HTTP, Open Inference Protocol"),
                    ("tutti export \(run) --ensemble \(Self.quoted(ensemble)) --onnx model.onnx", "one ONNX file for any other program"),
                    ("tutti ensembles \(run) --max-latency 5ms", "the best ensemble under another limit"),
                ] + steps
        }
        let items = steps.map { "<dt><code>\($0.command)</code></dt><dd>\($0.purpose)</dd>" as Markup }
        return "<dl class=\"steps\">\(items.joined("\n"))</dl>\n"
    }

    /// A word for a shell.
    static func quoted(_ word: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./~+:@%")
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy(plain.contains)
        let folder = word.hasPrefix("-") ? "./" + word : word
        return isPlain ? folder : "'" + folder.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}

/// How the run was made, to make it again.
struct DetailSection {
    let header: ReportContent.Header

    var body: Markup {
        let effort = header.effort
        let budget = effort.budgetSeconds.map { "\(Figures.seconds($0)) given" } ?? "no limit"
        var facts: [(String, Markup)] = [
            ("Command", "<code>\(header.commandLine)</code>"),
            ("Metric", "\(header.metric.title) (<code>\(header.metric.id)</code>)"),
            ("Time", "\(Figures.seconds(effort.spentSeconds)) spent, \(budget)"),
            ("Workers", "\(effort.workers)"), ("Seed", "<code>\(String(effort.seed))</code>"), ("Machine", "\(effort.machine)"),
            ("Tutti", "\(header.version)"),
        ]
        if let finished = header.finished { facts.append(("Finished", "\(finished)")) }
        let items = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as Markup }
        return "<dl class=\"details\">\(items.joined())</dl>\n"
    }
}
