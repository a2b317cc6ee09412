import Codecs
public import Foundation
public import Learning

/// Predictions as people and programs want them: a column `prediction`, and one per class where asked for.
public struct PredictionTable: Sendable {
    public let predictions: Predictions
    /// Sorted; empty for regression.
    public let classes: [String]

    public init(_ predictions: Predictions, classes: [String]) {
        self.predictions = predictions
        self.classes = classes
    }

    /// CSV with a header row.
    public func csv(withProbabilities: Bool) -> [UInt8] {
        var text = ""
        let showsProbabilities = withProbabilities && !classes.isEmpty
        text += (["prediction"] + (showsProbabilities ? classes : [])).map(Self.quoted).joined(separator: ",") + "\n"
        let chosen = classes.isEmpty ? [] : predictions.mostProbableClasses()
        let names = classes.map(Self.quoted)
        for row in 0..<predictions.rowCount {
            let values = predictions.values[row * predictions.width..<(row + 1) * predictions.width]
            text += classes.isEmpty ? "\(values.first ?? .nan)" : names[Int(chosen[row])]
            if showsProbabilities { for value in values { text += ",\(value)" } }
            text += "\n"
        }
        return Array(text.utf8)
    }

    /// Writes the CSV aside and renames it.
    public func write(to file: URL, withProbabilities: Bool) throws {
        do {
            try AtomicFile.write(csv(withProbabilities: withProbabilities), to: file)
        } catch {
            throw TuttiError(.badData, "'\(file.path)' cannot be written", underlying: error)
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
