/// Why a library's model cannot be read or run.
public struct LibraryError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// There is no model of that id.
        public static let unknownModel = Code(name: "unknownModel")
        /// A file of the model is missing or damaged.
        public static let damaged = Code(name: "damaged")
        /// The disk refused.
        public static let unwritable = Code(name: "unwritable")
        /// The model gives something else than the task needs.
        public static let unfit = Code(name: "unfit")
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
