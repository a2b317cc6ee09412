import Foundation

/// What a stage of the whole way reports to its caller. `code` decides the exit status of the command.
public struct TuttiError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// The call is wrong: an option, a name, a missing argument.
        public static let usage = Code(name: "usage")
        /// The data, or the folder of a run, cannot be used.
        public static let badData = Code(name: "badData")
        /// A native library or a program that is needed is not there.
        public static let missingRuntime = Code(name: "missingRuntime")
        /// The time or another limit allows no result.
        public static let noResult = Code(name: "noResult")
        /// Our own fault.
        public static let internalFault = Code(name: "internalFault")
    }

    public let code: Code
    public let message: String
    public let underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { underlying.map { "\(message): \(Self.plainText(of: $0))" } ?? message }

    /// What an error says, without Foundation's wrapping: the system's own words where it has any.
    private static func plainText(of error: any Error) -> String {
        switch error {
        case let error as POSIXError: String(cString: strerror(error.code.rawValue))
        // Before CocoaError: on Linux any NSError passes for one.
        case let error as NSError where error.domain == NSPOSIXErrorDomain: String(cString: strerror(Int32(error.code)))
        case let error as CocoaError: error.underlying.map(plainText) ?? error.localizedDescription
        default: "\(error)"
        }
    }
}
