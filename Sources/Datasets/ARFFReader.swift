/// Reads ARFF text, Weka's and OpenML's format, into cells: dense and sparse rows, quoted names, nominal, numeric, string and date
/// attributes.
struct ARFFReader {
    private var table: RawTable
    private let count: Int
    private var position: Int
    private var line = 1
    /// Where the value of a cell that a sparse row leaves out stands, per column.
    private var sparseDefaults: [CellSpan] = []

    /// Whether the first thing in the text that is no comment is `@relation`.
    static func isARFF(_ bytes: [UInt8]) -> Bool {
        var index = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        while index < bytes.count {
            if isSpace(bytes[index]) || isLineEnd(bytes[index]) {
                index += 1
            } else if bytes[index] == 0x25 {
                while index < bytes.count && !isLineEnd(bytes[index]) { index += 1 }
            } else {
                break
            }
        }
        let word = bytes[index..<min(index + 9, bytes.count)]
        return String(decoding: word, as: UTF8.self).lowercased() == "@relation"
    }

    static func read(_ bytes: consuming [UInt8], file: String) throws -> RawTable {
        var reader = ARFFReader(bytes, file: file)
        try TextChecks.validateUTF8(reader.table, count: reader.count)
        try reader.readHeader()
        try reader.readRows()
        return reader.table
    }

    private init(_ bytes: consuming [UInt8], file: String) {
        position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        count = bytes.count
        bytes.append(0)
        table = RawTable(file: file, bytes: bytes, names: [], cells: [], rowCount: 0, escape: .backslash)
        table.missing = []
    }

    // MARK: Header

    private mutating func readHeader() throws {
        while let range = nextLine() {
            let line = Array(table.bytes[range])
            guard let first = line.first, first != 0x25 else { continue }
            var words = ARFFWords(line)
            let keyword = try take(&words).lowercased()
            switch keyword {
            case "@relation": continue
            case "@attribute": try addAttribute(&words)
            case "@data":
                guard !table.names.isEmpty else { throw error(.empty, "there is no @attribute before @data") }
                return addSparseDefaults()
            default: throw error(.badSyntax, "got '\(keyword)', expected @attribute or @data")
            }
        }
        throw error(.empty, "there is no @data line")
    }

    private mutating func addAttribute(_ words: inout ARFFWords) throws {
        let name = try take(&words)
        guard !table.names.contains(name) else { throw error(.duplicateColumn, "there are two attributes '\(name)'; rename one") }
        table.names.append(name)
        if words.nextIsBrace {
            guard let levels = words.takeLevels() else {
                throw error(.badSyntax, "the values of attribute '\(name)' are not {a, b, …} with a closing brace")
            }
            table.declaredLevels[name] = levels
            table.declaredKinds[name] = ColumnInference.isBoolean(levels) ? .boolean : .category
            return
        }
        let type = try take(&words)
        switch type.lowercased() {
        case "numeric", "real", "integer": table.declaredKinds[name] = .number
        // Short strings are as good as categories; the kind is found out from the values.
        case "string": break
        case "date":
            table.declaredKinds[name] = .date
            if let pattern = words.take() {
                guard let format = DateFormat(pattern) else {
                    throw error(.badSyntax, "attribute '\(name)' has the date format '\(pattern)'; yyyy, MM, dd, HH, mm and ss are read")
                }
                table.dateFormats[name] = format
            }
        default:
            throw error(.badSyntax, "attribute '\(name)' has the type '\(type)', expected numeric, string, date or {a, b, …}")
        }
    }

    private func take(_ words: inout ARFFWords) throws -> String {
        guard let word = words.take() else { throw error(.badSyntax, "the line ends too early, or a quote is not closed") }
        return word
    }

    /// A value that a sparse row leaves out is zero: the number, or the first of the declared values. Of strings it is not defined,
    /// so missing.
    private mutating func addSparseDefaults() {
        for name in table.names {
            let text: String =
                switch table.declaredKinds[name] {
                case .number: "0"
                case .category, .boolean: table.declaredLevels[name]?.first ?? ""
                default: ""
                }
            sparseDefaults.append(CellSpan(start: table.bytes.count, length: text.utf8.count))
            table.bytes += Array(text.utf8) + [0]
        }
    }

    // MARK: Rows

    private mutating func readRows() throws {
        let width = table.names.count
        var row: [CellSpan] = []
        while let range = nextLine() {
            guard !range.isEmpty, table.bytes[range.lowerBound] != 0x25 else { continue }
            row.removeAll(keepingCapacity: true)
            if table.bytes[range.lowerBound] == 0x7b {
                try readSparse(range, into: &row)
            } else {
                try readCells(range, into: &row)
                guard row.count == width else {
                    let column = min(row.count, width - 1)
                    throw error(.raggedRow, "the row has \(row.count) values, there are \(width) attributes", column: column)
                }
            }
            table.cells += row
            table.rowCount += 1
        }
        guard table.rowCount > 0 else { throw error(.empty, "there is no row below @data") }
    }

    private func readCells(_ range: Range<Int>, into row: inout [CellSpan]) throws {
        let hasCommas = table.bytes[range].contains(0x2c)
        var index = range.lowerBound
        while true {
            row.append(try readValue(&index, range.upperBound, column: row.count, stop: hasCommas ? 0x2c : 0x20))
            skipSpaces(&index, range.upperBound)
            guard index < range.upperBound else { return }
            if hasCommas {
                guard table.bytes[index] == 0x2c else {
                    throw error(.badQuotes, "text follows a closing quote, a comma was expected", column: row.count - 1)
                }
                index += 1
            }
        }
    }

    private func readSparse(_ range: Range<Int>, into row: inout [CellSpan]) throws {
        row += sparseDefaults
        let end = range.upperBound - 1
        guard table.bytes[end] == 0x7d else { throw error(.badSyntax, "a sparse row begins with { and has no } at its end") }
        var index = range.lowerBound + 1
        skipSpaces(&index, end)
        while index < end {
            var column = 0
            let start = index
            while index < end, table.bytes[index] &- 0x30 < 10, column < row.count {
                column = column * 10 + Int(table.bytes[index] &- 0x30)
                index += 1
            }
            guard index > start, column < row.count else {
                throw error(.badSyntax, "a sparse row has a wrong attribute number, expected 0 to \(row.count - 1)")
            }
            skipSpaces(&index, end)
            row[column] = try readValue(&index, end, column: column, stop: 0x2c)
            skipSpaces(&index, end)
            if index < end {
                guard table.bytes[index] == 0x2c else {
                    throw error(.badSyntax, "a comma was expected between the pairs of a sparse row", column: column)
                }
                index += 1
                skipSpaces(&index, end)
            }
        }
    }

    /// One value, quoted or not; an unquoted `?` becomes an empty cell.
    private func readValue(_ index: inout Int, _ end: Int, column: Int, stop: UInt8) throws -> CellSpan {
        let bytes = table.bytes
        skipSpaces(&index, end)
        guard index < end else { return CellSpan(start: index, length: 0) }
        let quote = bytes[index]
        var start = index
        var hasEscapes = false
        if quote == 0x27 || quote == 0x22 {
            start += 1
            index += 1
            while index < end && bytes[index] != quote {
                if bytes[index] == 0x5c {
                    hasEscapes = true
                    index += 1
                }
                index += 1
            }
            guard index < end else { throw error(.badQuotes, "a quoted value has no closing quote on its line", column: column) }
            index += 1
            return CellSpan(start: start, length: index - 1 - start, hasEscapes: hasEscapes)
        }
        while index < end && bytes[index] != stop && !(stop == 0x20 && bytes[index] == 0x09) {
            if bytes[index] == 0x5c { hasEscapes = true }
            index += 1
        }
        var last = index
        while last > start && Self.isSpace(bytes[last - 1]) { last -= 1 }
        if last - start == 1 && bytes[start] == 0x3f { return CellSpan(start: start, length: 0) }
        guard last - start <= CellSpan.maximumLength else {
            throw error(.badSyntax, "a value is longer than \(CellSpan.maximumLength) bytes", column: column)
        }
        return CellSpan(start: start, length: last - start, hasEscapes: hasEscapes)
    }

    // MARK: Lines

    /// The next line without the spaces around it; nil at the end.
    private mutating func nextLine() -> Range<Int>? {
        guard position < count else { return nil }
        if position > 0 { line += 1 }
        var start = position
        while position < count && !Self.isLineEnd(table.bytes[position]) { position += 1 }
        var end = position
        if position < count { position += table.bytes[position] == 0x0d && table.bytes[position + 1] == 0x0a ? 2 : 1 }
        while start < end && Self.isSpace(table.bytes[start]) { start += 1 }
        while end > start && Self.isSpace(table.bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private func skipSpaces(_ index: inout Int, _ end: Int) {
        while index < end && Self.isSpace(table.bytes[index]) { index += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }

    private func error(_ code: DatasetError.Code, _ message: String, column: Int? = nil) -> DatasetError {
        let place = column.flatMap { $0 < table.names.count ? table.place($0) : nil }
        return DatasetError(code, message, file: table.file, line: line, column: place)
    }
}
