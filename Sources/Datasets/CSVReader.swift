/// Reads delimited text into cells.
enum CSVReader {
    static let delimiters: [UInt8] = [0x2c, 0x09, 0x3b]

    /// - Parameters:
    ///   - bytes: the decompressed file.
    ///   - file: its name in messages, and what its delimiter is guessed from when nothing else tells it.
    static func read(_ bytes: consuming [UInt8], file: String, delimiter: String? = nil) throws -> RawTable {
        try TextChecks.rejectOtherFormats(bytes, file: file)
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        let count = bytes.count
        bytes.append(0)
        let byte = try delimiter.map { try parse($0, file: file) } ?? guessDelimiter(bytes, start: start, count: count, file: file)
        var table = RawTable(file: file, bytes: bytes, names: [], cells: [], rowCount: 0, allowsDecimalComma: byte == 0x3b)
        try scan(&table, start: start, count: count, delimiter: byte)
        try TextChecks.validateUTF8(table, count: count)
        return table
    }

    private static func parse(_ delimiter: String, file: String) throws -> UInt8 {
        if delimiter == "\\t" { return 0x09 }
        let bytes = Array(delimiter.utf8)
        guard bytes.count == 1, bytes[0] < 0x80, ![CSVScanner.quote, 0x0a, 0x0d, 0].contains(bytes[0]) else {
            throw DatasetError(.badSyntax, "the delimiter '\(delimiter)' is not one ASCII character", file: file)
        }
        return bytes[0]
    }

    private static func scan(_ table: inout RawTable, start: Int, count: Int, delimiter: UInt8) throws {
        let bytes = table.bytes
        var cells: [CellSpan] = []
        var header: [CellSpan] = []
        var rows = 0
        var ragged: (offset: Int, count: Int)?
        do throws(CSVScanner.Failure) {
            try bytes.withUnsafeBufferPointer { buffer throws(CSVScanner.Failure) in
                guard let base = buffer.baseAddress else { return }
                var scanner = CSVScanner(base: base, count: count, delimiter: delimiter, position: start)
                while !scanner.isAtEnd && header.isEmpty {
                    try scanner.scanRow(into: &header)
                    if scanner.rowWasBlank { header.removeAll() }
                }
                let width = header.count
                // A guess of six bytes a cell saves most of the growing.
                cells.reserveCapacity((count - scanner.position) / 6)
                while !scanner.isAtEnd {
                    let before = cells.count
                    let rowStart = scanner.position
                    try scanner.scanRow(into: &cells)
                    let got = cells.count - before
                    if got == width && !(scanner.rowWasBlank && (width > 1 || scanner.isAtEnd)) {
                        rows += 1
                    } else if scanner.rowWasBlank {
                        cells.removeLast(got)
                    } else {
                        ragged = (rowStart, got)
                        return
                    }
                }
            }
        } catch {
            throw quoteError(error, table, delimiter: delimiter, start: start, count: count)
        }
        guard !header.isEmpty else {
            throw DatasetError(.empty, "the file is empty; a first line with the column names was expected", file: table.file)
        }
        table.names = try names(header, table)
        if let ragged { throw raggedError(ragged, table) }
        guard rows > 0 else {
            throw DatasetError(.empty, "there is a header with \(table.names.count) columns and no row below it", file: table.file)
        }
        table.cells = cells
        table.rowCount = rows
    }

    private static func names(_ header: [CellSpan], _ table: RawTable) throws -> [String] {
        var names: [String] = []
        var seen: [String: Int] = [:]
        for (index, span) in header.enumerated() {
            var name = table.text(span)
            // Spreadsheets and R leave the header of their row numbers empty.
            if name.isEmpty { name = "unnamed_\(index + 1)" }
            if let first = seen[name] {
                let isData = header.allSatisfy { NumberParser.parse(table.text($0)) != nil }
                let hint = isData ? "; is the line with the column names missing?" : "; rename one"
                throw DatasetError(
                    .duplicateColumn, "columns \(first + 1) and \(index + 1) have the same name '\(name)'\(hint)", file: table.file,
                    line: RawTable.line(of: span.start, in: table.bytes)
                )
            }
            seen[name] = index
            names.append(name)
        }
        return names
    }

    private static func raggedError(_ ragged: (offset: Int, count: Int), _ table: RawTable) -> DatasetError {
        let width = table.names.count
        let isShort = ragged.count < width
        let detail =
            isShort
            ? "the cells from here on are missing"
            : "cells behind the last column; does a text hold the delimiter without quotes?"
        let column = isShort ? table.place(ragged.count) : table.place(width - 1)
        return DatasetError(
            .raggedRow, "the row has \(ragged.count) cells, the header has \(width): \(detail)", file: table.file,
            line: RawTable.line(of: ragged.offset, in: table.bytes), column: column
        )
    }

    /// Scans again up to the failure to know the column it happened in.
    private static func quoteError(
        _ failure: CSVScanner.Failure, _ table: RawTable, delimiter: UInt8, start: Int, count: Int
    ) -> DatasetError {
        let (offset, code, message) =
            switch failure {
            case .unterminatedQuote(let offset):
                (offset, DatasetError.Code.badQuotes, "a quoted cell begins here and has no closing quote; quotes inside it are doubled")
            case .textBehindQuote(let offset):
                (offset, .badQuotes, "text follows a closing quote, a delimiter or a line end was expected; double quotes inside cells")
            case .cellTooLong(let offset):
                (offset, .badSyntax, "a cell is longer than \(CellSpan.maximumLength) bytes; is a closing quote or a line end missing?")
            }
        var header: [CellSpan] = []
        var row: [CellSpan] = []
        table.bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var scanner = CSVScanner(base: base, count: count, delimiter: delimiter, position: start)
            while !scanner.isAtEnd {
                row.removeAll(keepingCapacity: true)
                guard (try? scanner.scanRow(into: &row)) != nil else { return }
                if header.isEmpty && !scanner.rowWasBlank { header = row }
            }
        }
        // A cell is appended before what stands behind it is looked at.
        let isBehindCell = if case .textBehindQuote = failure { true } else { false }
        let index = isBehindCell ? max(0, row.count - 1) : row.count
        let name = index < header.count ? table.text(header[index]) : nil
        let line = RawTable.line(of: offset, in: table.bytes)
        return DatasetError(code, message, file: table.file, line: line, column: .init(number: index + 1, name: name))
    }

    /// The delimiter with which the first lines have equally many cells, and the most of them.
    static func guessDelimiter(_ bytes: [UInt8], start: Int, count: Int, file: String) -> UInt8 {
        // Enough to tell, and cut at a line end so that no row is torn.
        var end = min(count, start + 1 << 16)
        if end < count {
            while end > start && bytes[end - 1] != 0x0a && bytes[end - 1] != 0x0d { end -= 1 }
            if end == start { end = count }
        }
        let sample = Array(bytes[start..<end]) + [0]
        var best: (isEven: Bool, width: Int, delimiter: UInt8)?
        for delimiter in delimiters {
            guard let (isEven, width) = shape(of: sample, delimiter), width > 1 else { continue }
            if best.map({ (isEven ? 1 : 0, width) > ($0.isEven ? 1 : 0, $0.width) }) ?? true { best = (isEven, width, delimiter) }
        }
        if let best { return best.delimiter }
        return file.contains(".tsv") ? 0x09 : 0x2c
    }

    /// Cells of the header, and whether the first 100 rows have as many.
    private static func shape(of sample: [UInt8], _ delimiter: UInt8) -> (isEven: Bool, width: Int)? {
        sample.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var scanner = CSVScanner(base: base, count: buffer.count - 1, delimiter: delimiter)
            var width = 0
            var row: [CellSpan] = []
            for _ in 0..<100 where !scanner.isAtEnd {
                row.removeAll(keepingCapacity: true)
                guard (try? scanner.scanRow(into: &row)) != nil else { return (false, width) }
                if scanner.rowWasBlank { continue }
                if width == 0 { width = row.count }
                if row.count != width { return (false, width) }
            }
            return (true, width)
        }
    }
}
