public import Foundation
import Search

/// The folders of a search's trials: checkpoints, and the files that pass between us and the program.
public struct TrialFolders: Sendable {
    private let base: URL
    /// Whether they are removed with the search.
    private let isTemporary: Bool

    /// - Parameter folder: Where they are kept; a temporary place when nil.
    public init(_ folder: URL?) {
        base =
            folder
            ?? FileManager.default.temporaryDirectory.appending(
                path: "tutti-trials-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...(.max)))")
        isTemporary = folder == nil
    }

    /// `study.trials` beside the file of a store `study.db`: what a trial that is promoted in a later session needs is found again. Nil for a
    /// store that is no file.
    public static func beside(_ address: StudyAddress, study: String) -> URL? {
        guard let file = address.file else { return nil }
        let name = String(study.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
        return URL(fileURLWithPath: file).deletingPathExtension().appendingPathExtension(Self.fileExtension).appending(path: name)
    }

    private static let fileExtension = "trials"

    /// The folder in which a trial keeps what it needs to go on at a higher fidelity.
    func checkpoint(of trial: Int) -> URL { folder(of: trial).appending(path: "checkpoint") }

    /// A copy of what lay there when the trial had come so far: what another trial is bred from.
    func checkpoint(of trial: Int, at fidelity: Int) -> URL { folder(of: trial).appending(path: "\(Self.keptPrefix)\(fidelity)") }

    private static let keptPrefix = "checkpoint-"

    func parameters(of trial: Int) -> URL { folder(of: trial).appending(path: "params.json") }

    private func folder(of trial: Int) -> URL { base.appending(path: "trial-\(trial)") }

    /// The checkpoint that a bred trial begins from: its parent's at the fidelity at which it was chosen. The parent itself may be further, or
    /// writing. Its latest where there is no copy of that one.
    func parentCheckpoint(for job: Job) -> URL? {
        guard let parent = job.parent else { return nil }
        if let fidelity = job.parentFidelity {
            let kept = checkpoint(of: parent, at: fidelity)
            if FileManager.default.fileExists(atPath: kept.path) { return kept }
        }
        return checkpoint(of: parent)
    }

    /// Keeps a copy of what a job's program has left, for trials that are bred from it.
    func keepCheckpoint(of job: Job) throws {
        guard let fidelity = job.fidelity, FileManager.default.fileExists(atPath: checkpoint(of: job.trial).path) else { return }
        let kept = checkpoint(of: job.trial, at: fidelity)
        try writing(kept) {
            // Renamed when it is whole: a copy that was cut off is none.
            let unfinished = kept.appendingPathExtension("part")
            for file in [unfinished, kept] where FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
            try FileManager.default.copyItem(at: checkpoint(of: job.trial), to: unfinished)
            try FileManager.default.moveItem(at: unfinished, to: kept)
        }
    }

    /// Removes a trial's copies below a fidelity; all of them when nil.
    func removeCheckpoints(of trial: Int, below fidelity: Int?) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: trial).path)) ?? []
        for name in names where name.hasPrefix(Self.keptPrefix) {
            guard let kept = Int(name.dropFirst(Self.keptPrefix.count)), fidelity.map({ kept < $0 }) ?? true else { continue }
            try? FileManager.default.removeItem(at: checkpoint(of: trial, at: kept))
        }
    }

    /// Makes the folder that a job's program goes on from; a bred trial begins with a copy of its parent's.
    func prepareCheckpoint(for job: Job) throws {
        let own = checkpoint(of: job.trial)
        try writing(own) {
            endLeftProgram(of: job.trial)
            // What lies there is of another study, which was deleted or kept in memory.
            if job.attempt <= 1 {
                if FileManager.default.fileExists(atPath: own.path) { try FileManager.default.removeItem(at: own) }
                removeCheckpoints(of: job.trial, below: nil)
            }
            if let parent = parentCheckpoint(for: job), job.previousFidelity == nil, !FileManager.default.fileExists(atPath: own.path) {
                try FileManager.default.createDirectory(at: folder(of: job.trial), withIntermediateDirectories: true)
                if FileManager.default.fileExists(atPath: parent.path) { try FileManager.default.copyItem(at: parent, to: own) }
            }
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        }
    }

    func writeParameters(of job: Job) throws {
        let file = parameters(of: job.trial)
        try writing(file) {
            try FileManager.default.createDirectory(at: folder(of: job.trial), withIntermediateDirectories: true)
            try Data((TrialDocument.json(job.configuration).description + "\n").utf8).write(to: file, options: .atomic)
        }
    }

    private func writing(_ file: URL, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw SearchError(.storage, "\(file.path) cannot be written: \(error.localizedDescription). Give another folder with --folder.")
        }
    }

    // MARK: Programs

    private static let programFile = "program"

    /// Remembers a program that runs for a trial, so that a later session can end it where this one is killed.
    func note(program group: pid_t, of trial: Int) {
        guard !isTemporary, let program = LeftProgram(group: group) else { return }
        try? Data(program.description.utf8).write(to: folder(of: trial).appending(path: Self.programFile))
    }

    /// Ends the programs of sessions that were killed: they would work in the folders of trials that are tried again.
    func endLeftPrograms() {
        guard !isTemporary, let names = try? FileManager.default.contentsOfDirectory(atPath: base.path) else { return }
        for name in names { endLeftProgram(in: base.appending(path: name)) }
    }

    private func endLeftProgram(of trial: Int) { if !isTemporary { endLeftProgram(in: folder(of: trial)) } }

    private func endLeftProgram(in folder: URL) {
        let file = folder.appending(path: Self.programFile)
        guard let text = try? String(contentsOf: file, encoding: .utf8), let program = LeftProgram(text), program.isLeft else { return }
        kill(-program.group, SIGKILL)
        try? FileManager.default.removeItem(at: file)
    }

    /// Removes what is left of a trial where it is empty.
    func tidy(_ trial: Int) {
        try? FileManager.default.removeItem(at: parameters(of: trial))
        if !isTemporary { try? FileManager.default.removeItem(at: folder(of: trial).appending(path: Self.programFile)) }
        for folder in [checkpoint(of: trial), folder(of: trial)] { rmdir(folder.path) }
    }

    /// Removes all that is kept of the study's trials.
    ///
    /// - Throws: an error of the file system.
    public func remove() throws {
        if FileManager.default.fileExists(atPath: base.path) { try FileManager.default.removeItem(at: base) }
        close()
    }

    /// Removes temporary folders, and the common one where it is empty.
    func close() {
        guard !isTemporary else { return (try? FileManager.default.removeItem(at: base)) ?? () }
        rmdir(base.path)
        let common = base.deletingLastPathComponent()
        if common.pathExtension == Self.fileExtension { rmdir(common.path) }
    }
}
