public import Foundation

/// Files that are written completely or not at all.
public enum AtomicFile {
    /// Writes beside the file, then renames: a reader sees the old file or the new one, and a crash leaves the old one.
    /// A link is followed; a device or a pipe (`/dev/stdout`) is written to directly.
    /// - Throws: ``CodecError`` with code `.fileNotAccessible` (the system's reason is in the message).
    public static func write(_ bytes: [UInt8], to url: URL) throws {
        do throws(CodecError) {
            switch kind(of: url.path) {
            case S_IFREG, nil: try replace(url.resolvingSymlinksInPath(), by: bytes)
            case S_IFDIR: throw CodecError(.fileNotAccessible, "is a folder, a file was expected")
            default: try writeAll(bytes, to: url.path)
            }
        } catch {
            throw error.inFile(url.path)
        }
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func replace(_ url: URL, by bytes: [UInt8]) throws(CodecError) {
        // Unique for processes and threads that write the same file.
        let unique = "\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max))"
        let aside = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(unique).partial").path
        do throws(CodecError) {
            try writeAll(bytes, to: aside)
            guard rename(aside, url.path) == 0 else { throw failure("put in place") }
        } catch {
            unlink(aside)
            throw error
        }
    }

    /// Writes text as UTF-8, as ``write(_:to:)`` does.
    public static func write(_ text: String, to url: URL) throws { try write(Array(text.utf8), to: url) }

    private static func writeAll(_ bytes: [UInt8], to path: String) throws(CodecError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("written") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                let error = failure("written")
                close(descriptor)
                throw error
            }
        }
        // Without it a power failure can leave the new name with no contents.
        guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0 else { throw failure("written") }
    }

    private static func failure(_ what: String) -> CodecError {
        CodecError(.fileNotAccessible, "cannot be \(what) (\(String(cString: strerror(errno)))); check the folder and its permissions")
    }
}
