/// One column of a cut text table, read as one kind or another.
struct CellColumn {
    let table: RawTable
    let index: Int
    let missing: MissingSpellings

    init(_ table: RawTable, _ index: Int, missing: MissingSpellings) {
        self.table = table
        self.index = index
        self.missing = missing
    }

    enum Reading<Values> {
        case values(Values, presentCount: Int)
        /// The first row whose cell is something else.
        case failed(row: Int)
    }

    /// `[rows]` numbers, NaN where missing.
    func numbers() -> Reading<[Double]> {
        let decimalComma = table.allowsDecimalComma
        return scan { p, count in Self.number(p, count, decimalComma: decimalComma) }
    }

    /// `[rows]` seconds since 1970, NaN where missing.
    func dates() -> Reading<[Double]> {
        if let format = table.dateFormats[table.names[index]] {
            return scan { p, count in format.parse(p, count) ?? DateParser.parse(p, count) }
        }
        return scan { p, count in DateParser.parse(p, count) }
    }

    /// `[rows]` codes in the order of first appearance, -1 where missing, and where each code's text stands.
    func interned() -> (codes: [Int32], spans: [CellSpan]) {
        let width = table.names.count
        let rows = table.rowCount
        var interner = ByteInterner()
        let codes = table.bytes.withUnsafeBufferPointer { bytes in
            table.cells.withUnsafeBufferPointer { cells in
                [Int32](unsafeUninitializedCapacity: rows) { output, count in
                    guard let base = bytes.baseAddress else { return }
                    for row in 0..<rows {
                        let span = cells[row * width + index]
                        let isMissing = missing.contains(base + span.start, span.length)
                        output.initializeElement(at: row, to: isMissing ? -1 : interner.code(base, span))
                    }
                    count = rows
                }
            }
        }
        return (codes, interner.spans)
    }

    /// What stands in the cell of the first row that could not be read, for a message.
    func cellText(row: Int) -> String {
        let text = table.text(row: row, column: index)
        return text.count > 40 ? text.prefix(40) + "…" : text
    }

    func error(_ code: DatasetError.Code, row: Int, expected: String) -> DatasetError {
        DatasetError(
            code, "got '\(cellText(row: row))', expected \(expected)", file: table.file, line: table.line(row: row, column: index),
            column: table.place(index)
        )
    }

    @inline(__always)
    private func scan(_ parse: (UnsafePointer<UInt8>, Int) -> Double?) -> Reading<[Double]> {
        let width = table.names.count
        let rows = table.rowCount
        var failedRow = -1
        var present = 0
        let values = table.bytes.withUnsafeBufferPointer { bytes in
            table.cells.withUnsafeBufferPointer { cells in
                [Double](unsafeUninitializedCapacity: rows) { output, count in
                    guard let base = bytes.baseAddress else { return }
                    for row in 0..<rows {
                        let span = cells[row * width + index]
                        let p = base + span.start
                        if missing.contains(p, span.length) {
                            output.initializeElement(at: row, to: .nan)
                        } else if let value = parse(p, span.length) {
                            output.initializeElement(at: row, to: value)
                            present += value.isNaN ? 0 : 1
                        } else {
                            failedRow = row
                            break
                        }
                        count = row + 1
                    }
                }
            }
        }
        return failedRow < 0 ? .values(values, presentCount: present) : .failed(row: failedRow)
    }

    /// A number, with spaces around it where it was quoted.
    @inline(__always)
    private static func number(_ p: UnsafePointer<UInt8>, _ count: Int, decimalComma: Bool) -> Double? {
        if let value = NumberParser.parse(p, count, decimalComma: decimalComma) { return value }
        guard count > 0, p[0] == 0x20 || p[count - 1] == 0x20 else { return nil }
        var start = 0
        var end = count
        while start < end && p[start] == 0x20 { start += 1 }
        while end > start && p[end - 1] == 0x20 { end -= 1 }
        return NumberParser.parse(p + start, end - start, decimalComma: decimalComma)
    }
}

/// The values of a category column with their names.
struct Levels {
    /// `[rows]` indices into `names`; -1 where missing.
    var codes: [Int32]
    /// Sorted by their UTF-8 bytes, as most programs sort text that does not know of languages; no two are equal as Swift strings.
    var names: [String]

    /// The names that stand in the column, and `declared` ones whether they do or not.
    init(_ column: CellColumn, declared: [String] = []) {
        let (codes, spans) = column.interned()
        self.init(codes: codes, firstNames: spans.map { column.table.text($0) }, declared: declared)
    }

    /// - Parameter firstNames: names of the codes in any order, with repetitions.
    init(codes: [Int32], firstNames: [String], declared: [String] = []) {
        // Spellings that Swift holds equal (composed and decomposed accents, quoted and unquoted quotes) become one level.
        var unique: [String: Int32] = [:]
        var names: [String] = []
        for name in (firstNames + declared).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where unique[name] == nil {
            unique[name] = Int32(names.count)
            names.append(name)
        }
        let map = firstNames.map { unique[$0] ?? -1 }
        self.codes = Levels.remap(codes, map)
        self.names = names
    }

    static func remap(_ codes: [Int32], _ map: [Int32]) -> [Int32] {
        codes.map { $0 < 0 ? -1 : map[Int($0)] }
    }

    /// Merges spellings of the same number (`1`, `1.0`, `01`) when every name is a number; the first in order stays.
    mutating func mergeEqualNumbers() {
        var first: [Double: Int32] = [:]
        var kept: [String] = []
        var map: [Int32] = []
        for name in names {
            guard let value = NumberParser.parse(name), value.isFinite else { return }
            if let code = first[value] {
                map.append(code)
            } else {
                first[value] = Int32(kept.count)
                map.append(Int32(kept.count))
                kept.append(name)
            }
        }
        guard kept.count < names.count else { return }
        codes = Levels.remap(codes, map)
        names = kept
    }
}
