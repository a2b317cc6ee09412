/// Where a cell's bytes lie in the file, in one word: 40 bits of offset, 23 of length, and whether the cell has escapes to undo.
///
/// One word a cell keeps the index of a large file smaller than the file; offsets reach 1 TiB, cells 8 MiB.
struct CellSpan {
    static let maximumLength = 1 << 23 - 1

    var word: UInt64

    init(start: Int, length: Int, hasEscapes: Bool = false) {
        word = UInt64(start) << 24 | UInt64(length) << 1 | (hasEscapes ? 1 : 0)
    }

    var start: Int { Int(word >> 24) }
    var length: Int { Int(word >> 1 & 0x7f_ffff) }
    var hasEscapes: Bool { word & 1 != 0 }
}

/// A text table cut into cells, before anything is known of their kinds.
struct RawTable {
    enum Escape {
        /// Two quotes stand for one (CSV).
        case doubledQuote
        /// A backslash before the character (ARFF).
        case backslash
    }

    /// Name of the file in messages.
    var file: String
    /// UTF-8 text, and a zero behind it that stops number parsing.
    var bytes: [UInt8]
    var names: [String]
    /// `[rows, columns]`, row-major.
    var cells: [CellSpan]
    var rowCount: Int
    var escape = Escape.doubledQuote
    /// A comma in a number is its decimal point: in files with the semicolon as delimiter, as spreadsheets
    /// write them where the comma is the decimal point.
    var allowsDecimalComma = false
    /// Kinds that the file itself declares (ARFF).
    var declaredKinds: [String: ColumnKind] = [:]
    /// Levels that the file itself declares (ARFF).
    var declaredLevels: [String: [String]] = [:]
    /// Format of dates that are not ISO 8601 (ARFF).
    var dateFormats: [String: DateFormat] = [:]
    /// Spellings of a missing value that hold for this file whatever the options say; nil: the options decide.
    var missing: Set<String>?
    var notes: [String] = []

    /// The line, from 1, on which a cell stands.
    func line(row: Int, column: Int) -> Int { Self.line(of: cells[row * names.count + column].start, in: bytes) }

    func place(_ column: Int) -> DatasetError.ColumnPlace { .init(number: column + 1, name: names[column]) }

    func text(row: Int, column: Int) -> String { text(cells[row * names.count + column]) }

    func text(_ span: CellSpan) -> String { Self.text(span, in: bytes, escape: escape) }

    static func text(_ span: CellSpan, in bytes: [UInt8], escape: Escape) -> String {
        let raw = bytes[span.start..<(span.start + span.length)]
        guard span.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            switch escape {
            case .doubledQuote:
                result.append(raw[index])
                index += raw[index] == 0x22 ? 2 : 1
            case .backslash:
                if raw[index] == 0x5c, index + 1 < raw.endIndex {
                    result.append(unescaped(raw[index + 1]))
                    index += 2
                } else {
                    result.append(raw[index])
                    index += 1
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x6e: 0x0a
        case 0x72: 0x0d
        case 0x74: 0x09
        default: byte
        }
    }

    static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        var line = 1
        var index = 0
        while index < min(offset, bytes.count) {
            if bytes[index] == 0x0a || (bytes[index] == 0x0d && bytes[index + 1] != 0x0a) { line += 1 }
            index += 1
        }
        return line
    }
}
