public import Foundation
public import Search
import SearchSpaces
import Synchronization

/// A store in Optuna's journal file: lines of JSON that are only ever appended. Optuna's `JournalStorage` and its dashboard read and write
/// the same file.
///
/// For file systems on which databases are not safe, such as NFS. Any number of processes may share it, Optuna's among them; they take turns
/// by Optuna's lock, a symbolic link beside the file. When a process dies in the very moment of writing, the others go on after 30 seconds,
/// as Optuna's do. Every transaction is one append that is on disk when it returns; a last line that was cut short is dropped. The clock is
/// each machine's own, for want of another.
///
/// Optuna closes its eyes to trials once they are finished. A trial that waits at a rung is therefore running to Optuna until it can be
/// promoted no more.
public final class JournalStore: StudyStore {
    public let path: String
    private let lock: JournalLock
    private let clock: @Sendable () -> Date
    private let notice: @Sendable (String) -> Void
    private let worker = JournalOperation.newWorker()
    private let state: Mutex<State>
    private let identities = StudyIdentities()

    private struct State: ~Copyable {
        let file: JournalFile
        var replay = JournalReplay()
        /// By the number of the study: another may come under the same name.
        var spaces: [Int: SearchSpace] = [:]
    }

    /// Opens the file, or creates it.
    ///
    /// - Parameters:
    ///   - mustExist: Whether it must be there; it can be read then also where it may not be written.
    ///   - clock: What the store takes for the time.
    ///   - notice: Gets a sentence for people when a lock lets the store wait for long; standard error's when nil.
    /// - Throws: `SearchError` (`storage`) when it cannot be opened or is no journal.
    public init(
        path: String, mustExist: Bool = false, clock: @escaping @Sendable () -> Date = { Date() }, notice: (@Sendable (String) -> Void)? = nil
    ) throws {
        self.path = path
        self.clock = clock
        self.notice = notice ?? { try? FileHandle.standardError.write(contentsOf: Data("note: \($0)\n".utf8)) }
        lock = JournalLock(path: path)
        var first = State(file: try JournalFile(path: path, mustExist: mustExist))
        try Self.catchUp(&first)
        state = Mutex(first)
    }

    public func create(_ definition: StudyDefinition) throws {
        try definition.validate()
        try writing { state, isHeld in
            guard state.replay.studies[definition.name] == nil else { throw SearchError.studyExists(definition.name) }
            let id = state.replay.studyCount
            var writer = JournalWriter(worker: worker, study: id, space: definition.space)
            try writer.create(definition)
            try append(writer.lines, to: state.file, isHeld)
            identities.remember(StudyIdentity(id: Int64(id)), as: definition.name)
        }
    }

    public func definition(of study: String) throws -> StudyDefinition? {
        try state.withLock { state in
            try Self.catchUp(&state)
            guard let found = state.replay.studies[study] else { return nil }
            let definition = try Self.definition(of: study, found)
            identities.remember(StudyIdentity(id: Int64(found.id)), as: study)
            return definition
        }
    }

    public func studyNames() throws -> [String] {
        try state.withLock { state in
            try Self.catchUp(&state)
            return state.replay.studies.keys.sorted()
        }
    }

    public func trials(of study: String) throws -> [Trial] {
        try state.withLock { state in
            try Self.catchUp(&state)
            let known = try meant(study, state)
            if let flaw = known.flaw { throw StoreErrors.unreadable(study, flaw) }
            return known.trials
        }
    }

    public func transaction<Result: Sendable>(in study: String, _ body: (any StudyTransaction) throws -> Result) throws -> Result {
        try writing { state, isHeld in
            let known = try meant(study, state)
            if let flaw = known.flaw { throw StoreErrors.unreadable(study, flaw) }
            let (id, trialIDs) = (known.id, known.trialIDs)
            let space = try state.spaces[id] ?? Self.definition(of: study, known).space
            state.spaces[id] = space
            let transaction = BufferedTransaction(known.trials, now: OptunaDate.rounded(clock()))
            let result = try body(transaction)
            var writer = JournalWriter(worker: worker, study: id, space: space)
            for (trial, original) in transaction.changes {
                if let original { try writer.update(trial, from: original, id: trialIDs[trial.number]) } else { try writer.insert(trial) }
            }
            try append(writer.lines, to: state.file, isHeld)
            return result
        }
    }

    public func delete(_ study: String) throws {
        try writing { state, isHeld in
            let writer = JournalWriter(worker: worker, study: try meant(study, state).id, space: .empty)
            try append([writer.deletion], to: state.file, isHeld)
            identities.forget(study)
        }
    }

    private func meant(_ study: String, _ state: borrowing State) throws -> JournalReplay.Study {
        let found = state.replay.studies[study]
        let names = state.replay.studies.keys
        _ = try identities.require(found.map { StudyIdentity(id: Int64($0.id)) }, as: study) { names.sorted() }
        guard let found else { throw SearchError.unknownStudy(study, known: names.sorted()) }
        return found
    }

    private static func definition(of name: String, _ study: JournalReplay.Study) throws -> StudyDefinition {
        if let flaw = study.flaw { throw StoreErrors.unreadable(name, flaw) }
        return try StudyDocument.definition(
            name: name, directions: study.directions, userAttributes: study.userAttributes, systemAttributes: study.systemAttributes
        ) { study.distributions }
    }

    /// Runs `body` under the lock with all lines read, and reads what it wrote.
    private func writing<Result>(_ body: (inout State, () -> Bool) throws -> Result) throws -> Result {
        try state.withLock { state in
            guard state.file.isWritable else {
                throw StoreErrors.storage("The journal \(path) can only be read: it may not be written. Give the right to write it, or work on a copy.")
            }
            let acquired = try lock.acquire(notice: notice)
            defer { if lock.isHeld(acquired) { lock.release() } }
            try Self.catchUp(&state)
            let result = try body(&state) { lock.isHeld(acquired) }
            try Self.catchUp(&state)
            return result
        }
    }

    private func append(_ lines: [String], to file: JournalFile, _ isHeld: () -> Bool) throws {
        guard isHeld() else {
            throw StoreErrors.storage(
                "Another process has broken the lock of the journal \(path), because a transaction took longer than \(Int(JournalLock.graceSeconds)) "
                    + "seconds. Nothing was written; try again.")
        }
        try file.append(lines)
    }

    private static func catchUp(_ state: inout State) throws {
        for (number, bytes) in try state.file.newLines() {
            guard let line = JournalJSON(bytes) else {
                throw StoreErrors.storage(
                    "Line \(number) of the journal \(state.file.path) is no JSON: the file is no journal of Optuna's, or it is damaged; then restore a "
                        + "copy of it.")
            }
            do {
                try state.replay.apply(line)
            } catch let error as SearchError {
                throw StoreErrors.storage("Line \(number) of the journal \(state.file.path) cannot be understood: \(error.message)")
            }
        }
    }
}
