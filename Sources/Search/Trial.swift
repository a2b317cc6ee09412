public import Foundation
public import SearchSpaces

/// One configuration and what became of it.
///
/// A value whose copies share their storage until one is changed: histories of thousands of trials are passed around and looped over
/// all the time, and a copy of a trial costs one reference count.
public struct Trial: Sendable {
    private var storage: Storage

    public init(number: Int, state: TrialState, configuration: Configuration) {
        storage = Storage(Fields(number: number, state: state, configuration: configuration))
    }

    /// 0, 1, 2 … in the order of creation.
    public var number: Int {
        get { storage.fields.number }
        set { change { $0.number = newValue } }
    }

    /// Where it stands.
    public var state: TrialState {
        get { storage.fields.state }
        set { change { $0.state = newValue } }
    }

    /// The active parameters; of a waiting trial only the fixed ones.
    public var configuration: Configuration {
        get { storage.fields.configuration }
        set { change { $0.configuration = newValue } }
    }

    /// The final values, one per objective; empty until the trial is complete.
    public var values: [Double] {
        get { storage.fields.values }
        set { change { $0.values = newValue } }
    }

    /// The first objective by step: the learning curve, and the result of each fidelity at the step of that number.
    public var intermediateValues: [Int: Double] {
        get { storage.fields.intermediateValues }
        set { change { $0.intermediateValues = newValue } }
    }

    /// Attempts, rungs and the worker: what schedulers go by.
    public var progress: TrialProgress {
        get { storage.fields.progress }
        set { change { $0.progress = newValue } }
    }

    /// Facts for people and other programs, each a JSON document.
    public var userAttributes: [String: String] {
        get { storage.fields.userAttributes }
        set { change { $0.userAttributes = newValue } }
    }

    /// Facts for programs, each a JSON document.
    public var systemAttributes: [String: String] {
        get { storage.fields.systemAttributes }
        set { change { $0.systemAttributes = newValue } }
    }

    /// What its sampler noted when it proposed the configuration.
    public var notes: Configuration {
        get {
            guard let json = systemAttributes[Self.notesKey] else { return [:] }
            return (try? JSONDecoder().decode(Configuration.self, from: Data(json.utf8))) ?? [:]
        }
        set {
            let json = newValue.isEmpty ? nil : try? JSONEncoder().encode(newValue)
            systemAttributes[Self.notesKey] = json.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Constraints on the outcome by name; one above 0 is violated. Optuna's own attributes.
    public var constraints: [String: Double] {
        get {
            var values: [String: Double] = [:]
            for (key, json) in systemAttributes where key.hasPrefix(Self.constraintPrefix) {
                values[String(key.dropFirst(Self.constraintPrefix.count))] = Double(json)
            }
            return values
        }
        set {
            for key in systemAttributes.keys where key.hasPrefix(Self.constraintPrefix) { systemAttributes[key] = nil }
            for (name, value) in newValue { systemAttributes[Self.constraintPrefix + name] = "\(value)" }
        }
    }

    /// By how much the constraints are violated in all; 0 where the trial is feasible or has none.
    public var violation: Double { constraints.values.reduce(0) { $0 + max($1, 0) } }

    /// The system attribute that holds a sampler's notes.
    static let notesKey = "tutti:notes"
    private static let constraintPrefix = "constraints:"

    /// When its first job was handed out.
    public var start: Date? {
        get { storage.fields.start }
        set { change { $0.start = newValue } }
    }

    /// When its last job ended; nil while it runs or waits.
    public var completion: Date? {
        get { storage.fields.completion }
        set { change { $0.completion = newValue } }
    }

    /// When a worker last touched the trial, by the clock of the store.
    public var heartbeat: Date? {
        get { storage.fields.heartbeat }
        set { change { $0.heartbeat = newValue } }
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

    /// The report of the latest step; nil where there is none, or it is NaN.
    var lastReport: (step: Int, value: Double)? {
        intermediateValues.max { $0.key < $1.key }.flatMap { $0.value.isNaN ? nil : (step: $0.key, value: $0.value) }
    }

    /// With one objective and without results at fidelities: what a trial counts with that was stopped on the way, and how far it had come.
    var stopped: (step: Int, value: Double)? {
        guard state == .pruned, progress.results.isEmpty, let last = lastReport else { return nil }
        // Studies of other programs may have the reports alone.
        return (last.step, values.first ?? last.value)
    }

    /// Whether both are copies of one value that nobody has changed since: then what was derived from one holds for the other.
    func isIdentical(to other: Trial) -> Bool { storage === other.storage }

    private mutating func change(_ body: (inout Fields) -> Void) {
        if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
        body(&storage.fields)
    }

    /// Mutated only while one value owns it.
    private final class Storage: @unchecked Sendable {
        var fields: Fields
        init(_ fields: Fields) { self.fields = fields }
    }

    private struct Fields: Sendable, Hashable, Codable {
        var number: Int
        var state: TrialState
        var configuration: Configuration
        var values: [Double] = []
        var intermediateValues: [Int: Double] = [:]
        var progress: TrialProgress = TrialProgress()
        var userAttributes: [String: String] = [:]
        var systemAttributes: [String: String] = [:]
        var start: Date?
        var completion: Date?
        var heartbeat: Date?
    }
}

extension Trial: Hashable, Codable {
    public static func == (left: Trial, right: Trial) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    public func hash(into hasher: inout Hasher) { storage.fields.hash(into: &hasher) }

    public init(from decoder: any Decoder) throws { storage = Storage(try Fields(from: decoder)) }

    public func encode(to encoder: any Encoder) throws { try storage.fields.encode(to: encoder) }
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
    /// The trial whose model this one went on from, where a scheduler bred it.
    public var parent: Int?
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
