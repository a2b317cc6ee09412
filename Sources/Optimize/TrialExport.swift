import Foundation
public import Search
import SearchSpaces

/// The trials of a study for other programs.
public enum TrialExport {
    /// A JSON document `{"trials":[…]}`. Infinite and undefined numbers are the strings `"inf"`, `"-inf"`, `"nan"`.
    public static func json(_ definition: StudyDefinition, trials: [Trial]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let records = trials.map { TrialRecord($0, space: definition.space) }
        return String(decoding: try encoder.encode(["trials": records]), as: UTF8.self) + "\n"
    }

    /// CSV: a row for each trial, a column for each objective, parameter and constraint.
    public static func csv(_ definition: StudyDefinition, trials: [Trial]) -> String {
        let constraints = Set(trials.flatMap { $0.constraints.keys }).sorted()
        let records = trials.map { TrialRecord($0, space: definition.space) }
        let isBred = records.contains { $0.parent != nil }
        let header =
            ["trial", "state", "fidelity"] + (isBred ? ["parent", "parent_fidelity", "replaces"] : [])
            + definition.objectiveNames.map { $0.replacingOccurrences(of: " ", with: "_") }
            + definition.space.names.map { "params_" + $0 } + constraints.map { "constraint_" + $0 } + ["start", "completion", "seconds", "reason"]
        var lines = [line(header)]
        for record in records {
            var cells = ["\(record.trial)", record.state, record.fidelity.map { "\($0)" } ?? ""]
            if isBred { cells += [record.parent, record.parentFidelity, record.replaces].map { $0.map { "\($0)" } ?? "" } }
            cells += definition.directions.indices.map { index in
                guard let values = record.values, values.indices.contains(index) else { return "" }
                return "\(values[index])"
            }
            cells += definition.space.names.map { record.params[$0]?.description ?? "" }
            cells += constraints.map { name in record.constraints?[name].map { "\($0)" } ?? "" }
            cells += [record.start ?? "", record.completion ?? "", record.seconds.map { String(format: "%.3f", $0) } ?? "", record.reason ?? ""]
            lines.append(line(cells))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            cell.contains { "\",\n\r".contains($0) } ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
        }.joined(separator: ",")
    }
}
