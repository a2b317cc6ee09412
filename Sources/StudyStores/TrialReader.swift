import Foundation
import Search
import SearchSpaces

/// Rows to trials.
struct TrialReader {
    /// A system attribute of ours: attempts, rungs and worker.
    static let progressKey = "tutti:progress"
    /// Optuna's: what an enqueued trial fixes.
    static let fixedKey = "fixed_params"

    /// The same few documents stand beside every value; parsing them once pays.
    private var domains: [String: Domain] = [:]

    /// Reads trials by key, all of the study where there are no keys. In the order of their numbers; what does not exist is missing.
    mutating func trials(_ ids: [Int64]?, studyID: Int64, _ connection: any SQLConnection) throws -> [(id: Int64, trial: Trial)] {
        // A few are asked for by key; many are read with the whole study, which is one pass instead of thousands of look-ups.
        let wanted = ids.map(Set.init)
        let filter: Filter
        if let ids, ids.count <= 4 {
            filter = Filter(ids.map { _ in "?" }.joined(separator: ", "), ids.map { .integer($0) }, isSmall: true)
        } else if let ids, ids.count <= 200 {
            filter = Filter(ids.map(String.init).joined(separator: ", "), [], isSmall: true)
        } else {
            filter = Filter("SELECT trial_id FROM trials WHERE study_id = ?", [.integer(studyID)], isSmall: false)
        }
        var order: [Int64] = []
        var trials: [Int64: Trial] = [:]
        try connection.each(
            """
            SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials WHERE \(filter.sql) AND study_id = ?
            ORDER BY number
            """, filter.arguments + [.integer(studyID)]
        ) { row in
            guard let id = row.integer(0), let word = row.text(2), wanted?.contains(id) ?? true else { return }
            guard let state = TrialState(optunaName: word) else { throw StoreErrors.storage("a trial has the unknown state \(word).") }
            var trial = Trial(number: row.integer(1).map(Int.init) ?? -1, state: state, configuration: Configuration())
            trial.start = row.text(3).flatMap(OptunaDate.date)
            trial.completion = row.text(4).flatMap(OptunaDate.date)
            trials[id] = trial
            order.append(id)
        }
        try readDetails(filter, into: &trials, connection)
        return order.compactMap { id in trials[id].map { (id, $0) } }
    }

    /// A condition on `trial_id`.
    private struct Filter {
        var sql: String
        var arguments: [SQLValue]
        /// Whether it is for a few trials.
        var isSmall: Bool

        init(_ keys: String, _ arguments: [SQLValue], isSmall: Bool) {
            sql = "trial_id IN (\(keys))"
            self.arguments = arguments
            self.isSmall = isSmall
        }
    }

    /// What belongs to trials, table by table: kind, trial, a word, a number, a text, and a position among those of the trial.
    private static let details = [
        "SELECT 0 AS kind, trial_id, param_name AS word, param_value AS number, distribution_json AS content, param_id AS position FROM trial_params",
        "SELECT 1, trial_id, CAST(value_type AS TEXT), value, NULL, objective FROM trial_values",
        "SELECT 2, trial_id, CAST(intermediate_value_type AS TEXT), intermediate_value, NULL, step FROM trial_intermediate_values",
        "SELECT 3, trial_id, NULL, NULL, CAST(heartbeat AS TEXT), 0 FROM trial_heartbeats",
        "SELECT 4, trial_id, key, NULL, value_json, 0 FROM trial_user_attributes",
        "SELECT 5, trial_id, key, NULL, value_json, 0 FROM trial_system_attributes",
    ]

    private mutating func readDetails(_ filter: Filter, into trials: inout [Int64: Trial], _ connection: any SQLConnection) throws {
        let parts = Self.details.map { "\($0) WHERE \(filter.sql)" }
        if filter.isSmall {
            // One question instead of six: each is a way to the server and back, while everybody else waits.
            let sql = parts.joined(separator: " UNION ALL ") + " ORDER BY kind, position"
            try connection.each(sql, parts.flatMap { _ in filter.arguments }) { try read($0, into: &trials) }
        } else {
            for part in parts { try connection.each("\(part) ORDER BY 6", filter.arguments) { try read($0, into: &trials) } }
        }
    }

    private mutating func read(_ row: any SQLRow, into trials: inout [Int64: Trial]) throws {
        guard let kind = row.integer(0), let id = row.integer(1) else { return }
        switch kind {
        case 0:
            let name = row.text(2) ?? ""
            let domain = try domain(row.text(4) ?? "", of: name)
            guard let value = row.real(3).flatMap({ OptunaDistribution.value(of: $0, in: domain) }) else {
                throw StoreErrors.storage("a value of \"\(name)\" does not fit its distribution.")
            }
            trials[id]?.configuration[name] = value
        case 1: trials[id]?.values.append(OptunaNumber.value(row.real(3), row.text(2) ?? ""))
        case 2:
            guard let step = row.integer(5) else { return }
            trials[id]?.intermediateValues[Int(step)] = OptunaNumber.value(row.real(3), row.text(2) ?? "")
        case 3: trials[id]?.heartbeat = row.text(4).flatMap(OptunaDate.date)
        case 4: trials[id]?.userAttributes[row.text(2) ?? ""] = row.text(4) ?? "null"
        default:
            guard var trial = trials.removeValue(forKey: id) else { return }
            try Self.read(row.text(2) ?? "", row.text(4) ?? "null", into: &trial)
            trials[id] = trial
        }
    }

    /// - Parameter json: Nil where the attribute is removed.
    static func read(_ key: String, _ json: String?, into trial: inout Trial) throws {
        switch key {
        case progressKey:
            trial.progress = try json.map { try ProgressDocument.decode($0) } ?? TrialProgress()
        case fixedKey:
            guard trial.state == .waiting else { return }
            trial.configuration = json.flatMap(FixedParameters.decode) ?? Configuration()
        default:
            trial.systemAttributes[key] = json
        }
    }

    private mutating func domain(_ json: String, of parameter: String) throws -> Domain {
        if let known = domains[json] { return known }
        let domain = try OptunaDistribution.domain(json, of: parameter)
        domains[json] = domain
        return domain
    }
}

/// `TrialProgress` as JSON that can hold infinite results.
enum ProgressDocument {
    static func encode(_ progress: TrialProgress) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(progress), as: UTF8.self)
    }

    static func decode(_ json: String) throws -> TrialProgress {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(TrialProgress.self, from: Data(json.utf8))
        } catch {
            throw StoreErrors.storage("the progress of a trial cannot be understood: \(json)")
        }
    }
}

/// What an enqueued trial fixes, as Optuna's attribute has it: values by name, here in their order.
enum FixedParameters {
    static func encode(_ configuration: Configuration) -> String {
        "{" + configuration.map { "\(JournalJSON.text($0.name)):\(text($0.value))" }.joined(separator: ",") + "}"
    }

    /// Nil when a value is none of a parameter.
    static func decode(_ json: String) -> Configuration? {
        guard case .object(let members)? = JournalJSON(json.utf8) else { return nil }
        var configuration = Configuration()
        for member in members {
            switch member.value {
            case .number(let number): configuration[member.name] = Int(member.text).map { .integer($0) } ?? .float(number)
            case .string(let text): configuration[member.name] = .category(text)
            case .boolean(let flag): configuration[member.name] = .boolean(flag)
            case .null: configuration[member.name] = OptunaDistribution.none
            default: return nil
            }
        }
        return configuration
    }

    private static func text(_ value: ParameterValue) -> String {
        switch value {
        case .float(let number): JournalJSON.text(number)
        case OptunaDistribution.none: "null"
        case .category(let text): JournalJSON.text(text)
        case .integer, .boolean: value.description
        }
    }
}
