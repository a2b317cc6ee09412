/// What goes wrong between an ensemble and its devices.
public struct PlacementError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// A model fits on no device.
        public static let nothingFits = Code(name: "nothingFits")
        /// Models, devices, profiles or matrix do not belong together.
        public static let badData = Code(name: "badData")
        /// A measurement of the first matrix failed.
        public static let measurementFailed = Code(name: "measurementFailed")
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
