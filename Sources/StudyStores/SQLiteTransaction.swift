import Foundation
import GRDB
import Search
import SearchSpaces

/// A transaction of a `SQLiteStore`: writes only what differs from what was there.
final class SQLiteTransaction: StudyTransaction {
    let now: Date
    private(set) var cache: StudyCache
    private let database: Database

    init(_ cache: consuming StudyCache, _ database: Database, now: Date) {
        self.cache = cache
        self.database = database
        self.now = now
    }

    var trials: [Trial] { cache.trials }

    func append(_ trial: Trial) throws -> Int {
        var trial = trial
        trial.number = cache.trials.count
        try execute(
            "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES (?, ?, ?, ?, ?)",
            [trial.number, cache.studyID, trial.state.optunaName, trial.start.map(OptunaDate.text), trial.completion.map(OptunaDate.text)])
        let id = database.lastInsertedRowID
        var blank = Trial(number: trial.number, state: trial.state, configuration: Configuration())
        blank.progress = TrialProgress()
        try write(trial, over: blank, id: id)
        cache.trialIDs.append(id)
        cache.stamps.append(try stamp(&trial, id: id))
        cache.trials.append(trial)
        return trial.number
    }

    func replace(_ trial: Trial) throws {
        guard cache.trials.indices.contains(trial.number) else {
            throw SearchError(.unknownTrial, "There is no trial \(trial.number) to replace.", trial: trial.number)
        }
        var trial = trial
        let id = cache.trialIDs[trial.number]
        let old = cache.trials[trial.number]
        if old.state != trial.state || old.start != trial.start || old.completion != trial.completion {
            try execute(
                "UPDATE trials SET state = ?, datetime_start = ?, datetime_complete = ? WHERE trial_id = ?",
                [trial.state.optunaName, trial.start.map(OptunaDate.text), trial.completion.map(OptunaDate.text), id])
        }
        try write(trial, over: old, id: id)
        trial.heartbeat = old.heartbeat
        cache.stamps[trial.number] = try stamp(&trial, id: id)
        cache.trials[trial.number] = trial
    }

    /// Leaves a heartbeat that differs from the last one, so that other processes see that something has changed.
    private func stamp(_ trial: inout Trial, id: Int64) throws -> StudyCache.Stamp {
        let moment = trial.heartbeat.map { max(now, $0.addingTimeInterval(2e-6)) } ?? now
        let text = OptunaDate.text(moment)
        trial.heartbeat = OptunaDate.date(text)
        try execute(
            """
            INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?, ?)
            ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat
            """, [id, text])
        return StudyCache.Stamp(state: trial.state.optunaName, heartbeat: text)
    }

    private func write(_ trial: Trial, over old: Trial, id: Int64) throws {
        if trial.state == .waiting {
            if old.configuration != trial.configuration || trial.configuration.isEmpty {
                try set("trial_system_attributes", TrialReader.fixedKey, try json(trial.configuration), id)
            }
        } else if old.state == .waiting || old.configuration != trial.configuration {
            try writeParameters(trial.configuration, id)
        }
        if old.values != trial.values { try writeValues(trial.values, id) }
        for (step, value) in trial.intermediateValues where old.intermediateValues[step]?.bitPattern != value.bitPattern {
            let columns = OptunaNumber.columns(value)
            try execute(
                """
                INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?, ?, ?, ?)
                ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value,
                    intermediate_value_type = excluded.intermediate_value_type
                """, [id, step, columns.value, columns.type])
        }
        if old.progress != trial.progress {
            try set("trial_system_attributes", TrialReader.progressKey, try ProgressDocument.encode(trial.progress), id)
        }
        try writeAttributes("trial_user_attributes", trial.userAttributes, over: old.userAttributes, id)
        try writeAttributes("trial_system_attributes", trial.systemAttributes, over: old.systemAttributes, id)
    }

    private func writeParameters(_ configuration: SearchSpaces.Configuration, _ id: Int64) throws {
        try execute("DELETE FROM trial_params WHERE trial_id = ?", [id])
        for (name, value) in configuration {
            guard let domain = cache.space[name]?.domain, let number = OptunaDistribution.number(of: value, in: domain) else {
                throw StoreErrors.storage("The configuration has \"\(name)\" = \(value), which the study's space does not.")
            }
            try execute(
                "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)",
                [id, name, number, OptunaDistribution.json(domain)])
        }
    }

    private func writeValues(_ values: [Double], _ id: Int64) throws {
        try execute("DELETE FROM trial_values WHERE trial_id = ?", [id])
        for (objective, value) in values.enumerated() {
            let columns = OptunaNumber.columns(value)
            try execute(
                "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?)",
                [id, objective, columns.value, columns.type])
        }
    }

    private func writeAttributes(_ table: String, _ new: [String: String], over old: [String: String], _ id: Int64) throws {
        for (key, json) in new where old[key] != json { try set(table, key, json, id) }
        for key in old.keys where new[key] == nil { try execute("DELETE FROM \(table) WHERE trial_id = ? AND key = ?", [id, key]) }
    }

    private func set(_ table: String, _ key: String, _ json: String, _ id: Int64) throws {
        try execute(
            """
            INSERT INTO \(table) (trial_id, key, value_json) VALUES (?, ?, ?)
            ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json
            """, [id, key, json])
    }

    private func json(_ configuration: SearchSpaces.Configuration) throws -> String {
        String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
