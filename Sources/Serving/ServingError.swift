/// Why a request, or a whole served model, gets no answer.
public struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of errors. A wire protocol turns each into its own status.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The request does not fit the model.
        public static let invalidArgument = Code(description: "invalidArgument")
        /// No model of that name or version.
        public static let notFound = Code(description: "notFound")
        /// Queue full, models loading, or shutting down: the same request may succeed later.
        public static let unavailable = Code(description: "unavailable")
        /// The deadline passed before any member had answered.
        public static let deadlineExceeded = Code(description: "deadlineExceeded")
        /// The client went away.
        public static let cancelled = Code(description: "cancelled")
        /// Every member failed.
        public static let failed = Code(description: "failed")
        /// Something that this server does not do.
        public static let unsupported = Code(description: "unsupported")
        /// The definition of a served model contradicts itself.
        public static let invalidModel = Code(description: "invalidModel")
    }

    public let code: Code
    /// What was got, what was expected, what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
