import Foundation
import Search
import SearchSpaces

/// Trials to rows: writes only what differs from what was there.
struct TrialWriter {
    let connection: any SQLConnection
    let studyID: Int64
    let space: SearchSpace

    /// - Returns: The key of the new trial.
    func insert(_ trial: Trial) throws -> Int64 {
        let id = try connection.insert(
            "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES (?, ?, ?, ?, ?)", key: "trial_id",
            [SQLValue(trial.number), .integer(studyID), .text(trial.state.optunaName), date(trial.start), date(trial.completion)])
        var blank = Trial(number: trial.number, state: trial.state, configuration: Configuration())
        blank.start = trial.start
        blank.completion = trial.completion
        try write(trial, over: blank, id: id, isNew: true)
        return id
    }

    /// - Throws: `ChangedMeanwhile` when the trial is no longer in the state in which it was read.
    func update(_ trial: Trial, from old: Trial, id: Int64) throws {
        if old.state != trial.state || old.start != trial.start || old.completion != trial.completion {
            // Optuna claims waiting trials without asking anyone: the state is part of the condition.
            let count = try connection.execute(
                "UPDATE trials SET state = ?, datetime_start = ?, datetime_complete = ? WHERE trial_id = ? AND state = ?",
                [.text(trial.state.optunaName), date(trial.start), date(trial.completion), .integer(id), .text(old.state.optunaName)])
            guard count == 1 else { throw ChangedMeanwhile() }
        }
        try write(trial, over: old, id: id, isNew: false)
    }

    private func write(_ trial: Trial, over old: Trial, id: Int64, isNew: Bool) throws {
        var system = differences(trial.systemAttributes, old.systemAttributes)
        if trial.state == .waiting {
            if isNew || old.state != .waiting || old.configuration != trial.configuration {
                system.append((TrialReader.fixedKey, FixedParameters.encode(trial.configuration)))
            }
        } else if old.state == .waiting || old.configuration != trial.configuration {
            try writeParameters(trial.configuration, id, isNew: isNew)
        }
        if old.values != trial.values { try writeValues(trial.values, id, isNew: isNew) }
        try writeIntermediateValues(trial, over: old, id)
        if old.heartbeat != trial.heartbeat, let heartbeat = trial.heartbeat {
            try connection.execute(
                """
                INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?, ?)
                ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat
                """, [.integer(id), date(heartbeat)])
        }
        if isNew ? trial.progress != TrialProgress() : old.progress != trial.progress {
            system.append((TrialReader.progressKey, try ProgressDocument.encode(trial.progress)))
        }
        try set("trial_system_attributes", system, id)
        try set("trial_user_attributes", differences(trial.userAttributes, old.userAttributes), id)
        try remove("trial_system_attributes", old.systemAttributes.keys.filter { trial.systemAttributes[$0] == nil }, id)
        try remove("trial_user_attributes", old.userAttributes.keys.filter { trial.userAttributes[$0] == nil }, id)
    }

    private func writeParameters(_ configuration: SearchSpaces.Configuration, _ id: Int64, isNew: Bool) throws {
        if !isNew { try connection.execute("DELETE FROM trial_params WHERE trial_id = ?", [.integer(id)]) }
        let rows = try configuration.map { name, value -> [SQLValue] in
            guard let domain = space[name]?.domain, let number = OptunaDistribution.number(of: value, in: domain) else {
                throw StoreErrors.storage("The configuration has \"\(name)\" = \(value), which the study's space does not.")
            }
            return [.integer(id), .text(name), .real(number), .text(OptunaDistribution.json(domain))]
        }
        try connection.insert(into: "trial_params (trial_id, param_name, param_value, distribution_json)", rows)
    }

    private func writeValues(_ values: [Double], _ id: Int64, isNew: Bool) throws {
        if !isNew { try connection.execute("DELETE FROM trial_values WHERE trial_id = ?", [.integer(id)]) }
        let rows = values.enumerated().map { objective, value -> [SQLValue] in
            let columns = OptunaNumber.columns(value)
            return [.integer(id), SQLValue(objective), SQLValue(columns.value), .text(columns.type)]
        }
        try connection.insert(into: "trial_values (trial_id, objective, value, value_type)", rows)
    }

    private func writeIntermediateValues(_ trial: Trial, over old: Trial, _ id: Int64) throws {
        if old.intermediateValues.isEmpty && trial.intermediateValues.isEmpty { return }
        var rows: [[SQLValue]] = []
        for (step, value) in trial.intermediateValues where old.intermediateValues[step]?.bitPattern != value.bitPattern {
            let columns = OptunaNumber.columns(value)
            rows.append([.integer(id), SQLValue(step), SQLValue(columns.value), .text(columns.type)])
        }
        try connection.insert(
            into: "trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)", rows,
            suffix: """
                ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value,
                    intermediate_value_type = excluded.intermediate_value_type
                """)
    }

    private func differences(_ new: [String: String], _ old: [String: String]) -> [(String, String)] {
        new.isEmpty ? [] : new.filter { old[$0.key] != $0.value }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func set(_ table: String, _ attributes: [(key: String, json: String)], _ id: Int64) throws {
        try connection.insert(
            into: "\(table) (trial_id, key, value_json)", attributes.map { [.integer(id), .text($0.key), .text($0.json)] },
            suffix: "ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json")
    }

    private func remove(_ table: String, _ keys: [String], _ id: Int64) throws {
        for key in keys { try connection.execute("DELETE FROM \(table) WHERE trial_id = ? AND key = ?", [.integer(id), .text(key)]) }
    }

    private func date(_ date: Date?) -> SQLValue { SQLValue(date.map(OptunaDate.text)) }
}
