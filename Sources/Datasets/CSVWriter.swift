import Codecs
public import Foundation

/// Writes CSV text: commas, LF, UTF-8, quotes where RFC 4180 and ``DatasetReader`` need them.
public struct CSVWriter: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8] = []
    private let width: Int

    /// - Parameter header: names of the columns.
    public init(header: [String]) {
        width = header.count
        append(header)
    }

    /// Adds a row.
    /// - Precondition: there are as many cells as the header has.
    public mutating func append(_ cells: [String]) {
        precondition(cells.count == width, "a row of \(cells.count) cells below a header of \(width)")
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(0x2c) }
            appendCell(cell)
        }
        bytes.append(0x0a)
    }

    /// A number in the fewest digits that read back as the same; empty where it is missing.
    public static func text(_ value: Double) -> String {
        if value.isNaN { return "" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return "\(value)"
    }

    /// Writes the text to a file that appears complete or not at all.
    /// - Throws: `CodecError` with code `.fileNotAccessible`.
    public func write(to url: URL) throws { try AtomicFile.write(bytes, to: url) }

    private mutating func appendCell(_ cell: String) {
        let utf8 = cell.utf8
        // A single empty cell would be a blank line, which is skipped; spaces at the ends are dropped outside quotes.
        let isQuoted =
            utf8.contains { $0 == 0x2c || $0 == 0x22 || $0 == 0x0a || $0 == 0x0d } || (width == 1 && cell.isEmpty)
            || [0x20, 0x09].contains(utf8.first) || [0x20, 0x09].contains(utf8.last)
        guard isQuoted else {
            bytes += utf8
            return
        }
        bytes.append(0x22)
        for byte in utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        bytes.append(0x22)
    }
}

extension CSVWriter {
    /// A table with its target behind the features, as text that ``DatasetReader`` reads back.
    /// - Throws: ``DatasetError`` with code `.unknownFormat` for images.
    public init(_ dataset: Dataset) throws {
        guard case .table(let table) = dataset.features else {
            throw DatasetError(.unknownFormat, "'\(dataset.name)' has images, which cannot be written as CSV")
        }
        var columns = table.columns
        let targetName = dataset.targetName ?? "target"
        switch dataset.target {
        case .classes(let codes, let names): columns.append(Column(name: targetName, kind: .category, values: .codes(codes, levels: names)))
        case .values(let values): columns.append(Column(name: targetName, kind: .number, values: .numbers(values)))
        case nil: break
        }
        self.init(header: columns.map(\.name))
        for row in 0..<dataset.rowCount { append(columns.map { Self.cell($0, row) }) }
    }

    private static func cell(_ column: Column, _ row: Int) -> String {
        switch column.values {
        case .numbers(let values): column.kind == .date ? DateParser.text(values[row]) : text(values[row])
        case .codes(let codes, let levels): codes[row] < 0 ? "" : levels[Int(codes[row])]
        }
    }
}
