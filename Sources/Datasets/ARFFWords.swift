/// Words of a header line of an ARFF file.
struct ARFFWords {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var nextIsBrace: Bool {
        mutating get {
            skipSpaces()
            return index < bytes.count && bytes[index] == 0x7b
        }
    }

    /// A word or a quoted text; nil at the end, or where a quote is not closed.
    mutating func take(stops: Set<UInt8> = [0x20, 0x09, 0x7b]) -> String? {
        skipSpaces()
        guard index < bytes.count else { return nil }
        let quote = bytes[index]
        var word: [UInt8] = []
        let isQuoted = quote == 0x27 || quote == 0x22
        if isQuoted { index += 1 }
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted ? byte == quote : stops.contains(byte) { break }
            if byte == 0x5c && index + 1 < bytes.count { index += 1 }
            word.append(bytes[index])
            index += 1
        }
        if isQuoted {
            guard index < bytes.count else { return nil }
            index += 1
        }
        return String(decoding: word, as: UTF8.self)
    }

    /// The texts of `{a, b, 'c d'}`; nil where it is written wrongly.
    mutating func takeLevels() -> [String]? {
        index += 1
        var levels: [String] = []
        while true {
            skipSpaces()
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x7d { return levels.isEmpty ? nil : levels }
            guard let word = take(stops: [0x2c, 0x7d]) else { return nil }
            levels.append(trimmed(word))
            skipSpaces()
            guard index < bytes.count else { return nil }
            if bytes[index] == 0x2c { index += 1 } else if bytes[index] != 0x7d { return nil }
        }
    }

    private func trimmed(_ word: String) -> String {
        var word = word[...]
        while word.last == " " || word.last == "\t" { word.removeLast() }
        return String(word)
    }

    private mutating func skipSpaces() {
        while index < bytes.count && (bytes[index] == 0x20 || bytes[index] == 0x09) { index += 1 }
    }
}
