/// What goes wrong while building, reading or merging ONNX models.
public struct ONNXError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// The bytes are not an ONNX model.
        public static let unreadable = Code(name: "unreadable")
        /// A name that is empty or taken.
        public static let badName = Code(name: "badName")
        /// A network and its preprocessing, or two models, do not fit together.
        public static let mismatch = Code(name: "mismatch")
        /// A setting outside its domain.
        public static let badValue = Code(name: "badValue")
        /// Legal ONNX that is not handled here.
        public static let unsupported = Code(name: "unsupported")
        /// The model cannot be written.
        public static let unwritable = Code(name: "unwritable")
    }

    public let code: Code
    public let message: String
    public let underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { underlying.map { "\(message): \($0)" } ?? message }
}
