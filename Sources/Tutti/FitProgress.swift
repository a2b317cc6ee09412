/// Told what a fit does while it works. Called from one task at a time.
public protocol FitProgress: Sendable {
    /// Something a user should know.
    func note(_ text: String)
    /// A new part of the work begins.
    func stage(_ title: String)
    /// A trial was judged at a fidelity, or failed.
    func evaluated(_ evaluation: FitEvaluation)
    /// Some times a second.
    func tick(_ state: FitState)
}

/// One judgement of a trial.
public struct FitEvaluation: Sendable {
    public var trial: Int
    /// Model id, or the trial where it failed before there was one.
    public var model: String
    public var metric: String
    /// Nil where it failed.
    public var value: Double?
    public var reason: String?
    public var elapsedSeconds: Double
    public var isBest: Bool
}

/// Where a fit stands.
public struct FitState: Sendable {
    public var elapsedSeconds: Double
    public var totalSeconds: Double
    public var models: Int
    public var running: Int
    public var metric: String
    /// Best value so far, in the metric's own direction.
    public var best: Double?
}
