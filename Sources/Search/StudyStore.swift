public import Foundation

/// Where studies live: definitions and trials, and transactions over them. It knows nothing of sampling or scheduling.
///
/// A store only has to keep what it is given and to run one transaction of a study at a time, also across processes; claiming,
/// promotion and fencing are `Study`'s, written once on top. Every conformer passes `StudyStoreConformance`.
///
/// Studies go by their names, and a store object means the same study by a name for as long as it is used: the one that it made, whose
/// definition it gave last, or that it found first. When another session deletes that study, transactions on it and `trials` throw
/// (`unknownStudy`), also where a new one has the name: it never takes what is told to the old one. Whoever wants the new one opens it, which asks
/// for the definition; so a process that lives long sees the new study once it has opened it, and its `Study` values of the old one then mean the
/// new one too. Deleting a study and making another of its name through the same store object does the same at once.
public protocol StudyStore: Sendable {
    /// - Throws: `SearchError` (`studyExists`) when the name is taken, (`storage`) when writing fails.
    func create(_ definition: StudyDefinition) throws

    /// The definition of a study, or nil when there is none of that name. From now on the name means this study.
    func definition(of study: String) throws -> StudyDefinition?

    /// The names of all studies, sorted.
    func studyNames() throws -> [String]

    /// Runs `body` while no other transaction of the study runs anywhere. Everything it wrote is kept when it returns, nothing
    /// when it throws. `body` must not call the store, and may run again from the start where a store over a network has to begin anew.
    ///
    /// - Throws: what `body` throws; `SearchError` (`unknownStudy`, `storage`).
    func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result

    /// All trials by number, as they were at one moment.
    func trials(of study: String) throws -> [Trial]

    /// Deletes a study with all its trials. Whoever still works on it learns that it is gone. A study that another session has put in the place
    /// of the one that is meant stays.
    ///
    /// - Throws: `SearchError` (`unknownStudy`, `storage`).
    func delete(_ study: String) throws
}

extension StudyStore {
    public func trials(of study: String) throws -> [Trial] { try transaction(in: study) { $0.trials } }
}

/// The inside of a store's transaction.
public protocol StudyTransaction: AnyObject {
    /// The store's clock: the only one that decides what is stale.
    var now: Date { get }

    /// All trials by number, what this transaction wrote included.
    var trials: [Trial] { get }

    /// Adds a trial and gives it the next number.
    func append(_ trial: Trial) throws -> Int

    /// Replaces the trial of the same number.
    func replace(_ trial: Trial) throws
}

extension StudyTransaction {
    /// - Throws: `SearchError` (`unknownTrial`).
    func trial(_ number: Int) throws -> Trial {
        let trials = trials
        guard trials.indices.contains(number) else {
            throw SearchError.unknownTrial(number, count: trials.count)
        }
        return trials[number]
    }
}
