import Foundation

/// Keeps a second `fit` or `resume` out of a run's folder. Released by the system when the process ends, however it ends.
final class RunLock {
    private let descriptor: Int32

    /// - Throws: ``TuttiError`` `.usage` where another process has the run.
    init(_ folder: RunFolder) throws {
        descriptor = open(folder.lock.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TuttiError(.badData, "'\(folder.lock.path)' cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw TuttiError(.usage, "'\(folder.url.path)' is in use by another tutti process; wait for it or stop it first")
        }
    }

    deinit { close(descriptor) }
}
