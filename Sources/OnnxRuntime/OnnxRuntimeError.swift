/// Why a tensor or a model cannot be used. The message has ONNX Runtime's own text where there is one.
public struct OnnxRuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of errors: those that ONNX Runtime reports, and checks of our own before it is asked.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// Anything else.
        public static let failed = Code(description: "failed")
        /// An input, output or option that does not fit the model.
        public static let invalidArgument = Code(description: "invalidArgument")
        /// The model's file is missing.
        public static let noSuchFile = Code(description: "noSuchFile")
        /// The bytes are not an ONNX model.
        public static let invalidModel = Code(description: "invalidModel")
        /// An operator, or an operator for this element type, that the library does not have.
        public static let notImplemented = Code(description: "notImplemented")
        /// The model failed while it was running.
        public static let runtimeException = Code(description: "runtimeException")
        /// A device's library (CUDA) is missing or failed.
        public static let providerFailed = Code(description: "providerFailed")
        /// A tensor whose bytes do not fit its datatype and shape, or an element type that Tutti does not carry.
        public static let invalidTensor = Code(description: "invalidTensor")

        /// The library's own numbers.
        init(native: Int) {
            self =
                switch native {
                case 2: .invalidArgument
                case 3: .noSuchFile
                case 4, 7, 10: .invalidModel
                case 6: .runtimeException
                case 9: .notImplemented
                case 5, 11: .providerFailed
                default: .failed
                }
        }

        init(description: String) { self.description = description }
    }

    public let code: Code
    /// What was got, what was expected, what to do; with ONNX Runtime's own text.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
