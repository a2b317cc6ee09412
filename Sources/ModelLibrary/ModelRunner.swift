public import Foundation
public import Learning
public import OnnxRuntime

/// A model file, loaded, that predicts for rows of a data set in batches.
public struct ModelRunner: Sendable {
    public let session: Session
    private let outputName: String
    private let width: Int

    /// Rows of one call where nothing else is asked for.
    public static let standardBatch = 256

    /// - Throws: ``OnnxRuntimeError`` where the file cannot be loaded; ``LibraryError`` `.unfit` where it has not the one output that the task needs.
    public init(_ file: URL, task: LearningTask, threads: Int) throws {
        session = try Session(contentsOf: file, options: SessionOptions(intraOpThreads: threads))
        outputName = task.kind == .regression ? "values" : "probabilities"
        width = task.outputWidth
        guard session.outputs.contains(where: { $0.name == outputName && $0.datatype == .fp32 }) else {
            throw LibraryError(.unfit, "'\(file.path)' has no FP32 output '\(outputName)'; it has \(session.outputs.map(\.name).joined(separator: ", "))")
        }
    }

    public func predict(_ inputs: ModelInputs, batch: Int = standardBatch) throws -> Predictions {
        var values: [Float] = []
        values.reserveCapacity(inputs.rowCount * width)
        for start in stride(from: 0, to: inputs.rowCount, by: batch) {
            let rows = start..<min(start + batch, inputs.rowCount)
            values += try run(inputs.rows(rows, for: session.inputs), rowCount: rows.count)
        }
        return Predictions(width: width, values: values)
    }

    /// - Returns: `[rowCount, width]`.
    func run(_ tensors: [String: TensorValue], rowCount: Int) throws -> [Float] {
        let found = try session.run(tensors, outputs: [outputName])
        guard let output = found[outputName]?.floats, output.count == rowCount * width else {
            throw LibraryError(.unfit, "the model gave \(found[outputName]?.shape ?? []) for \(rowCount) rows; the task needs \(width) numbers per row")
        }
        return output
    }
}
