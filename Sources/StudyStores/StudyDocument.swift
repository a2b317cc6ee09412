import Foundation
import Search
import SearchSpaces

/// What a study's definition has that Optuna has no place for: a system attribute of the study, the same in every kind of store.
enum StudyDocument {
    private static let definitionKey = "tutti:definition"
    private static let metricNamesKey = "study:metric_names"

    static func systemAttributes(of definition: StudyDefinition) throws -> [String: String] {
        var attributes = [definitionKey: try json(Extras(definition))]
        if !definition.metricNames.isEmpty { attributes[metricNamesKey] = try json(definition.metricNames) }
        return attributes
    }

    /// The definition; of a study that Optuna made, with the space that its trials show.
    ///
    /// - Parameter observed: Names and distributions of the trials' parameters, in the order of their first appearance.
    static func definition(
        name: String, directions: [Direction], userAttributes: [String: String], systemAttributes: [String: String],
        observed: () throws -> [(name: String, distribution: String)]
    ) throws -> StudyDefinition {
        let extras = try systemAttributes[definitionKey].map { try decode(Extras.self, $0, of: name) }
        let metricNames = try systemAttributes[metricNamesKey].map { try decode([String].self, $0, of: name) }
        var definition = StudyDefinition(
            name: name, space: try extras?.space ?? StoreErrors.reading(name) { try space(observed()) },
            directions: directions.isEmpty ? [.minimize] : directions, metricNames: metricNames ?? [], seed: extras?.seed ?? 0, userAttributes: userAttributes)
        if let extras { (definition.sampler, definition.scheduler) = (extras.sampler, extras.scheduler) }
        return definition
    }

    /// Each parameter with its latest distribution.
    private static func space(_ observed: [(name: String, distribution: String)]) throws -> SearchSpace {
        var order: [String] = []
        var domains: [String: Domain] = [:]
        for (name, distribution) in observed {
            if domains[name] == nil { order.append(name) }
            domains[name] = try OptunaDistribution.domain(distribution, of: name)
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
