import Search
import SearchSpaces

/// A trial as sessions show it.
struct TrialDocument {
    private let trial: Trial
    private let space: SearchSpace

    init(_ trial: Trial, _ space: SearchSpace) {
        self.trial = trial
        self.space = space
    }

    /// What was tried and what came of it.
    var result: JSONValue { .object(head + outcome) }

    /// The same with its state and all that is known.
    var full: JSONValue {
        var members = [head[0], JSONMember("state", .string("\(trial.state)"))] + head.dropFirst() + outcome
        let lineage: [(String, Int?)] = [
            ("parent", trial.progress.parent), ("parentFidelity", PopulationBasedTraining.checkpoint(ofParentOf: trial)),
        ]
        members += lineage.compactMap { name, number in number.map { JSONMember(name, .integer($0)) } }
        if let reason = trial.failure { members.append(JSONMember("reason", .string(reason))) }
        if !trial.intermediateValues.isEmpty {
            let steps = trial.intermediateValues.sorted { $0.key < $1.key }
            members.append(JSONMember("reports", .object(steps.map { JSONMember("\($0.key)", .number($0.value)) })))
        }
        return .object(members)
    }

    private var head: [JSONMember] {
        [JSONMember("trial", .integer(trial.number)), JSONMember("params", Self.json(space.ordered(trial.configuration)))]
    }

    private var outcome: [JSONMember] {
        var members: [JSONMember] = []
        if let result = trial.lastResult { members.append(JSONMember("values", .array(result.values.map { .number($0) }))) }
        if let fidelity = trial.progress.results.last?.fidelity { members.append(JSONMember("fidelity", .integer(fidelity))) }
        let constraints = trial.constraints.sorted { $0.key < $1.key }
        if !constraints.isEmpty { members.append(JSONMember("constraints", .object(constraints.map { JSONMember($0.key, .number($0.value)) }))) }
        return members
    }

    static func json(_ configuration: Configuration) -> JSONValue {
        .object(
            configuration.map { name, value in
                switch value {
                case .float(let number): JSONMember(name, .number(number))
                case .integer(let number): JSONMember(name, .integer(number))
                case .boolean(let flag): JSONMember(name, .boolean(flag))
                case .category(let text): JSONMember(name, .string(text))
                }
            })
    }
}
