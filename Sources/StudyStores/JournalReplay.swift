import Foundation
import Search
import SearchSpaces

/// What the lines of a journal amount to, by Optuna's rules.
struct JournalReplay {
    struct Study {
        var id: Int
        var directions: [Direction]
        var userAttributes: [String: String] = [:]
        var systemAttributes: [String: String] = [:]
        var trials: [Trial] = []
        /// The journal's numbers of the trials.
        var trialIDs: [Int] = []
        /// Distributions in the order of their appearance.
        var distributions: [(name: String, distribution: String)] = []
        /// Of waiting trials by number: parameters that they had before.
        var parameters: [Int: Configuration] = [:]
        /// By number: what enqueued trials fix.
        var fixed: [Int: Configuration] = [:]
        /// Why the study cannot be read, where something of it cannot be understood.
        var flaw: String?
    }

    private(set) var studies: [String: Study] = [:]
    private var names: [Int: String] = [:]
    private(set) var studyCount = 0
    /// Study and number of every trial of the file.
    private var trials: [(study: Int, number: Int)] = []
    private var domains: [String: Domain] = [:]

    /// What cannot be understood of a study makes that study unreadable, and no other.
    ///
    /// - Throws: `SearchError` (`storage`) when the line is no operation.
    mutating func apply(_ line: JournalJSON) throws {
        guard let code = line["op_code"]?.integer, let operation = JournalOperation(rawValue: code) else {
            throw StoreErrors.storage("An operation that Optuna's journal does not have.")
        }
        do {
            try apply(operation, line)
        } catch let error as SearchError {
            let study = line["study_id"]?.integer ?? line["trial_id"]?.integer.flatMap { trials.indices.contains($0) ? trials[$0].study : nil }
            if let name = study.flatMap({ names[$0] }), studies[name]?.flaw == nil { studies[name]?.flaw = error.message }
        }
    }

    private mutating func apply(_ operation: JournalOperation, _ line: JournalJSON) throws {
        switch operation {
        case .createStudy: createStudy(line)
        case .deleteStudy:
            if let id = line["study_id"]?.integer, let name = names.removeValue(forKey: id) { studies[name] = nil }
        case .setStudyUserAttribute:
            change(line) { study in for member in line["user_attr"]?.members ?? [] { study.userAttributes[member.name] = member.text } }
        case .setStudySystemAttribute:
            change(line) { study in for member in line["system_attr"]?.members ?? [] { study.systemAttributes[member.name] = member.text } }
        case .createTrial: try createTrial(line)
        case .setTrialParameter: try setParameter(line)
        case .setTrialState: setState(line)
        case .setTrialIntermediateValue:
            guard let step = line["step"]?.integer, let value = line["intermediate_value"] else { return }
            changeTrial(line) { $1.intermediateValues[step] = value.number ?? .nan }
        case .setTrialUserAttribute:
            changeTrial(line) { _, trial in
                for member in line["user_attr"]?.members ?? [] {
                    trial.userAttributes[member.name] = JournalOperation.isRemoval(line) ? nil : member.text
                }
            }
        case .setTrialSystemAttribute:
            var failure: (any Error)?
            changeTrial(line) { study, trial in
                for member in line["system_attr"]?.members ?? [] {
                    do {
                        try Self.set(member.name, JournalOperation.isRemoval(line) ? nil : member.text, of: &trial, in: &study)
                    } catch { failure = error }
                }
            }
            if let failure { throw failure }
        case .discardTrials: break
        }
    }

    private mutating func createStudy(_ line: JournalJSON) {
        guard let name = line["study_name"]?.string, studies[name] == nil else { return }
        let directions: [Direction] = (line["directions"]?.array ?? []).map { $0.integer == 2 ? .maximize : .minimize }
        studies[name] = Study(id: studyCount, directions: directions)
        names[studyCount] = name
        studyCount += 1
    }

    private mutating func change(_ line: JournalJSON, _ body: (inout Study) -> Void) {
        guard let name = line["study_id"]?.integer.flatMap({ names[$0] }), var study = studies.removeValue(forKey: name) else { return }
        body(&study)
        studies[name] = study
    }

    /// Changes a trial that exists and is open. What Tutti writes counts for finished trials too; Optuna passes that over.
    private mutating func changeTrial(_ line: JournalJSON, _ body: (inout Study, inout Trial) -> Void) {
        guard let id = line["trial_id"]?.integer, trials.indices.contains(id), let name = names[trials[id].study] else { return }
        let number = trials[id].number
        guard let state = studies[name]?.trials[number].state else { return }
        let isOpen = state == .running || state == .waiting
        guard isOpen || JournalOperation.isOurs(line), var study = studies.removeValue(forKey: name) else { return }
        var trial = study.trials[number]
        // One reference, so that changing it does not copy it.
        study.trials[number] = Self.placeholder
        body(&study, &trial)
        study.trials[number] = trial
        studies[name] = study
    }

    private static let placeholder = Trial(number: 0, state: .failed, configuration: Configuration())

    private mutating func createTrial(_ line: JournalJSON) throws {
        guard let id = line["study_id"]?.integer, let name = names[id], var study = studies[name] else { return }
        studies[name] = nil
        defer { studies[name] = study }
        let state = line["state"]?.integer.flatMap(TrialState.init(rawValue:)) ?? .running
        var trial = Trial(number: study.trials.count, state: state, configuration: Configuration())
        // It counts in any case: later lines go by the numbers of trials.
        var failure: (any Error)?
        func noting(_ body: () throws -> Void) { do { try body() } catch { failure = error } }
        for parameter in line["params"]?.members ?? [] {
            guard let number = parameter.value.number, let distribution = line["distributions"]?[parameter.name]?.string else { continue }
            noting { try set(parameter.name, number, distribution, of: &trial, in: &study) }
        }
        if let value = line["value"]?.number { trial.values = [value] }
        if let values = line["values"]?.array { trial.values = values.map { $0.number ?? .nan } }
        for member in line["intermediate_values"]?.members ?? [] {
            if let step = Int(member.name) { trial.intermediateValues[step] = member.value.number ?? .nan }
        }
        for member in line["user_attrs"]?.members ?? [] { trial.userAttributes[member.name] = member.text }
        trial.start = line["datetime_start"]?.string.flatMap(JournalDate.date)
        trial.completion = line["datetime_complete"]?.string.flatMap(JournalDate.date)
        if state == .waiting {
            study.parameters[trial.number] = trial.configuration
            trial.configuration = Configuration()
        }
        for member in line["system_attrs"]?.members ?? [] { noting { try Self.set(member.name, member.text, of: &trial, in: &study) } }
        study.trialIDs.append(trials.count)
        trials.append((id, trial.number))
        study.trials.append(trial)
        if let failure { throw failure }
    }

    private mutating func setParameter(_ line: JournalJSON) throws {
        guard let name = line["param_name"]?.string, let number = line["param_value_internal"]?.number,
            let distribution = line["distribution"]?.string
        else { return }
        var failure: (any Error)?
        var copy = self.domains
        changeTrial(line) { study, trial in
            do {
                let domain = try Self.domain(distribution, of: name, &copy)
                // Of two programs that define a parameter differently, the first has its way.
                if let first = study.distributions.first(where: { $0.name == name }),
                    !domain.isCompatible(with: try Self.domain(first.distribution, of: name, &copy))
                {
                    return
                }
                try Self.set(name, number, distribution, domain, of: &trial, in: &study)
            } catch { failure = error }
        }
        domains = copy
        if let failure { throw failure }
    }

    private mutating func setState(_ line: JournalJSON) {
        guard let state = line["state"]?.integer.flatMap(TrialState.init(rawValue:)) else { return }
        changeTrial(line) { study, trial in
            // Whoever says "running" second has not got the trial.
            if state == .running, trial.state == .running { return }
            if state == .waiting, trial.state != .waiting {
                study.parameters[trial.number] = trial.configuration
                trial.configuration = study.fixed[trial.number] ?? trial.configuration
            } else if state != .waiting, trial.state == .waiting {
                trial.configuration = study.parameters.removeValue(forKey: trial.number) ?? Configuration()
            }
            trial.state = state
            if let start = line["datetime_start"]?.string.flatMap(JournalDate.date) { trial.start = start }
            trial.completion = line["datetime_complete"]?.string.flatMap(JournalDate.date)
            if let values = line["values"]?.array { trial.values = values.map { $0.number ?? .nan } }
        }
    }

    private mutating func set(_ name: String, _ number: Double, _ distribution: String, of trial: inout Trial, in study: inout Study) throws {
        try Self.set(name, number, distribution, Self.domain(distribution, of: name, &domains), of: &trial, in: &study)
    }

    private static func set(
        _ name: String, _ number: Double, _ distribution: String, _ domain: Domain, of trial: inout Trial, in study: inout Study
    ) throws {
        guard let value = OptunaDistribution.value(of: number, in: domain) else {
            throw StoreErrors.storage("a value of \"\(name)\" does not fit its distribution.")
        }
        if trial.state == .waiting { study.parameters[trial.number, default: Configuration()][name] = value } else { trial.configuration[name] = value }
        if !study.distributions.contains(where: { $0.name == name && $0.distribution == distribution }) {
            study.distributions.append((name, distribution))
        }
    }

    private static func domain(_ json: String, of parameter: String, _ known: inout [String: Domain]) throws -> Domain {
        if let domain = known[json] { return domain }
        let domain = try OptunaDistribution.domain(json, of: parameter)
        known[json] = domain
        return domain
    }

    private static func set(_ key: String, _ json: String?, of trial: inout Trial, in study: inout Study) throws {
        switch key {
        case JournalOperation.pausedKey:
            guard let json else { return }
            let moment = JournalJSON(json.utf8)?.string.flatMap(JournalDate.date)
            trial.state = moment == nil ? .running : .pruned
            trial.completion = moment
        case JournalOperation.heartbeatKey:
            trial.heartbeat = json.flatMap { JournalJSON($0.utf8)?.string }.flatMap(JournalDate.date)
        default:
            if key == TrialReader.fixedKey, let json {
                study.fixed[trial.number] = FixedParameters.decode(json) ?? Configuration()
            }
            try TrialReader.read(key, json, into: &trial)
        }
    }
}

extension Domain {
    /// Whether Optuna takes both for the same parameter: of one kind, and choices the same.
    fileprivate func isCompatible(with other: Domain) -> Bool {
        switch (self, other) {
        case (.float, .float), (.integer, .integer): true
        default: choices != nil && choices == other.choices
        }
    }
}

/// Dates as the journal has them: `2026-11-25T10:03:02.575238+00:00`.
enum JournalDate {
    static func text(_ date: Date) -> String { OptunaDate.text(date).replacingOccurrences(of: " ", with: "T") + "+00:00" }

    static func date(_ text: String) -> Date? {
        guard let time = text.firstIndex(of: "T") ?? text.firstIndex(of: " ") else { return nil }
        let zone = text[time...].firstIndex { "+-Z".contains($0) } ?? text.endIndex
        guard let date = OptunaDate.date(String(text[..<zone])) else { return nil }
        let parts = text[zone...].dropFirst().split(separator: ":").compactMap { Double($0) }
        let seconds = (parts.first ?? 0) * 3600 + (parts.dropFirst().first ?? 0) * 60
        return date.addingTimeInterval(text[zone...].first == "-" ? seconds : -seconds)
    }
}
