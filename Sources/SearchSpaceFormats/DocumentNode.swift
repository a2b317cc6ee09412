import Foundation
import SearchSpaces
import Yams

/// A piece of a YAML or JSON document with its place.
///
/// Scalars have the types of YAML 1.2's core schema: what is quoted is text, `on` and `yes` are too.
struct DocumentNode {
    struct Entry {
        var key: DocumentNode
        var value: DocumentNode
    }

    enum Content {
        case mapping([Entry])
        case sequence([DocumentNode])
        case scalar(ParameterValue)
        case null
    }

    var content: Content
    /// A scalar as it was written, without quotes.
    var text = ""
    var line: Int
    var column: Int

    static let empty = SearchSpaceError(.invalidDocument, "The document is empty; expected the parameters of a search space.")

    /// Reads YAML.
    ///
    /// - Throws: `SearchSpaceError` (`invalidDocument`) with the place of the first mistake.
    static func parse(_ text: String) throws -> DocumentNode {
        do {
            guard let node = try Yams.compose(yaml: text) else { throw empty }
            return DocumentNode(node)
        } catch let error as YamlError {
            switch error {
            case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
                .composer(let context, let problem, let mark, _):
                let message = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
                throw SearchSpaceError(.invalidDocument, "This is not YAML: \(message).", line: mark.line, column: mark.column)
            case .duplicatedKeysInMapping(let duplicates, let context):
                throw SearchSpaceError(
                    .duplicateName, "The same name is given twice: \(duplicates.sorted().joined(separator: ", ")).",
                    line: context.mark.line, column: context.mark.column)
            default: throw SearchSpaceError(.invalidDocument, "This is not YAML: \(error)")
            }
        }
    }

    init(_ content: Content, text: String = "", at place: (line: Int, column: Int)) {
        (self.content, self.text) = (content, text)
        (line, column) = place
    }

    private init(_ node: Node) {
        line = node.mark?.line ?? 1
        column = node.mark?.column ?? 1
        switch node {
        case .mapping(let mapping): content = .mapping(mapping.map { Entry(key: DocumentNode($0.key), value: DocumentNode($0.value)) })
        case .sequence(let sequence): content = .sequence(sequence.map { DocumentNode($0) })
        case .scalar(let scalar):
            text = scalar.string
            let isPlain = scalar.style == .plain || scalar.style == .any
            if isPlain {
                content = Self.plain(scalar.string).map { .scalar($0) } ?? .null
            } else {
                content = .scalar(.category(scalar.string))
                // The first character after the quote.
                if scalar.style == .doubleQuoted || scalar.style == .singleQuoted { column += 1 }
            }
        default: content = .null
        }
    }

    /// The value of an unquoted word; nil for null.
    private static func plain(_ text: String) -> ParameterValue? {
        switch text {
        case "", "~", "null", "Null", "NULL": nil
        case "true", "True", "TRUE": .boolean(true)
        case "false", "False", "FALSE": .boolean(false)
        default: ParameterValue(number: text) ?? .category(text)
        }
    }

    func fail(_ message: String, parameter: String? = nil) -> SearchSpaceError {
        SearchSpaceError(.invalidDocument, message, parameter: parameter, line: line, column: column)
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar: "\"\(text)\""
        case .null: "nothing"
        }
    }

    subscript(key: String) -> DocumentNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key.text == key }?.value.nonNull
    }

    private var nonNull: DocumentNode? {
        if case .null = content { return nil }
        return self
    }

    func entries(_ what: String) throws -> [Entry] {
        guard case .mapping(let entries) = content else { throw fail("\(what) must be a mapping, got \(kind).") }
        return entries
    }

    func items(_ what: String) throws -> [DocumentNode] {
        guard case .sequence(let items) = content else { throw fail("\(what) must be a list, got \(kind).") }
        return items
    }

    func value(_ what: String) throws -> ParameterValue {
        guard case .scalar(let value) = content else { throw fail("\(what) must be a number, a word or true or false, got \(kind).") }
        return value
    }

    func number(_ what: String) throws -> Double {
        guard let number = try value(what).number else { throw fail("\(what) must be a number, got \(kind).") }
        return number
    }

    func wholeNumber(_ what: String) throws -> Int {
        guard let number = try value(what).wholeNumber else { throw fail("\(what) must be a whole number, got \(kind).") }
        return number
    }

    func flag(_ what: String) throws -> Bool {
        guard case .boolean(let flag) = try value(what) else { throw fail("\(what) must be true or false, got \(kind).") }
        return flag
    }

    /// The same document as JSON, which a lone value is too.
    var json: Data {
        get throws { try JSONSerialization.data(withJSONObject: jsonObject, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes]) }
    }

    private var jsonObject: Any {
        switch content {
        case .mapping(let entries): return Dictionary(entries.map { ($0.key.text, $0.value.jsonObject) }, uniquingKeysWith: { $1 })
        case .sequence(let items): return items.map(\.jsonObject)
        case .null: return NSNull()
        case .scalar(.float(let number)): return number
        case .scalar(.integer(let number)): return number
        case .scalar(.boolean(let flag)): return flag
        case .scalar(.category(let text)): return text
        }
    }
}

extension ParameterValue {
    /// A number as programs write them: no names such as `inf`, no hexadecimals.
    init?(number text: String) {
        guard text.contains(where: \.isNumber), text.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }) else { return nil }
        if let whole = Int(text) {
            self = .integer(whole)
        } else if let number = Double(text), number.isFinite {
            self = .float(number)
        } else {
            return nil
        }
    }
}
