/// Cuts CSV text into cells: RFC 4180 with any delimiter and any line end.
///
/// Beyond the RFC: spaces around a cell are dropped unless they are inside quotes, and a quote inside an unquoted cell is a character
/// like any other.
struct CSVScanner {
    enum Failure: Error {
        /// Offset of the opening quote.
        case unterminatedQuote(Int)
        /// Offset of the text behind a closing quote.
        case textBehindQuote(Int)
        /// Offset of the cell.
        case cellTooLong(Int)
    }

    static let quote: UInt8 = 0x22

    /// `count` bytes and a zero behind them.
    let base: UnsafePointer<UInt8>
    let count: Int
    let delimiter: UInt8
    private(set) var position: Int
    /// Whether the last row had nothing but spaces.
    private(set) var rowWasBlank = false

    init(base: UnsafePointer<UInt8>, count: Int, delimiter: UInt8, position: Int = 0) {
        self.base = base
        self.count = count
        self.delimiter = delimiter
        self.position = position
    }

    var isAtEnd: Bool { position >= count }

    /// Appends the cells of the next row and moves behind its line end.
    mutating func scanRow(into cells: inout [CellSpan]) throws(Failure) {
        let cellsBefore = cells.count
        var hasQuotes = false
        while true {
            var start = position
            while isBlank(base[start]) { start += 1 }
            if base[start] == Self.quote {
                hasQuotes = true
                try scanQuoted(from: start, into: &cells)
            } else {
                var end = start
                // Line ends, delimiters and the final zero are the only bytes that stop a cell.
                while true {
                    let byte = base[end]
                    if byte == delimiter || byte == 0x0a || byte == 0x0d { break }
                    if byte == 0 && end >= count { break }
                    end += 1
                }
                position = end
                while end > start && isBlank(base[end - 1]) { end -= 1 }
                guard end - start <= CellSpan.maximumLength else { throw .cellTooLong(start) }
                cells.append(CellSpan(start: start, length: end - start))
            }
            if position < count && base[position] == delimiter {
                position += 1
                continue
            }
            break
        }
        rowWasBlank = !hasQuotes && cells.count == cellsBefore + 1 && cells[cellsBefore].length == 0
        if position < count {
            position += base[position] == 0x0d && base[position + 1] == 0x0a ? 2 : 1
        }
    }

    private mutating func scanQuoted(from quote: Int, into cells: inout [CellSpan]) throws(Failure) {
        var end = quote + 1
        var hasEscapes = false
        while true {
            while base[end] != Self.quote {
                if base[end] == 0 && end >= count { throw .unterminatedQuote(quote) }
                end += 1
            }
            if base[end + 1] != Self.quote { break }
            hasEscapes = true
            end += 2
        }
        guard end - quote - 1 <= CellSpan.maximumLength else { throw .cellTooLong(quote) }
        cells.append(CellSpan(start: quote + 1, length: end - quote - 1, hasEscapes: hasEscapes))
        position = end + 1
        while isBlank(base[position]) { position += 1 }
        let next = base[position]
        if position < count && next != delimiter && next != 0x0a && next != 0x0d { throw .textBehindQuote(position) }
    }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != delimiter }
}
