import Foundation
import GRDB
import Search
import SearchSpaces

/// Studies as rows.
enum StudyRows {
    /// The system attribute with what Optuna has no place for.
    static let definitionKey = "tutti:definition"
    private static let metricNamesKey = "study:metric_names"

    static func id(of name: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT study_id FROM studies WHERE study_name = ?", arguments: [name])
    }

    static func insert(_ definition: StudyDefinition, _ database: Database) throws {
        try database.execute(sql: "INSERT INTO studies (study_name) VALUES (?)", arguments: [definition.name])
        let id = database.lastInsertedRowID
        for (objective, direction) in definition.directions.enumerated() {
            try database.execute(
                sql: "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)",
                arguments: [direction == .minimize ? "MINIMIZE" : "MAXIMIZE", id, objective])
        }
        for (key, json) in definition.userAttributes {
            try database.execute(
                sql: "INSERT INTO study_user_attributes (study_id, key, value_json) VALUES (?, ?, ?)", arguments: [id, key, json])
        }
        var system = [definitionKey: try json(Extras(definition))]
        if !definition.metricNames.isEmpty { system[metricNamesKey] = try json(definition.metricNames) }
        for (key, json) in system {
            try database.execute(
                sql: "INSERT INTO study_system_attributes (study_id, key, value_json) VALUES (?, ?, ?)", arguments: [id, key, json])
        }
    }

    /// The definition; of a study that Optuna made, with the space that its trials show.
    static func definition(id: Int64, name: String, _ database: Database) throws -> StudyDefinition {
        let words = try String.fetchAll(
            database, sql: "SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective", arguments: [id])
        let user = try attributes("study_user_attributes", id, database)
        let system = try attributes("study_system_attributes", id, database)
        let extras = try system[definitionKey].map { try decode(Extras.self, $0, of: name) }
        let metricNames = try system[metricNamesKey].map { try decode([String].self, $0, of: name) }
        var definition = StudyDefinition(
            name: name, space: try extras?.space ?? observedSpace(id, database),
            directions: words.isEmpty ? [.minimize] : words.map { $0 == "MAXIMIZE" ? .maximize : .minimize },
            metricNames: metricNames ?? [], seed: extras?.seed ?? 0, userAttributes: user)
        if let extras { (definition.sampler, definition.scheduler) = (extras.sampler, extras.scheduler) }
        return definition
    }

    private static func attributes(_ table: String, _ id: Int64, _ database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(database, sql: "SELECT key, value_json FROM \(table) WHERE study_id = ?", arguments: [id])
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// The parameters in the order in which they first appeared, with their latest distributions.
    private static func observedSpace(_ id: Int64, _ database: Database) throws -> SearchSpace {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT param_name, distribution_json FROM (
                    SELECT param_name, distribution_json, MIN(param_id) AS first, MAX(param_id) AS last
                    FROM trial_params JOIN trials USING (trial_id) WHERE study_id = ? GROUP BY param_name, distribution_json)
                ORDER BY first
                """, arguments: [id])
        var order: [String] = []
        var domains: [String: Domain] = [:]
        for row in rows {
            let name: String = row[0]
            if domains[name] == nil { order.append(name) }
            domains[name] = try OptunaDistribution.domain(row[1])
        }
        return try SearchSpace(order.compactMap { name in domains[name].map { Parameter(name, $0) } })
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ json: String, of study: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(json.utf8))
        } catch {
            throw StoreErrors.storage("The study \"\(study)\" has a definition that cannot be read: \(error)")
        }
    }

    private struct Extras: Codable {
        var space: SearchSpace
        var seed: UInt64
        var sampler: AlgorithmChoice
        var scheduler: AlgorithmChoice

        init(_ definition: StudyDefinition) {
            space = definition.space
            seed = definition.seed
            sampler = definition.sampler
            scheduler = definition.scheduler
        }
    }
}
