public import Foundation
public import SearchSpaces

/// One configuration and what became of it.
public struct Trial: Sendable, Hashable, Codable {
    /// 0, 1, 2 … in the order of creation.
    public var number: Int
    public var state: TrialState
    /// The active parameters; of a waiting trial only the fixed ones.
    public var configuration: Configuration
    /// The final values, one per objective; empty until the trial is complete.
    public var values: [Double] = []
    /// The first objective by step: the learning curve, and the result of each fidelity at the step of that number.
    public var intermediateValues: [Int: Double] = [:]
    /// Attempts, rungs and the worker: what schedulers go by.
    public var progress = TrialProgress()
    /// Facts for people and other programs, each a JSON document.
    public var userAttributes: [String: String] = [:]
    /// Facts for programs, each a JSON document.
    public var systemAttributes: [String: String] = [:]
    public var start: Date?
    public var completion: Date?
    /// When a worker last touched the trial, by the clock of the store.
    public var heartbeat: Date?

    public init(number: Int, state: TrialState, configuration: Configuration) {
        self.number = number
        self.state = state
        self.configuration = configuration
    }

    /// Why the last attempt failed.
    public var failure: String? {
        get {
            guard let json = userAttributes[Self.failureKey] else { return nil }
            return (try? JSONDecoder().decode(String.self, from: Data(json.utf8))) ?? json
        }
        set {
            guard let newValue, let json = try? JSONEncoder().encode(newValue) else {
                userAttributes[Self.failureKey] = nil
                return
            }
            userAttributes[Self.failureKey] = String(decoding: json, as: UTF8.self)
        }
    }

    /// The user attribute that holds why the last attempt failed.
    public static let failureKey = "failure"

    /// The latest result and the fidelity it was reached at: of the highest fidelity finished, else the final values.
    public var lastResult: FidelityResult? {
        progress.results.last ?? (values.isEmpty ? nil : FidelityResult(fidelity: 0, values: values))
    }
}

/// The values of a trial at one fidelity.
public struct FidelityResult: Sendable, Hashable, Codable {
    public var fidelity: Int
    /// One per objective.
    public var values: [Double]

    public init(fidelity: Int, values: [Double]) {
        self.fidelity = fidelity
        self.values = values
    }
}

/// How far a trial has come: written by the study, read by schedulers and samplers.
public struct TrialProgress: Sendable, Hashable, Codable {
    /// Jobs handed out so far; the number of the last one is its fencing token.
    public var attempts = 0
    /// The fidelity that the last job is to reach; nil in studies without fidelities.
    public var fidelity: Int?
    /// The worker that got the last job.
    public var worker: String?
    /// The bracket in which the trial started.
    public var bracket = 0
    /// Results of the jobs that ended well, by rising fidelity.
    public var results: [FidelityResult] = []
    /// Whether the last job was given up for lost with its worker. Its result is still accepted if it arrives.
    public var lost = false
    /// Whether an attempt at a higher fidelity failed; such a trial keeps its results and is not promoted again.
    public var promotionFailed = false

    public init() {}

    /// The values at a fidelity, if the trial has finished it.
    public func values(at fidelity: Int) -> [Double]? { results.last { $0.fidelity == fidelity }?.values }
}
