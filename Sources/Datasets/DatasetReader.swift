import Codecs
public import Foundation

/// Reads files and folders into data sets.
///
/// What is read, found out from the contents and not from the name:
/// - CSV text with comma, tab or semicolon, a header line, UTF-8; ARFF text; either compressed by gzip;
/// - IDX images with their labels beside them (`train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`), or a folder with one such pair;
/// - a folder with one subfolder of PNG or JPEG images per class.
public enum DatasetReader {
    /// Reads data to learn from. Kinds of columns are inferred, rows without a target are left out.
    ///
    ///     let dataset = try DatasetReader.read(url, options: ReadOptions(target: "class"))
    ///
    /// - Throws: ``DatasetError``; `CodecError` where the file cannot be read or decompressed; `NativeLibraryError` where a decoder
    ///   is not there.
    public static func read(_ url: URL, options: ReadOptions = ReadOptions()) throws -> Dataset {
        try readWithReport(url, options: options).dataset
    }

    /// Reads data to learn from, and says what happened on the way.
    public static func readWithReport(_ url: URL, options: ReadOptions = ReadOptions()) throws -> (dataset: Dataset, report: ReadReport) {
        switch try Source(url, delimiter: options.delimiter) {
        case .table(let raw): try TableReader.read(raw, name: name(of: url), options: options)
        case .images(let images): try images.dataset(name: name(of: url), schema: nil)
        }
    }

    /// Reads data for a trained model: columns found by name in any order, others ignored, levels given the model's codes, every
    /// row kept in its order.
    /// The target is read where it is there.
    /// - Throws: as ``read(_:options:)``; code `.schemaMismatch` names columns that are missing.
    public static func read(
        _ url: URL, schema: DatasetSchema, options: ReadOptions = ReadOptions()
    ) throws -> (dataset: Dataset, report: ReadReport) {
        switch (try Source(url, delimiter: options.delimiter), schema.features) {
        case (.table(let raw), .table(let columns)):
            return try TableReader.read(raw, name: name(of: url), schema: schema, columns: columns, options: options)
        case (.images(let images), .images):
            return try images.dataset(name: name(of: url), schema: schema)
        case (.table, .images):
            throw DatasetError(.schemaMismatch, "got a table, the model was trained with images", file: url.path)
        case (.images, .table):
            throw DatasetError(.schemaMismatch, "got images, the model was trained with a table", file: url.path)
        }
    }

    /// Reads CSV or ARFF text that is in memory already, such as the body of a request.
    /// - Parameter name: name of the data set, and of the file in messages.
    public static func read(
        text bytes: [UInt8], name: String, options: ReadOptions = ReadOptions()
    ) throws -> (dataset: Dataset, report: ReadReport) {
        try TableReader.read(Source.cut(bytes, file: name, delimiter: options.delimiter), name: name, options: options)
    }

    /// Reads CSV or ARFF text that is in memory already, for a trained model.
    public static func read(
        text bytes: [UInt8], name: String, schema: DatasetSchema, options: ReadOptions = ReadOptions()
    ) throws -> (dataset: Dataset, report: ReadReport) {
        guard case .table(let columns) = schema.features else {
            throw DatasetError(.schemaMismatch, "got a table, the model was trained with images", file: name)
        }
        let raw = try Source.cut(bytes, file: name, delimiter: options.delimiter)
        return try TableReader.read(raw, name: name, schema: schema, columns: columns, options: options)
    }

    /// The file's name without what says its format: `adult` for `adult.csv.gz`.
    static func name(of url: URL) -> String {
        var name = url.standardizedFileURL.lastPathComponent
        for ending in [".gz", ".csv", ".tsv", ".txt", ".data", ".arff"] {
            if name.lowercased().hasSuffix(ending) && name.count > ending.count { name.removeLast(ending.count) }
        }
        return name
    }

    /// A file or folder, read and cut but not interpreted.
    enum Source {
        case table(RawTable)
        case images(LabelledImages)

        init(_ url: URL, delimiter: String?) throws {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
                throw CodecError(.fileNotFound, "there is no such file or folder; check the path", file: url.path)
            }
            if isFolder.boolValue {
                self = .images(try ImageFolder.read(url))
                return
            }
            let bytes = try FileContents.readDecompressed(url)
            if IDXFile.isIDX(bytes) {
                self = .images(try IDXPair.read(images: bytes, at: url))
            } else {
                self = .table(try Self.cut(bytes, file: url.path, delimiter: delimiter))
            }
        }

        static func cut(_ bytes: consuming [UInt8], file: String, delimiter: String?) throws -> RawTable {
            if ARFFReader.isARFF(bytes) { return try ARFFReader.read(bytes, file: file) }
            return try CSVReader.read(bytes, file: file, delimiter: delimiter)
        }
    }
}
