/// Checks that bytes are the text they should be.
enum TextChecks {
    /// Files that people hand over by mistake, known by their first bytes.
    private static let otherFormats: [(magic: [UInt8], name: String)] = [
        ([0x50, 0x4b, 0x03, 0x04], "a zip archive or an Excel workbook"),
        ([0x50, 0x41, 0x52, 0x31], "a Parquet file"),
        ([0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], "an Arrow file"),
        ([0xff, 0xfe], "UTF-16 text"),
        ([0xfe, 0xff], "UTF-16 text"),
        ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a NumPy array"),
        ([0x28, 0xb5, 0x2f, 0xfd], "data compressed by zstd"),
        ([0x42, 0x5a, 0x68], "data compressed by bzip2"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "data compressed by xz"),
        ([0x89, 0x50, 0x4e, 0x47], "a PNG image; give a folder with one subfolder of images per class"),
        ([0xff, 0xd8, 0xff], "a JPEG image; give a folder with one subfolder of images per class"),
        ([0x25, 0x50, 0x44, 0x46], "a PDF document"),
        ([0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], "an SQLite database"),
    ]

    static func rejectOtherFormats(_ bytes: [UInt8], file: String) throws {
        for (magic, name) in otherFormats where bytes.starts(with: magic) {
            throw DatasetError(.unknownFormat, "the file is \(name); CSV or ARFF text in UTF-8 was expected (.gz is fine)", file: file)
        }
    }

    /// - Parameter count: bytes of text, without the zero behind them.
    static func validateUTF8(_ table: RawTable, count: Int) throws {
        guard let offset = table.bytes.withUnsafeBufferPointer({ firstInvalid($0, count: count) }) else { return }
        let columns = table.names.count
        // The last cell that begins at or before the offset holds it.
        var low = 0
        var high = table.cells.count
        while low < high {
            let middle = (low + high) / 2
            if table.cells[middle].start <= offset { low = middle + 1 } else { high = middle }
        }
        let place: DatasetError.ColumnPlace? = low > 0 && columns > 0 ? table.place((low - 1) % columns) : nil
        let byte = String(table.bytes[offset], radix: 16)
        let message =
            table.bytes[offset] == 0
            ? "a zero byte stands here, UTF-8 text was expected; is this a text file?"
            : "the byte 0x\(byte) is no UTF-8 text; save the file as UTF-8 (from Latin-1: iconv -f latin1 -t utf-8)"
        throw DatasetError(.badEncoding, message, file: table.file, line: RawTable.line(of: offset, in: table.bytes), column: place)
    }

    /// Offset of the first byte that is not part of a well-formed UTF-8 sequence (Unicode, table 3-7), or is zero.
    private static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>, count: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let raw = UnsafeRawPointer(base)
        var i = 0
        while i < count {
            // Eight ASCII bytes at a time, none of them zero: subtracting one from each sets no high bit.
            while i + 8 <= count {
                let word = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                if (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 != 0 { break }
                i += 8
            }
            if i >= count { return nil }
            let byte = base[i]
            if byte == 0 { return i }
            if byte < 0x80 {
                i += 1
                continue
            }
            let (length, low, high): (Int, UInt8, UInt8) =
                switch byte {
                case 0xc2...0xdf: (2, 0x80, 0xbf)
                case 0xe0: (3, 0xa0, 0xbf)
                case 0xe1...0xec, 0xee...0xef: (3, 0x80, 0xbf)
                case 0xed: (3, 0x80, 0x9f)
                case 0xf0: (4, 0x90, 0xbf)
                case 0xf1...0xf3: (4, 0x80, 0xbf)
                case 0xf4: (4, 0x80, 0x8f)
                default: (0, 0, 0)
                }
            guard length > 0, i + length <= count, base[i + 1] >= low, base[i + 1] <= high else { return i }
            for k in 2..<max(length, 2) where base[i + k] & 0xc0 != 0x80 { return i }
            i += length
        }
        return nil
    }
}
