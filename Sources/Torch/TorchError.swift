/// Why a call into libtorch, or a check before it, failed.
public struct TorchError: Error, CustomStringConvertible {
    /// Kind of failure.
    public struct Code: Hashable, Sendable {
        let name: String
        /// libtorch refused the operator; the message is its own.
        public static let operatorFailed = Code(name: "operatorFailed")
        /// An argument was refused before libtorch was asked.
        public static let invalidArgument = Code(name: "invalidArgument")
    }

    public let code: Code
    /// Operator or function that was called: `aten::conv2d`.
    public let operation: String
    public let message: String

    init(_ code: Code, _ operation: String, _ message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message)" }
}
