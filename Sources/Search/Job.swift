public import SearchSpaces

/// A trial in the hands of a worker: what to train, how far, and the token that proves it.
public struct Job: Sendable, Hashable, Codable {
    public var trial: Int
    /// The fencing token: a later job of the same trial has a higher one, and only the latest may report.
    public var attempt: Int
    public var configuration: Configuration
    /// How far to train; nil in studies without fidelities.
    public var fidelity: Int?
    /// How far an earlier job of the trial came: where its checkpoint goes on.
    public var previousFidelity: Int?
    /// The trial whose checkpoint this one begins from, where it is not its own.
    public var parent: Int?
    /// How far that trial had come at the checkpoint.
    public var parentFidelity: Int?
    public var worker: String

    public init(
        trial: Int, attempt: Int, configuration: Configuration, fidelity: Int? = nil, previousFidelity: Int? = nil, parent: Int? = nil,
        parentFidelity: Int? = nil, worker: String
    ) {
        self.trial = trial
        self.attempt = attempt
        self.configuration = configuration
        self.fidelity = fidelity
        self.previousFidelity = previousFidelity
        self.parent = parent
        self.parentFidelity = parentFidelity
        self.worker = worker
    }
}

/// The answer to a worker that asks for work.
public enum Offer: Sendable, Hashable {
    case job(Job)
    /// Nothing now; ask again after a result of another worker.
    case wait
    /// Nothing ever again.
    case finished
}
