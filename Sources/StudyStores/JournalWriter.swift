import Foundation
import Search
import SearchSpaces

/// Changes of trials as lines of a journal.
///
/// Optuna never looks at a trial again that it has seen finished. So a trial that waits at a rung stays running in Optuna's eyes until
/// it is promoted no more; Tutti knows from an attribute. What else becomes of finished trials (a late result) only Tutti sees.
struct JournalWriter {
    let worker: String
    let study: Int
    let space: SearchSpace
    private(set) var lines: [String] = []

    init(worker: String, study: Int, space: SearchSpace) {
        self.worker = worker
        self.study = study
        self.space = space
    }

    mutating func create(_ definition: StudyDefinition) throws {
        let directions = definition.directions.map { $0 == .minimize ? "1" : "2" }.joined(separator: ",")
        add(.createStudy, [("study_name", JournalJSON.text(definition.name)), ("directions", "[\(directions)]")])
        for (key, json) in try StudyDocument.systemAttributes(of: definition).sorted(by: { $0.key < $1.key }) {
            add(.setStudySystemAttribute, [("study_id", "\(study)"), ("system_attr", object([(key, JournalJSON.line(json))]))])
        }
        for (key, json) in definition.userAttributes.sorted(by: { $0.key < $1.key }) {
            add(.setStudyUserAttribute, [("study_id", "\(study)"), ("user_attr", object([(key, JournalJSON.line(json))]))])
        }
    }

    /// The line that deletes the study.
    var deletion: String { JournalOperation.deleteStudy.line(worker, [("study_id", "\(study)")]) }

    mutating func insert(_ trial: Trial) throws {
        var system = trial.systemAttributes.sorted { $0.key < $1.key }.map { ($0.key, JournalJSON.line($0.value)) }
        system += try hiddenAttributes(trial).map { ($0.key, $0.json ?? "null") }
        let isPaused = Self.isPaused(trial)
        let isWaiting = trial.state == .waiting
        if isWaiting { system.append((TrialReader.fixedKey, FixedParameters.encode(trial.configuration))) }
        var fields = [
            ("study_id", "\(study)"), ("datetime_start", date(trial.start)), ("state", "\((isPaused ? .running : trial.state).rawValue)"),
            ("value", trial.values.count == 1 ? JournalJSON.text(trial.values[0]) : "null"),
            ("values", trial.values.count > 1 ? numbers(trial.values) : "null"),
        ]
        if let completion = trial.completion, !isPaused { fields.append(("datetime_complete", date(completion))) }
        let parameters = isWaiting ? [] : try parameters(trial.configuration)
        fields.append(("distributions", object(parameters.map { ($0.name, JournalJSON.text($0.distribution)) })))
        fields.append(("params", object(parameters.map { ($0.name, JournalJSON.text($0.number)) })))
        fields.append(("user_attrs", object(trial.userAttributes.sorted { $0.key < $1.key }.map { ($0.key, JournalJSON.line($0.value)) })))
        fields.append(("system_attrs", object(system)))
        fields.append(("intermediate_values", object(curve(trial).map { ("\($0.key)", JournalJSON.text($0.value)) })))
        add(.createTrial, fields)
    }

    mutating func update(_ trial: Trial, from old: Trial, id: Int) throws {
        let wasPaused = Self.isPaused(old)
        let isPaused = Self.isPaused(trial)
        // Optuna takes changes of open trials only: opening comes first, closing last.
        if old.state != .running, !wasPaused, trial.state != .waiting, old.state == .waiting || trial.state == .running || isPaused {
            setState(.running, id, [("datetime_start", date(trial.start))])
        }
        if trial.state == .waiting {
            if old.state != .waiting || old.configuration != trial.configuration { set(id, TrialReader.fixedKey, FixedParameters.encode(trial.configuration)) }
        } else if old.state == .waiting || old.configuration != trial.configuration {
            for (name, number, distribution) in try parameters(trial.configuration) {
                add(
                    .setTrialParameter,
                    [
                        ("trial_id", "\(id)"), ("param_name", JournalJSON.text(name)), ("param_value_internal", JournalJSON.text(number)),
                        ("distribution", JournalJSON.text(distribution)),
                    ])
            }
        }
        for (step, value) in curve(trial) where old.intermediateValues[step]?.bitPattern != value.bitPattern {
            add(.setTrialIntermediateValue, [("trial_id", "\(id)"), ("step", "\(step)"), ("intermediate_value", JournalJSON.text(value))])
        }
        for key in Set(trial.userAttributes.keys).union(old.userAttributes.keys).sorted() where trial.userAttributes[key] != old.userAttributes[key] {
            lines.append(JournalOperation.setTrialUserAttribute.line(worker, trial: id, "user_attr", key, trial.userAttributes[key]))
        }
        for key in Set(trial.systemAttributes.keys).union(old.systemAttributes.keys).sorted() where trial.systemAttributes[key] != old.systemAttributes[key] {
            set(id, key, trial.systemAttributes[key])
        }
        let hidden = try hiddenAttributes(trial)
        let oldHidden = try hiddenAttributes(old)
        for (key, json) in hidden where json != oldHidden.first(where: { $0.key == key })?.json ?? nil { set(id, key, json) }
        if wasPaused, !isPaused, !hidden.contains(where: { $0.key == JournalOperation.pausedKey }) { set(id, JournalOperation.pausedKey, "null") }
        try close(trial, from: old, id, isPaused: isPaused)
    }

    private mutating func close(_ trial: Trial, from old: Trial, _ id: Int, isPaused: Bool) throws {
        if isPaused || trial.state == .running { return }
        if trial.state == .waiting {
            if old.state != .waiting { setState(.waiting, id, []) }
        } else if old.state != trial.state || old.values != trial.values || old.completion != trial.completion || Self.isPaused(old) {
            setState(trial.state, id, trial.completion.map { [("datetime_complete", date($0))] } ?? [], values: trial.values)
        }
    }

    private static func isPaused(_ trial: Trial) -> Bool {
        trial.state == .pruned && trial.progress.fidelity != nil && !trial.progress.promotionFailed && trial.completion != nil
    }

    /// What trials have besides Optuna's fields.
    private func hiddenAttributes(_ trial: Trial) throws -> [(key: String, json: String?)] {
        var hidden: [(String, String?)] = []
        if trial.progress != TrialProgress() { hidden.append((TrialReader.progressKey, try ProgressDocument.encode(trial.progress))) }
        if let heartbeat = trial.heartbeat { hidden.append((JournalOperation.heartbeatKey, date(heartbeat))) }
        if Self.isPaused(trial), let completion = trial.completion { hidden.append((JournalOperation.pausedKey, date(completion))) }
        return hidden
    }

    private mutating func setState(_ state: TrialState, _ id: Int, _ dates: [(String, String)], values: [Double] = []) {
        add(.setTrialState, [("trial_id", "\(id)"), ("state", "\(state.rawValue)"), ("values", values.isEmpty ? "null" : numbers(values))] + dates)
    }

    private mutating func set(_ id: Int, _ key: String, _ json: String?) {
        lines.append(JournalOperation.setTrialSystemAttribute.line(worker, trial: id, "system_attr", key, json))
    }

    private mutating func add(_ operation: JournalOperation, _ fields: [(String, String)]) { lines.append(operation.line(worker, fields)) }

    private func parameters(_ configuration: SearchSpaces.Configuration) throws -> [(name: String, number: Double, distribution: String)] {
        try configuration.map { name, value in
            guard let domain = space[name]?.domain, let number = OptunaDistribution.number(of: value, in: domain) else {
                throw StoreErrors.storage("The configuration has \"\(name)\" = \(value), which the study's space does not.")
            }
            return (name, number, OptunaDistribution.json(domain))
        }
    }

    private func curve(_ trial: Trial) -> [(key: Int, value: Double)] { trial.intermediateValues.sorted { $0.key < $1.key } }
    private func numbers(_ values: [Double]) -> String { "[" + values.map { JournalJSON.text($0) }.joined(separator: ",") + "]" }
    private func date(_ date: Date?) -> String { date.map { JournalJSON.text(JournalDate.text($0)) } ?? "null" }

    private func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(JournalJSON.text($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }
}
