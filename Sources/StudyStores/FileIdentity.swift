import Foundation

/// Which file a path leads to: another one may have taken its place.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64
    /// In bytes, when it was looked at.
    let size: Int

    /// Nil where there is no file.
    init?(of path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw StoreErrors.storage("The file \(path) cannot be looked at: \(String(cString: strerror(errno))).")
        }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        size = Int(status.st_size)
    }

    static func == (left: FileIdentity, right: FileIdentity) -> Bool { left.device == right.device && left.number == right.number }
}
