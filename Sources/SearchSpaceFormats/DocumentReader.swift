import Foundation
import SearchSpaces

/// Reads YAML and JSON: our own two forms, and ConfigSpace's.
enum DocumentReader {
    static func read(_ text: String, isJSON: Bool) throws -> SearchSpace {
        let document = try isJSON ? JSONReader.read(text) : DocumentNode.parse(text)
        if document["hyperparameters"] != nil { return try ConfigSpaceReader.read(document) }
        if case .sequence? = document["parameters"]?.content { return try readCoded(document) }
        // As a parameter of our short form it would be a constant named "parameters", which nobody means.
        if let parameters = document["parameters"], case .scalar = parameters.content {
            throw parameters.fail("\"parameters\" is \(parameters.text), which is no space; expected the list of the parameters.")
        }
        return try YAMLReader.read(document)
    }

    /// The document of `SearchSpace`'s own coding.
    private static func readCoded(_ document: DocumentNode) throws -> SearchSpace {
        // One parameter and one clause at a time first, so that a mistake has its place.
        let items = try document["parameters"]?.items("parameters") ?? []
        for item in items {
            let name = item["name"]?.text
            try located(item, name) {
                let parameter = try JSONDecoder().decode(Parameter.self, from: item.json)
                try parameter.check()
            }
        }
        for (number, item) in (try document["forbidden"]?.items("forbidden") ?? []).enumerated() {
            do { try located(item, nil) { _ = try JSONDecoder().decode(Condition.self, from: item.json) } } catch var error as SearchSpaceError {
                let text = String(decoding: try item.json, as: UTF8.self)
                error.message = "The forbidden combination \(number + 1), \(text.count > 80 ? text.prefix(80) + "…" : text): \(error.message)"
                throw error
            }
        }
        let space = try located(document, nil) { try JSONDecoder().decode(SearchSpace.self, from: document.json) }
        try LikelySlips.check(space) { name, member in items.first { $0["name"]?.text == name }.map { $0[member] ?? $0 } }
        return space
    }

    /// Gives errors the place of a node.
    static func located<Result>(_ node: DocumentNode, _ parameter: String?, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch var error as SearchSpaceError {
            if error.line == nil { (error.line, error.column) = (node.line, node.column) }
            throw error
        } catch let error as DecodingError {
            throw node.fail((parameter.map { "Parameter \"\($0)\": " } ?? "") + error.explanation, parameter: parameter)
        }
    }
}

extension Parameter {
    /// Checks domain, prior and default, without the condition, whose parents may be elsewhere.
    func check() throws { _ = try SearchSpace([Parameter(name, domain, default: defaultValue, prior: prior)]) }
}

extension DecodingError {
    /// What was got and expected, with the keys that lead there.
    fileprivate var explanation: String {
        func path(_ context: Context) -> String {
            context.codingPath.isEmpty ? "" : " at " + context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        return switch self {
        case .keyNotFound(let key, let context): "\"\(key.stringValue)\" is missing\(path(context))."
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(context.debugDescription.hasSuffix(".") ? String(context.debugDescription.dropLast()) : context.debugDescription)\(path(context))."
        @unknown default: "\(self)"
        }
    }
}
