public import OnnxRuntime

/// Something that computes a model's outputs: what a worker owns. ONNX Runtime's sessions are the real ones.
///
/// A call blocks its thread. One worker makes one call at a time.
public protocol ModelEngine: Sendable {
    var inputs: [TensorInfo] { get }
    var outputs: [TensorInfo] { get }

    /// - Parameters:
    ///   - values: one tensor for each input, rows on the first axis.
    ///   - wanted: names of the outputs to compute; all when nil.
    func run(_ values: [String: TensorValue], outputs wanted: [String]?) throws -> [String: TensorValue]
}

extension Session: ModelEngine {}
