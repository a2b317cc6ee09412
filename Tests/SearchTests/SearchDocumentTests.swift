import Foundation
import Search
import Testing

/// The tables of Documentation/Search.md are generated from the cards; with TUTTI_WRITE_DOCUMENTATION=1 they are written anew.
@Suite struct SearchDocumentTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Documentation/Search.md")
    private static let marks = ("<!-- tables -->\n", "<!-- end of tables -->")

    private static var tables: String {
        let samplers = Samplers.all.map { row($0.id, $0.summary, $0.abilities.map(\.rawValue), $0.options, $0.source) }
        let schedulers = Schedulers.all.map { row($0.id, $0.summary, $0.abilities.map(\.rawValue), $0.options, $0.source) }
        let options = Samplers.all.map { table("sampler", $0.id, $0.options) } + Schedulers.all.map { table("scheduler", $0.id, $0.options) }
        let head = "does | abilities | options | source |\n|---|---|---|---|---|\n"
        return """
            ## Samplers

            | sampler | \(head)\(samplers.joined(separator: "\n"))

            Abilities of samplers:

            \(SamplerCard.Ability.allCases.map { "- `\($0.rawValue)`: \($0.summary)" }.joined(separator: "\n"))

            ## Schedulers

            | scheduler | \(head)\(schedulers.joined(separator: "\n"))

            Abilities of schedulers:

            \(SchedulerCard.Ability.allCases.map { "- `\($0.rawValue)`: \($0.summary)" }.joined(separator: "\n"))

            ## Options

            In Swift, `Samplers.make("tpe", ["candidates": 48])`; on the command line, `--sampler-option candidates=48` or `--scheduler-option eta=4`. Where no
            default is given, the meaning says what holds.

            \(options.compactMap(\.self).joined(separator: "\n"))
            ## Which go together

            \(Compatibility.table())

            With several objectives:

            \(Compatibility.table(objectives: 2))

            """
    }

    private static func row(_ id: String, _ summary: String, _ abilities: [String], _ options: [AlgorithmOption], _ source: String) -> String {
        "| `\(id)` | \(summary) | \(words(abilities)) | \(words(options.map(\.name))) | \(source) |"
    }

    /// The table of an algorithm's options; nil where there are none.
    private static func table(_ kind: String, _ id: String, _ options: [AlgorithmOption]) -> String? {
        guard !options.isEmpty else { return nil }
        let rows = options.map { "| `\($0.name)` | \($0.standard.map { "`\($0)`" } ?? "–") | \($0.summary) |\n" }
        return "### The \(kind) `\(id)`\n\n| option | default | meaning |\n|---|---|---|\n\(rows.joined())"
    }

    private static func words(_ words: [String]) -> String { words.isEmpty ? "–" : words.sorted().joined(separator: ", ") }

    @Test func theDocumentHasTheTablesOfTheCards() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let start = try #require(text.range(of: Self.marks.0))
        let end = try #require(text.range(of: Self.marks.1))
        if ProcessInfo.processInfo.environment["TUTTI_WRITE_DOCUMENTATION"] == "1" {
            try (text[..<start.upperBound] + Self.tables + text[end.lowerBound...]).write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                text[start.upperBound..<end.lowerBound] == Self.tables, "write it anew with TUTTI_WRITE_DOCUMENTATION=1 swift test --filter SearchDocumentTests"
            )
        }
    }
}
