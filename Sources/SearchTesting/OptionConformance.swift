import Search
import SearchSpaces
import Testing

/// What the options on a card must be: named once, explained, and made of defaults that the algorithm takes.
enum OptionConformance {
    static func areDocumented(_ options: [AlgorithmOption], of id: String, make: (Configuration) throws -> Void) {
        #expect(Set(options.map(\.name)).count == options.count, "\(id) has an option twice")
        for option in options {
            #expect(!option.name.isEmpty && !option.summary.isEmpty, "\(id): \(option)")
            // One line of a table.
            #expect(!option.summary.contains { $0.isNewline || $0 == "|" }, "\(id): \(option)")
            guard let standard = option.standard else { continue }
            #expect(throws: Never.self, "\(id): \(option)") { try make([option.name: AlgorithmOption.value(of: standard)]) }
        }
    }
}
