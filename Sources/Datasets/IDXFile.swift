/// An array in the IDX format of the MNIST files: two zeros, the type, the number of dimensions, the dimensions (big-endian), the values.
struct IDXFile {
    var dimensions: [Int]
    /// Row-major.
    var values: [UInt8]

    static func isIDX(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[0] == 0 && bytes[1] == 0 && (0x08...0x0e).contains(bytes[2]) && (1...4).contains(bytes[3])
    }

    /// - Throws: ``DatasetError`` with code `.badImages`.
    init(_ bytes: [UInt8], file: String) throws {
        guard Self.isIDX(bytes) else { throw DatasetError(.badImages, "the file is no IDX file by its first four bytes", file: file) }
        guard bytes[2] == 0x08 else {
            let type = String(bytes[2], radix: 16)
            throw DatasetError(.badImages, "the IDX file has values of type 0x0\(type), unsigned bytes (0x08) were expected", file: file)
        }
        let header = 4 + 4 * Int(bytes[3])
        guard bytes.count >= header else { throw DatasetError(.badImages, "the IDX file ends inside its header", file: file) }
        dimensions = (0..<Int(bytes[3])).map { index in
            bytes[(4 + 4 * index)..<(8 + 4 * index)].reduce(0) { $0 << 8 | Int($1) }
        }
        var expected = 1
        for dimension in dimensions {
            let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
            expected = overflow ? Int.max : product
        }
        guard bytes.count - header == expected else {
            let shape = dimensions.map { "\($0)" }.joined(separator: "x")
            throw DatasetError(
                .badImages, "the IDX file has \(bytes.count - header) values, its header says \(shape) = \(expected); get it again",
                file: file
            )
        }
        values = Array(bytes[header...])
    }
}
