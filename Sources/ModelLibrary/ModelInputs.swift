public import Datasets
public import OnnxRuntime

/// Rows of a data set in the form that model files take: one tensor per column, or the pixels.
///
/// The same mapping serves validation, prediction, measuring and the tensors that a client sends.
public struct ModelInputs: Sendable {
    /// Name of the one input of models for images: uint8 `[rows, height, width, channels]`.
    public static let pixels = "pixels"

    public let rowCount: Int
    /// Every column, or the pixels, by input name.
    private let tensors: [String: TensorValue]

    /// - Throws: ``OnnxRuntimeError`` where memory is short.
    public init(_ features: Dataset.Features) throws {
        rowCount = features.rowCount
        switch features {
        case .images(let images):
            let shape = images.shape
            tensors = [Self.pixels: try .uint8(images.pixels, [images.count, shape.height, shape.width, shape.channels])]
        case .table(let table):
            tensors = try table.columns.reduce(into: [:]) { tensors, column in
                tensors[column.name] = try Self.tensor(of: column, rowCount: table.rowCount)
            }
        }
    }

    private init(rowCount: Int, tensors: [String: TensorValue]) {
        self.rowCount = rowCount
        self.tensors = tensors
    }

    /// The first rows, or all where there are fewer.
    public func first(_ count: Int) throws -> ModelInputs {
        let rows = 0..<min(count, rowCount)
        return ModelInputs(rowCount: rows.count, tensors: try tensors.mapValues { try $0.slice(rows: rows) })
    }

    /// All rows, for the inputs that a model has.
    public func all(for inputs: [TensorInfo]) -> [String: TensorValue] {
        tensors.filter { name, _ in inputs.contains { $0.name == name } }
    }

    /// Some rows, for the inputs that a model has.
    public func rows(_ range: Range<Int>, for inputs: [TensorInfo]) throws -> [String: TensorValue] {
        if range == 0..<rowCount { return all(for: inputs) }
        return try all(for: inputs).mapValues { try $0.slice(rows: range) }
    }

    /// A number is FP32 (NaN where missing), a date FP64 seconds, everything else the text of its level (empty where missing).
    private static func tensor(of column: Column, rowCount: Int) throws -> TensorValue {
        switch column.values {
        case .numbers(let values) where column.kind == .date: try .double(values, [rowCount, 1])
        case .numbers(let values): try .float(values.map { Float($0) }, [rowCount, 1])
        case .codes(let codes, let levels): try .strings(codes.map { $0 >= 0 ? levels[Int($0)] : "" }, [rowCount, 1])
        }
    }
}
