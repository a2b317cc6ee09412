import SearchSpaces

/// The name of a note, ready to be looked for.
struct NoteKey: Sendable {
    let name: String
    /// The name in quotes, as it stands in the document.
    fileprivate let needle: [UInt8]

    init(_ name: String) {
        self.name = name
        needle = Array("\"\(name)\"".utf8)
    }

    /// The place in a sequence of points.
    static let index = NoteKey("index")
    /// The generation that a configuration belongs to.
    static let generation = NoteKey("generation")
    /// The trials from which a generation was bred, on the first of it.
    static let members = NoteKey("members")
    /// The place in the population that a configuration competes for.
    static let target = NoteKey("target")
}

/// A trial's notes and attributes, looked up once: samplers look at thousands of trials for every suggestion, and neither the look-up nor
/// decoding a document is cheap enough to be done for each question.
struct TrialNotes {
    /// All that the trial's attributes hold.
    let attributes: [String: String]
    private let document: String?

    init(_ trial: Trial) {
        attributes = trial.systemAttributes
        document = attributes.isEmpty ? nil : attributes[Trial.notesKey]
    }

    /// Whether there are attributes other than the notes.
    var hasMore: Bool { attributes.count > (document == nil ? 0 : 1) }

    /// A whole number among the notes.
    func number(_ key: NoteKey) -> Int? {
        guard let document else { return nil }
        return Self.withValue(of: key, in: document) { value -> Int? in
            var (number, digits, isNegative) = (0, 0, false)
            for byte in value {
                switch byte {
                case UInt8(ascii: "-") where digits == 0: isNegative = true
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    guard digits < 18 else { return nil }
                    number = number * 10 + Int(byte - UInt8(ascii: "0"))
                    digits += 1
                default: return digits == 0 ? nil : isNegative ? -number : number
                }
            }
            return digits == 0 ? nil : isNegative ? -number : number
        }
    }

    /// The ranges of whole numbers that a note lists, such as `0-49,52`.
    func ranges(_ key: NoteKey) -> [ClosedRange<Int>]? {
        guard let document else { return nil }
        return Self.withValue(of: key, in: document) { value -> [ClosedRange<Int>]? in
            guard value.first == UInt8(ascii: "\"") else { return nil }
            let text = String(decoding: value.dropFirst().prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
            return text.split(separator: ",").compactMap { part in
                let ends = part.split(separator: "-").compactMap { Int($0) }
                guard let low = ends.first, let high = ends.last, low <= high, ends.count <= 2 else { return nil }
                return low...high
            }
        }
    }

    /// Numbers in rising order as a note that `ranges(_:)` reads.
    static func ranges(of numbers: [Int]) -> ParameterValue {
        var parts: [String] = []
        var position = 0
        while position < numbers.count {
            let low = numbers[position]
            while position + 1 < numbers.count, numbers[position + 1] == numbers[position] + 1 { position += 1 }
            parts.append(low == numbers[position] ? "\(low)" : "\(low)-\(numbers[position])")
            position += 1
        }
        return .category(parts.joined(separator: ","))
    }

    private static func withValue<Value>(of key: NoteKey, in json: String, _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Value?) -> Value? {
        var json = json
        return json.withUTF8 { bytes in
            let (count, width) = (bytes.count, key.needle.count)
            var start = 0
            while start + width < count {
                guard bytes[start] == UInt8(ascii: "\""), (0..<width).allSatisfy({ bytes[start + $0] == key.needle[$0] }) else {
                    start += 1
                    continue
                }
                var position = start + width
                while position < count, bytes[position] == UInt8(ascii: " ") { position += 1 }
                guard position < count, bytes[position] == UInt8(ascii: ":") else {
                    start += width
                    continue
                }
                position += 1
                while position < count, bytes[position] == UInt8(ascii: " ") { position += 1 }
                return body(bytes[position...])
            }
            return nil
        }
    }
}

extension Trial {
    /// A whole number among the notes.
    func notedNumber(_ key: NoteKey) -> Int? { TrialNotes(self).number(key) }
}
