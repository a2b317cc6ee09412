import Foundation

/// An append-only file of lines that several processes write, by the rules of Optuna's journal.
final class JournalFile {
    let path: String
    private let descriptor: Int32
    private let identity: FileIdentity
    private let rescued: RescuedCopy
    /// Where the next unread line begins.
    private var offset = 0
    private var lineCount = 0

    /// Whether lines can be appended.
    let isWritable: Bool

    /// Opens the file, or creates it.
    ///
    /// - Parameter mustExist: Whether it must be there; it can be read then also where it may not be written.
    /// - Throws: `SearchError` (`storage`).
    init(path: String, mustExist: Bool) throws {
        self.path = path
        rescued = RescuedCopy(of: path)
        var opened = open(path, O_RDWR | (mustExist ? 0 : O_CREAT) | O_APPEND | O_CLOEXEC, 0o644)
        isWritable = opened >= 0
        if !isWritable, mustExist, [EACCES, EPERM, EROFS].contains(errno) { opened = open(path, O_RDONLY | O_CLOEXEC) }
        descriptor = opened
        guard descriptor >= 0 else {
            throw StoreErrors.storage("The journal \(path) cannot be opened: \(Self.reason). Check that its folder exists and may be written.")
        }
        guard let identity = try FileIdentity(of: path) else {
            close(descriptor)
            throw StoreErrors.storage("The journal \(path) vanished while it was opened.")
        }
        self.identity = identity
    }

    deinit { close(descriptor) }

    /// The complete lines since the last call, with their numbers in the file from 1. A last line without its end is left for later.
    func newLines() throws -> [(number: Int, bytes: ArraySlice<UInt8>)] {
        let size = try check()
        guard size >= offset else {
            throw StoreErrors.storage("The journal \(path) has become shorter while it was in use; restore a copy of it and open it again.")
        }
        if size == offset { return [] }
        var bytes = [UInt8](repeating: 0, count: size - offset)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled, off_t(offset + filled)) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreErrors.storage("The journal \(path) cannot be read: \(Self.reason).") }
            if count == 0 { break }
            filled += count
        }
        var lines: [(Int, ArraySlice<UInt8>)] = []
        var start = 0
        while let end = bytes[start..<filled].firstIndex(of: UInt8(ascii: "\n")) {
            lineCount += 1
            lines.append((lineCount, bytes[start..<end]))
            start = end + 1
        }
        offset += start
        return lines
    }

    /// Appends lines, all or none of them. Only while its lock is held and after all lines have been read.
    func append(_ lines: [String]) throws {
        if lines.isEmpty { return }
        try dropUnfinishedLine()
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = Self.reason
                let remedy = [ENOSPC, EDQUOT].contains(errno) ? " \(StoreErrors.diskIsFull)" : errno == EFBIG ? " \(StoreErrors.fileIsTooLarge)" : ""
                _ = ftruncate(descriptor, off_t(offset))
                throw StoreErrors.storage(
                    "The journal \(path) cannot be written: \(reason). Nothing of the last change was kept." + remedy)
            }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw StoreErrors.storage("The journal \(path) may not be on disk: \(Self.reason).") }
        try check()
    }

    /// What follows the last line that is complete was left by a writer that died; Optuna would stumble over it.
    private func dropUnfinishedLine() throws {
        let size = try check()
        if size == offset { return }
        if offset == 0 {
            // Without a single line it may be another program's file, which would be lost.
            let start = Array("{\"op_code\"".utf8)
            var found = [UInt8](repeating: 0, count: min(start.count, size))
            guard pread(descriptor, &found, found.count, 0) == found.count, start.starts(with: found) else {
                throw StoreErrors.storage("\(path) is another program's file and no journal of Optuna's; give another path.")
            }
        }
        guard ftruncate(descriptor, off_t(offset)) == 0 else { throw StoreErrors.storage("The journal \(path) cannot be repaired: \(Self.reason).") }
    }

    /// A file that was deleted can still be written to, and all of it would be lost with the process.
    ///
    /// - Returns: The size in bytes.
    @discardableResult
    private func check() throws -> Int {
        if let found = try FileIdentity(of: path), found == identity { return found.size }
        let rest = rescued.advice { copy in
            let file = FileHandle(fileDescriptor: descriptor)
            try file.seek(toOffset: 0)
            try (file.readToEnd() ?? Data()).write(to: URL(fileURLWithPath: copy))
        }
        throw StoreErrors.storage("The journal \(path) has been deleted or replaced while it was in use. \(rest)")
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// Optuna's lock of a journal: a symbolic link beside it, which only one process can create.
struct JournalLock {
    private let target: String
    private let link: String
    /// A lock counts as forgotten after this time without a change of the journal.
    static let graceSeconds = 30.0
    /// Waiting for longer than this without a change of the journal is worth a word.
    private static let silentSeconds = 2.0

    init(path: String) {
        target = URL(fileURLWithPath: path).standardizedFileURL.path
        link = path + ".lock"
    }

    /// Waits for the lock.
    ///
    /// - Parameter notice: Gets a sentence, once, when the wait is long.
    /// - Returns: What tells this lock from a later one.
    /// - Throws: `SearchError` (`storage`) when the link cannot be made.
    func acquire(notice: (String) -> Void) throws -> UInt64 {
        var pauseSeconds = 0.001
        var isSilent = true
        var seen: (mark: timespec, since: ContinuousClock.Instant)?
        while symlink(target, link) != 0 {
            guard errno == EEXIST else {
                throw StoreErrors.storage("The lock \(link) cannot be made: \(String(cString: strerror(errno))). Check that the folder may be written.")
            }
            if let mark = mark() {
                if let known = seen, known.mark.tv_sec == mark.tv_sec, known.mark.tv_nsec == mark.tv_nsec {
                    let waited = ContinuousClock.now - known.since
                    if isSilent, waited > .seconds(Self.silentSeconds) {
                        isSilent = false
                        notice(
                            "The journal is locked by \(link), which another session holds or has left behind. It counts as left behind when the journal "
                                + "has not changed for \(Int(Self.graceSeconds)) seconds; the work goes on then.")
                    }
                    if waited > .seconds(Self.graceSeconds) {
                        release()
                        seen = nil
                        pauseSeconds = 0.001
                        continue
                    }
                } else {
                    seen = (mark, .now)
                }
            }
            Thread.sleep(forTimeInterval: pauseSeconds)
            pauseSeconds = min(pauseSeconds * 2, 1)
        }
        return identity() ?? 0
    }

    /// Whether the lock is still the one that was acquired; others break it when it is held for too long.
    func isHeld(_ acquired: UInt64) -> Bool { identity() == acquired }

    /// Renames before deleting, so that of several who break a lock only one succeeds.
    func release() {
        let name = link + UUID().uuidString.lowercased() + ".rename"
        if rename(link, name) == 0 { unlink(name) }
    }

    /// When the journal last changed, which is the sign of life that Optuna goes by; of the link where there is no journal.
    private func mark() -> timespec? {
        var status = stat()
        if stat(link, &status) != 0, lstat(link, &status) != 0 { return nil }
        #if canImport(Darwin)
            return status.st_mtimespec
        #else
            return status.st_mtim
        #endif
    }

    private func identity() -> UInt64? {
        var status = stat()
        return lstat(link, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
