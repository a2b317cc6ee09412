import Foundation
import Search
import SearchSpaces

/// Studies as rows.
enum StudyRows {
    static func identity(of name: String, _ connection: any SQLConnection) throws -> StudyIdentity? {
        guard let id = try connection.firstInteger("SELECT study_id FROM studies WHERE study_name = ?", [.text(name)]) else { return nil }
        return StudyIdentity(id: id, creation: try connection.creation(of: id))
    }

    static func names(_ connection: any SQLConnection) throws -> [String] {
        var names: [String] = []
        try connection.each("SELECT study_name FROM studies", []) { names.append($0.text(0) ?? "") }
        // Databases sort by the rules of their languages.
        return names.sorted()
    }

    /// - Returns: The key of the new study.
    static func insert(_ definition: StudyDefinition, _ connection: any SQLConnection) throws -> Int64 {
        let id = try connection.insert("INSERT INTO studies (study_name) VALUES (?)", key: "study_id", [.text(definition.name)])
        try connection.insert(
            into: "study_directions (direction, study_id, objective)",
            definition.directions.enumerated().map { objective, direction in
                [.text(direction == .minimize ? "MINIMIZE" : "MAXIMIZE"), .integer(id), SQLValue(objective)]
            })
        try connection.insert(into: "study_user_attributes (study_id, key, value_json)", rows(definition.userAttributes, id))
        try connection.insert(
            into: "study_system_attributes (study_id, key, value_json)", rows(try StudyDocument.systemAttributes(of: definition), id))
        return id
    }

    /// Deletes a study and all that belongs to it.
    static func delete(id: Int64, _ connection: any SQLConnection) throws {
        for table in SQLSchema.trialTables {
            try connection.execute("DELETE FROM \(table) WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)", [.integer(id)])
        }
        for table in ["trials", "study_directions", "study_user_attributes", "study_system_attributes", "studies"] {
            try connection.execute("DELETE FROM \(table) WHERE study_id = ?", [.integer(id)])
        }
    }

    private static func rows(_ attributes: [String: String], _ id: Int64) -> [[SQLValue]] {
        attributes.sorted { $0.key < $1.key }.map { [.integer(id), .text($0.key), .text($0.value)] }
    }

    /// The definition; of a study that Optuna made, with the space that its trials show.
    static func definition(id: Int64, name: String, _ connection: any SQLConnection) throws -> StudyDefinition {
        var directions: [Direction] = []
        try connection.each("SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective", [.integer(id)]) {
            directions.append($0.text(0) == "MAXIMIZE" ? .maximize : .minimize)
        }
        return try StudyDocument.definition(
            name: name, directions: directions, userAttributes: attributes("study_user_attributes", id, connection),
            systemAttributes: attributes("study_system_attributes", id, connection)
        ) { try observedParameters(id, connection) }
    }

    private static func attributes(_ table: String, _ id: Int64, _ connection: any SQLConnection) throws -> [String: String] {
        var attributes: [String: String] = [:]
        try connection.each("SELECT key, value_json FROM \(table) WHERE study_id = ?", [.integer(id)]) {
            attributes[$0.text(0) ?? ""] = $0.text(1) ?? "null"
        }
        return attributes
    }

    /// Names with their distributions, in the order in which they first appeared.
    private static func observedParameters(_ id: Int64, _ connection: any SQLConnection) throws -> [(name: String, distribution: String)] {
        var parameters: [(String, String)] = []
        try connection.each(
            """
            SELECT param_name, distribution_json FROM (
                SELECT param_name, distribution_json, MIN(param_id) AS earliest
                FROM trial_params JOIN trials ON trials.trial_id = trial_params.trial_id WHERE study_id = ?
                GROUP BY param_name, distribution_json) AS seen
            ORDER BY earliest
            """, [.integer(id)]
        ) { parameters.append(($0.text(0) ?? "", $0.text(1) ?? "")) }
        return parameters
    }
}
