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
        return URL(fileURLWithPath: file).deletingPathExtension().appendingPathExtension("trials").appending(path: name)
    }

    /// The folder in which a trial keeps what it needs to go on at a higher fidelity.
    func checkpoint(of trial: Int) -> URL { folder(of: trial).appending(path: "checkpoint") }

    func parameters(of trial: Int) -> URL { folder(of: trial).appending(path: "params.json") }

    private func folder(of trial: Int) -> URL { base.appending(path: "trial-\(trial)") }

    /// Makes the folder that a job's program goes on from; a bred trial begins with a copy of its parent's.
    func prepareCheckpoint(for job: Job) throws {
        let own = checkpoint(of: job.trial)
        try writing(own) {
            // What lies there is of another study, which was deleted or kept in memory.
            if job.attempt <= 1, FileManager.default.fileExists(atPath: own.path) { try FileManager.default.removeItem(at: own) }
            if let parent = job.parent, job.previousFidelity == nil, !FileManager.default.fileExists(atPath: own.path) {
                try FileManager.default.createDirectory(at: folder(of: job.trial), withIntermediateDirectories: true)
                if FileManager.default.fileExists(atPath: checkpoint(of: parent).path) {
                    try FileManager.default.copyItem(at: checkpoint(of: parent), to: own)
                }
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

    /// Removes what is left of a trial where it is empty.
    func tidy(_ trial: Int) {
        try? FileManager.default.removeItem(at: parameters(of: trial))
        for folder in [checkpoint(of: trial), folder(of: trial)] { rmdir(folder.path) }
    }

    /// Removes temporary folders, and the common one where it is empty.
    func close() {
        if isTemporary { try? FileManager.default.removeItem(at: base) } else { rmdir(base.path) }
    }
}
