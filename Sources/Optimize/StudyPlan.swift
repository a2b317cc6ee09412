public import Search
public import SearchSpaces
import StudyStores

/// What a user wants of a study, and how it is found or made in a store. Nil means: as it is, or the standard.
public struct StudyPlan: Sendable {
    /// What becomes of a study that the store already has under the name.
    public enum Existing: Sendable, Hashable {
        /// It goes on; where there is none, a new one is made.
        case goOn
        /// It goes on; there must be one.
        case mustExist
        /// It is deleted.
        case replace
    }

    public var name: String
    public var space: SearchSpace?
    public var directions: [Direction]?
    public var metricNames: [String]
    public var sampler: AlgorithmChoice?
    public var scheduler: AlgorithmChoice?
    /// From the first rung to the fidelity at which a trial is complete.
    public var fidelity: ClosedRange<Int>?
    /// The reduction factor of schedulers that have one.
    public var eta: Int?
    public var seed: UInt64?
    public var existing: Existing

    public init(
        name: String = "study", space: SearchSpace? = nil, directions: [Direction]? = nil, metricNames: [String] = [],
        sampler: AlgorithmChoice? = nil, scheduler: AlgorithmChoice? = nil, fidelity: ClosedRange<Int>? = nil, eta: Int? = nil,
        seed: UInt64? = nil, existing: Existing = .goOn
    ) {
        self.name = name
        self.space = space
        self.directions = directions
        self.metricNames = metricNames
        self.sampler = sampler
        self.scheduler = scheduler
        self.fidelity = fidelity
        self.eta = eta
        self.seed = seed
        self.existing = existing
    }

    public static let standardSampler = "auto"
    /// Without fidelities, and with a range of them.
    public static let standardSchedulers = (plain: "full", multiFidelity: "hyperband")

    /// The definition of a new study.
    ///
    /// - Throws: `SearchError` (`invalidOption`, `unknownAlgorithm`) when there is no space or the options contradict each other.
    public func definition() throws -> StudyDefinition {
        guard let space else {
            throw SearchError(.invalidOption, "There is no study \"\(name)\" in the store yet, and a new one needs a search space: give one with --space FILE.")
        }
        let directions = directions ?? [Direction](repeating: .minimize, count: objectiveCount)
        guard metricNames.isEmpty || metricNames.count == directions.count else {
            throw SearchError(
                .invalidOption, "There are \(metricNames.count) metrics (\(listing(metricNames))) and \(directions.count) objectives; give one metric each.")
        }
        let scheduler = try schedulerChoice()
        try checkSampler(with: scheduler)
        return StudyDefinition(
            name: name, space: space, directions: directions, metricNames: metricNames, seed: seed ?? 0,
            sampler: sampler ?? AlgorithmChoice(Self.standardSampler), scheduler: scheduler)
    }

    /// How many objectives a new study has.
    public var objectiveCount: Int { directions?.count ?? max(1, metricNames.count) }

    /// - Throws: `SearchError` (`invalidOption`) when a sampler is wanted that the scheduler never asks.
    private func checkSampler(with scheduler: AlgorithmChoice) throws {
        guard let sampler, let card = Schedulers.all.first(where: { $0.id == scheduler.id }), card.abilities.contains(.bringsSampler) else { return }
        throw SearchError(
            .invalidOption,
            "The scheduler \(card.id) chooses its configurations itself and never asks \(sampler.id); leave out --sampler, or choose another --scheduler.")
    }

    /// The scheduler with its fidelities and reduction factor as options.
    func schedulerChoice() throws -> AlgorithmChoice {
        let hasRungs = fidelity.map { $0.lowerBound < $0.upperBound } ?? false
        var choice = scheduler ?? AlgorithmChoice(hasRungs ? Self.standardSchedulers.multiFidelity : Self.standardSchedulers.plain)
        _ = try Schedulers.make(choice)
        guard let card = Schedulers.all.first(where: { $0.id == choice.id }) else { return choice }
        if let fidelity {
            guard card.options.contains(named: "maximum_fidelity") else {
                throw SearchError(.invalidOption, "The scheduler \(card.id) has no fidelities; leave out --fidelity, or choose another with --scheduler.")
            }
            if card.options.contains(named: "minimum_fidelity") {
                set("minimum_fidelity", fidelity.lowerBound, of: &choice)
            } else if fidelity.lowerBound > 1, hasRungs {
                throw SearchError(
                    .invalidOption,
                    "The scheduler \(card.id) has no lowest fidelity, got \(fidelity.lowerBound)..\(fidelity.upperBound); give 1..\(fidelity.upperBound).")
            }
            set("maximum_fidelity", fidelity.upperBound, of: &choice)
        }
        if let eta {
            guard card.options.contains(named: "eta") else {
                throw SearchError(
                    .invalidOption,
                    "The scheduler \(card.id) has no reduction factor; leave out --eta"
                        + (hasRungs ? "." : ", or give a range of fidelities, such as --fidelity 1..81."))
            }
            set("eta", eta, of: &choice)
        }
        _ = try Schedulers.make(choice)
        return choice
    }

    private func set(_ option: String, _ value: Int, of choice: inout AlgorithmChoice) {
        if choice.options[option] == nil { choice.options[option] = .integer(value) }
    }

    /// A study that was found or made.
    public struct Opened: Sendable {
        public var study: Study
        /// Whether it was there before.
        public var isResumed: Bool
    }

    /// Finds the study in the store, or makes it. Of several sessions that make it at the same moment one does, and the others go on with that one.
    ///
    /// - Throws: `SearchError` (`invalidOption`) when the study that is there is another one than is wanted, or there is none and one must
    ///   be; (`unknownAlgorithm`, `storage`).
    public func open(in store: any StudyStore) throws -> Opened {
        guard let found = try store.definition(of: name) else {
            if existing == .mustExist { throw SearchError.unknownStudy(name, known: try store.studyNames()) }
            do {
                return Opened(study: try Study.create(definition(), in: store), isResumed: false)
            } catch let error as SearchError where error.code == .studyExists && existing == .goOn {
                guard let made = try store.definition(of: name) else { throw error }
                return try goOn(with: made, in: store)
            }
        }
        if existing == .replace {
            // First: what cannot take its place must not cost the one that is there.
            let replacement = try self.definition()
            try store.delete(name)
            return Opened(study: try Study.create(replacement, in: store), isResumed: false)
        }
        return try goOn(with: found, in: store)
    }

    private func goOn(with found: StudyDefinition, in store: any StudyStore) throws -> Opened {
        try check(found)
        let ownSampler = try sampler.map { try Samplers.make($0) }
        return Opened(study: try Study.open(name, in: store, sampler: ownSampler), isResumed: true)
    }

    /// What is wanted must be what is there; only the sampler may change on the way.
    private func check(_ found: StudyDefinition) throws {
        func differs(_ what: String, _ got: String, _ has: String) -> SearchError {
            SearchError(
                .invalidOption,
                "The store has a study \"\(name)\" with another \(what): it has \(has), got \(got). "
                    + "Leave the option out to go on with it, give another --name, or start anew with --overwrite."
                    + (what == "space" ? " A new study begins with what this one found by --warm-start." : ""))
        }
        if let space, space != found.space { throw differs("space", Self.difference(space, found.space), "its own") }
        if let directions, directions != found.directions {
            throw differs("direction", listing(directions.map(\.rawValue)), listing(found.directions.map(\.rawValue)))
        }
        if !metricNames.isEmpty, metricNames != found.metricNames { throw differs("metric", listing(metricNames), listing(found.metricNames)) }
        try checkSampler(with: found.scheduler)
        if let seed, seed != found.seed { throw differs("seed", "\(seed)", "\(found.seed)") }
        if scheduler != nil || fidelity != nil || eta != nil {
            let wanted = try schedulerChoice()
            if wanted != found.scheduler { throw differs("scheduler", Self.text(wanted), Self.text(found.scheduler)) }
        }
    }

    private static func text(_ choice: AlgorithmChoice) -> String {
        choice.options.isEmpty ? choice.id : "\(choice.id) (\(choice.options))"
    }

    /// The first thing in which a space differs from the one in the store.
    private static func difference(_ space: SearchSpace, _ stored: SearchSpace) -> String {
        for parameter in space.parameters {
            guard let other = stored[parameter.name] else { return "one with \"\(parameter.name)\"" }
            if parameter.domain != other.domain { return "\"\(parameter.name)\" as \(parameter.domain) instead of \(other.domain)" }
            if parameter != other { return "\"\(parameter.name)\" with another default or condition" }
        }
        if let missing = stored.names.first(where: { space[$0] == nil }) { return "one without \"\(missing)\"" }
        return "one with another order or other forbidden combinations"
    }
}
