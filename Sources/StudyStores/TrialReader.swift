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
            filter = Filter(ids.map { _ in "?" }.joined(separator: ", "), ids.map { .integer($0) })
        } else if let ids, ids.count <= 200 {
            filter = Filter(ids.map(String.init).joined(separator: ", "), [])
        } else {
            filter = Filter("SELECT trial_id FROM trials WHERE study_id = ?", [.integer(studyID)])
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
            guard let state = TrialState(optunaName: word) else { throw StoreErrors.storage("Unknown state of a trial: \(word)") }
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

        init(_ keys: String, _ arguments: [SQLValue]) {
            sql = "trial_id IN (\(keys))"
            self.arguments = arguments
        }
    }

    private mutating func readDetails(_ filter: Filter, into trials: inout [Int64: Trial], _ connection: any SQLConnection) throws {
        func each(_ sql: String, _ body: (any SQLRow, Int64) throws -> Void) throws {
            try connection.each(sql, filter.arguments) { row in if let id = row.integer(0) { try body(row, id) } }
        }
        try each("SELECT trial_id, param_name, param_value, distribution_json FROM trial_params WHERE \(filter.sql) ORDER BY param_id") { row, id in
            let name = row.text(1) ?? ""
            let domain = try domain(row.text(3) ?? "")
            guard let value = row.real(2).flatMap({ OptunaDistribution.value(of: $0, in: domain) }) else {
                throw StoreErrors.storage("The value of \"\(name)\" does not fit its distribution.")
            }
            trials[id]?.configuration[name] = value
        }
        try each("SELECT trial_id, value, value_type FROM trial_values WHERE \(filter.sql) ORDER BY objective") { row, id in
            trials[id]?.values.append(OptunaNumber.value(row.real(1), row.text(2) ?? ""))
        }
        try each(
            "SELECT trial_id, step, intermediate_value, intermediate_value_type FROM trial_intermediate_values WHERE \(filter.sql)"
        ) { row, id in
            guard let step = row.integer(1) else { return }
            trials[id]?.intermediateValues[Int(step)] = OptunaNumber.value(row.real(2), row.text(3) ?? "")
        }
        try each("SELECT trial_id, heartbeat FROM trial_heartbeats WHERE \(filter.sql)") { row, id in
            trials[id]?.heartbeat = row.text(1).flatMap(OptunaDate.date)
        }
        try each("SELECT trial_id, key, value_json FROM trial_user_attributes WHERE \(filter.sql)") { row, id in
            trials[id]?.userAttributes[row.text(1) ?? ""] = row.text(2) ?? "null"
        }
        try each("SELECT trial_id, key, value_json FROM trial_system_attributes WHERE \(filter.sql)") { row, id in
            guard var trial = trials.removeValue(forKey: id) else { return }
            try Self.read(row.text(1) ?? "", row.text(2) ?? "null", into: &trial)
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

    private mutating func domain(_ json: String) throws -> Domain {
        if let known = domains[json] { return known }
        let domain = try OptunaDistribution.domain(json)
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
            throw StoreErrors.storage("The progress of a trial cannot be read: \(json)")
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
            default: return nil
            }
        }
        return configuration
    }

    private static func text(_ value: ParameterValue) -> String {
        switch value {
        case .float(let number): JournalJSON.text(number)
        case .category(let text): JournalJSON.text(text)
        case .integer, .boolean: value.description
        }
    }
}
