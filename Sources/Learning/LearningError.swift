/// What goes wrong between data and fitted model.
public struct LearningError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// The data cannot be learned from, or does not fit the task.
        public static let badData = Code(name: "badData")
        /// A hyperparameter is missing or outside its domain.
        public static let badConfiguration = Code(name: "badConfiguration")
        /// Training gave values that are not finite.
        public static let diverged = Code(name: "diverged")
        /// The deadline came before the first usable model.
        public static let outOfTime = Code(name: "outOfTime")
        /// A name that is not registered.
        public static let unknown = Code(name: "unknown")
        /// A stored checkpoint cannot be continued.
        public static let badCheckpoint = Code(name: "badCheckpoint")
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
