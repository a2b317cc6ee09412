import Foundation
import Learning

/// Predictions as a NumPy array file, version 1.0: float32, C order, `[rows, width]`.
enum NumpyFile {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    /// The header ends at a multiple of this, as the format demands.
    private static let alignment = 64

    static func write(_ predictions: Predictions, to file: URL) throws {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(predictions.rowCount), \(predictions.width)), }"
        let unpadded = magic.count + 2 + header.utf8.count + 1
        header += String(repeating: " ", count: (alignment - unpadded % alignment) % alignment) + "\n"
        var data = Data(magic)
        data.append(UInt8(header.utf8.count & 0xFF))
        data.append(UInt8(header.utf8.count >> 8))
        data.append(contentsOf: header.utf8)
        predictions.values.withUnsafeBytes { data.append(contentsOf: $0) }
        try data.write(to: file)
    }

    /// - Throws: ``LibraryError`` `.damaged` for anything that ``write(_:to:)`` has not made.
    static func read(_ file: URL) throws -> Predictions {
        func damaged(_ what: String) -> LibraryError { LibraryError(.damaged, "'\(file.path)' is damaged: \(what)") }
        guard let data = try? Data(contentsOf: file) else { throw damaged("it cannot be read") }
        guard data.count > magic.count + 2, Array(data.prefix(magic.count)) == magic else { throw damaged("it is not a NumPy file of version 1.0") }
        let length = Int(data[magic.count]) | Int(data[magic.count + 1]) << 8
        let start = magic.count + 2 + length
        guard data.count >= start, let header = String(data: data[(magic.count + 2)..<start], encoding: .utf8), header.contains("'<f4'"),
            let open = header.firstIndex(of: "("), let close = header.firstIndex(of: ")")
        else { throw damaged("its header is not that of float32 numbers") }
        let shape = header[header.index(after: open)..<close].split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard shape.count == 2, shape[0] >= 0, shape[1] > 0, shape[0].multipliedReportingOverflow(by: shape[1] * 4).partialValue == data.count - start else {
            throw damaged("shape \(shape) does not fit its \(data.count - start) bytes")
        }
        let values = data[start...].withUnsafeBytes { bytes in
            (0..<shape[0] * shape[1]).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
        return Predictions(width: shape[1], values: values)
    }
}
