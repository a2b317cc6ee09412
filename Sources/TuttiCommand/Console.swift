import Foundation
import Tutti

/// What the command prints: results on standard output, everything else on standard error.
enum Console {
    static func out(_ text: String) { out(Data((text + "\n").utf8)) }

    /// Ends the program where results cannot be written: a full disk is no reason for a trap, and nothing that follows would be seen.
    static func out(_ data: Data) {
        do {
            try FileHandle.standardOutput.write(contentsOf: data)
        } catch {
            self.error("error: \(TuttiError(.badData, "standard output cannot be written", underlying: error))")
            exit(ExitStatus.badData)
        }
    }

    static func error(_ text: String) { note(text + "\n") }

    /// Text for standard error as it is. Lost where it cannot be written: what it accompanies goes on.
    static func note(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    static func json(_ document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        out(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    /// A table in columns: the first left-aligned, numbers right-aligned.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let isNumber = header.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { Double($0[column].split(separator: " ").first.map(String.init) ?? "0") != nil || $0[column] == "–" }
        }
        func line(_ cells: [String]) -> String {
            cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? space + cell : cell + space
            }.joined(separator: "  ").trimmingCharacters(in: .newlines)
        }
        return ([line(header), widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")] + rows.map(line)).joined(separator: "\n")
    }

    static func number(_ value: Double, digits: Int = 4) -> String {
        value.isFinite ? String(format: "%.\(digits)f", value) : "–"
    }

    /// Three significant digits: for milliseconds and rates that span decades.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return abs(value) >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }

    static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : String(format: value < 10 ? "%.1f %@" : "%.0f %@", value, units[unit])
    }
}
