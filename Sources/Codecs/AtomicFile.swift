public import Foundation

/// Files that are written completely or not at all.
public enum AtomicFile {
    /// Writes beside the file, then renames: a reader sees the old file or the new one, and a crash leaves the old one.
    /// - Throws: ``CodecError`` with code `.fileNotAccessible` (the system's reason is in the message).
    public static func write(_ bytes: [UInt8], to url: URL) throws {
        // The process is in the name for two of them that write the same file; the counter for two threads of one.
        let unique = "\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max))"
        let aside = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(unique).partial")
        do throws(CodecError) {
            try writeAll(bytes, to: aside.path)
            guard rename(aside.path, url.path) == 0 else { throw failure("put in place", url.path) }
        } catch {
            unlink(aside.path)
            throw error.inFile(url.path)
        }
    }

    /// Writes text as UTF-8, as ``write(_:to:)`` does.
    public static func write(_ text: String, to url: URL) throws { try write(Array(text.utf8), to: url) }

    private static func writeAll(_ bytes: [UInt8], to path: String) throws(CodecError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("written", nil) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                let error = failure("written", nil)
                close(descriptor)
                throw error
            }
        }
        // Without it a power failure can leave the new name with no contents.
        guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0 else { throw failure("written", nil) }
    }

    private static func failure(_ what: String, _ file: String?) -> CodecError {
        CodecError(.fileNotAccessible, "cannot be \(what) (\(String(cString: strerror(errno)))); check the folder and its permissions", file: file)
    }
}
