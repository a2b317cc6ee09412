/// Why bytes or a file cannot be read, decoded or written.
public struct CodecError: Error, CustomStringConvertible, Sendable {
    public struct Code: Hashable, Sendable {
        let name: String
        /// The file or folder is not there.
        public static let fileNotFound = Code(name: "fileNotFound")
        /// The file is there and the system does not let us read or write it.
        public static let fileNotAccessible = Code(name: "fileNotAccessible")
        /// The data ends before it is complete.
        public static let truncated = Code(name: "truncated")
        /// The data is not what its format asks for.
        public static let corrupt = Code(name: "corrupt")
        /// Correct data of a form that is not read here.
        public static let unsupported = Code(name: "unsupported")
        /// The data is larger than a limit.
        public static let tooLarge = Code(name: "tooLarge")
    }

    public let code: Code
    /// What was got, what was expected, what to do.
    public let message: String
    /// File the data came from, where it came from one.
    public var file: String?

    public init(_ code: Code, _ message: String, file: String? = nil) {
        self.code = code
        self.message = message
        self.file = file
    }

    public var description: String { file.map { "\($0): \(message)" } ?? message }

    /// The same error with the name of the file that the data came from.
    package func inFile(_ file: String) -> CodecError { CodecError(code, message, file: self.file ?? file) }
}
