import Serving

/// A failure with its HTTP status. Every one reaches the client as `{"error": message}`.
struct OIPError: Error {
    var status: Int
    var message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    static func bad(_ message: String) -> OIPError { OIPError(400, message) }

    /// The status that the Open Inference Protocol's reference server gives to an error of this kind.
    init(_ error: ServingError) {
        let status =
            switch error.code {
            case .notFound: 404
            case .unavailable, .deadlineExceeded: 503
            case .failed, .invalidModel: 500
            case .unsupported: 501
            default: 400
            }
        self.init(status, error.message)
    }
}
