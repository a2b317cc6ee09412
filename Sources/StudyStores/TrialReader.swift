import Foundation
import GRDB
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

    /// Reads trials by id, in the order of their numbers.
    mutating func trials(_ ids: [Int64], studyID: Int64, _ database: Database) throws -> [Trial] {
        if ids.isEmpty { return [] }
        // A few are asked for by id; many are read with the whole study, which is one pass instead of thousands of look-ups.
        let few = ids.count <= 200
        let filter =
            few
            ? "trial_id IN (\(ids.map(String.init).joined(separator: ",")))"
            : "trial_id IN (SELECT trial_id FROM trials WHERE study_id = \(studyID))"
        var trials: [Int64: Trial] = [:]
        try each("SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials WHERE \(filter)", database) { row in
            let word: String = row[2]
            guard let state = TrialState(optunaName: word) else { throw StoreErrors.storage("Unknown state of a trial: \(word)") }
            var trial = Trial(number: row[1], state: state, configuration: Configuration())
            trial.start = (row[3] as String?).flatMap(OptunaDate.date)
            trial.completion = (row[4] as String?).flatMap(OptunaDate.date)
            trials[row[0]] = trial
        }
        try each(
            "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params WHERE \(filter) ORDER BY param_id", database
        ) { row in
            let name: String = row[1]
            let domain = try domain(row[3])
            guard let value = OptunaDistribution.value(of: row[2], in: domain) else {
                throw StoreErrors.storage("The value of \"\(name)\" does not fit its distribution.")
            }
            trials[row[0]]?.configuration[name] = value
        }
        try each("SELECT trial_id, value, value_type FROM trial_values WHERE \(filter) ORDER BY objective", database) { row in
            trials[row[0]]?.values.append(OptunaNumber.value(row[1], row[2]))
        }
        try each(
            """
            SELECT trial_id, step, intermediate_value, intermediate_value_type FROM trial_intermediate_values WHERE \(filter)
            """, database
        ) { row in
            trials[row[0]]?.intermediateValues[row[1]] = OptunaNumber.value(row[2], row[3])
        }
        try each("SELECT trial_id, heartbeat FROM trial_heartbeats WHERE \(filter)", database) { row in
            trials[row[0]]?.heartbeat = OptunaDate.date(row[1])
        }
        try each("SELECT trial_id, key, value_json FROM trial_user_attributes WHERE \(filter)", database) { row in
            trials[row[0]]?.userAttributes[row[1]] = row[2]
        }
        try each("SELECT trial_id, key, value_json FROM trial_system_attributes WHERE \(filter)", database) { row in
            try Self.read(row[1], row[2], into: &trials[row[0]])
        }
        return ids.compactMap { trials[$0] }
    }

    private static func read(_ key: String, _ json: String, into trial: inout Trial?) throws {
        switch key {
        case progressKey:
            trial?.progress = try ProgressDocument.decode(json)
        case fixedKey where trial?.state == .waiting:
            trial?.configuration = (try? JSONDecoder().decode(Configuration.self, from: Data(json.utf8))) ?? Configuration()
        default:
            trial?.systemAttributes[key] = json
        }
    }

    private mutating func domain(_ json: String) throws -> Domain {
        if let known = domains[json] { return known }
        let domain = try OptunaDistribution.domain(json)
        domains[json] = domain
        return domain
    }

    private func each(_ sql: String, _ database: Database, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() { try body(row) }
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
