import Foundation
import Search
import Testing

/// The tables of Documentation/Search.md are generated from the cards; with TUTTI_WRITE_DOCUMENTATION=1 they are written anew.
@Suite struct SearchDocumentTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Documentation/Search.md")
    private static let marks = ("<!-- tables -->\n", "<!-- end of tables -->")

    private static var tables: String {
        let samplers = Samplers.all.map { "| `\($0.id)` | \($0.summary) | \(words($0.abilities.map(\.rawValue))) | \(words($0.options)) | \($0.source) |" }
        let schedulers = Schedulers.all.map { "| `\($0.id)` | \($0.summary) | \(words($0.abilities.map(\.rawValue))) | \(words($0.options)) | \($0.source) |" }
        let head = "does | abilities | options | source |\n|---|---|---|---|---|\n"
        return """
            ## Samplers

            | sampler | \(head)\(samplers.joined(separator: "\n"))

            ## Schedulers

            | scheduler | \(head)\(schedulers.joined(separator: "\n"))

            ## Which go together

            \(Compatibility.table())

            With several objectives:

            \(Compatibility.table(objectives: 2))

            """
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
