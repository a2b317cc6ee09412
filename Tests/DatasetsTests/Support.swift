import Codecs
import Datasets
import Foundation
import Testing

let hasZLib = (try? ZLib.version()) != nil
let hasPNG = (try? PNG.version()) != nil

/// A folder that goes away with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "tutti-datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file, with the folders it lies in.
    func write(_ bytes: [UInt8], _ path: String) throws -> URL {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.write(bytes, to: file)
        return file
    }
}

/// Reads CSV or ARFF text.
func read(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Dataset {
    try DatasetReader.read(text: Array(text.utf8), name: "test.csv", options: options).dataset
}

func report(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> ReadReport {
    try DatasetReader.read(text: Array(text.utf8), name: "test.csv", options: options).report
}

func table(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
    guard case .table(let table) = try read(text, options).features else { throw DatasetError(.unknownFormat, "no table") }
    return table
}

/// The error that reading the text gives.
func failure(_ text: String, _ options: ReadOptions = ReadOptions(), sourceLocation: SourceLocation = #_sourceLocation) -> DatasetError? {
    #expect(throws: DatasetError.self, sourceLocation: sourceLocation) { try read(text, options) }
}

extension Column {
    /// Cells as text; empty where missing.
    var texts: [String] {
        switch values {
        case .numbers(let values): values.map { CSVWriter.text($0) }
        case .codes(let codes, let levels): codes.map { $0 < 0 ? "" : levels[Int($0)] }
        }
    }
}
