import Foundation
import Synchronization

/// The copy that a store makes of what its file held, once the file is gone: by another name beside it, so that neither the file that has
/// taken its place nor an earlier copy is lost.
final class RescuedCopy: Sendable {
    private let path: String
    private let outcome = Mutex<String?>(nil)

    /// - Parameter path: The store's file.
    init(of path: String) { self.path = path }

    /// Makes the copy the first time.
    ///
    /// - Parameter write: Writes what the file held to a path that is free.
    /// - Returns: A sentence that says where the copy is and what to do, or why there is none.
    func advice(_ write: (String) throws -> Void) -> String {
        outcome.withLock { outcome in
            if let outcome { return outcome }
            do {
                let name = try make(write)
                let advice = "All that was told until then is in \(name); put that file in its place and open it again."
                outcome = advice
                return advice
            } catch {
                // Tried again with the next use: what is in the way may pass.
                return "What was told could not be rescued (\(error)). Restore a copy of the store and open it again."
            }
        }
    }

    /// Written under a name of its own first: of several processes that rescue, each keeps its copy, and no copy is half of one.
    private func make(_ write: (String) throws -> Void) throws -> String {
        let draft = "\(path).\(UUID().uuidString.lowercased()).rescue"
        defer { unlink(draft) }
        try write(draft)
        for number in 1... {
            let name = path + ".rescued" + (number == 1 ? "" : "-\(number)")
            if link(draft, name) == 0 { return name }
            if errno == EEXIST { continue }
            // Not every file system has links.
            if FileManager.default.fileExists(atPath: name) { continue }
            guard rename(draft, name) == 0 else { break }
            return name
        }
        throw StoreErrors.storage(String(cString: strerror(errno)))
    }
}
