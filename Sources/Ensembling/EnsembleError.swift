/// What goes wrong between a library and its ensembles.
public struct EnsembleError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// There is no candidate, or none whose predictions can be used.
        public static let noCandidates = Code(name: "noCandidates")
        /// Predictions, truth and metric do not belong together.
        public static let badData = Code(name: "badData")
        /// No single model keeps to the limits, or a limit is not a usable number.
        public static let nothingFits = Code(name: "nothingFits")
        /// The method cannot handle so many candidates.
        public static let tooMany = Code(name: "tooMany")
        /// A name that is not there.
        public static let unknown = Code(name: "unknown")
        /// A stored document cannot be read.
        public static let badDocument = Code(name: "badDocument")
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
