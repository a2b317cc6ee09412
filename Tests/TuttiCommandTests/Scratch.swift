import Foundation
import Synchronization

/// Folders for the tests' files, removed when the test process ends.
enum Scratch {
    private static let number = Mutex(0)

    private static let root: URL = {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "tutti-tests-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Scratch.root) }
        return root
    }()

    /// A new, empty folder.
    static func folder(_ name: String = "files") throws -> URL {
        let number = number.withLock { number in
            number += 1
            return number
        }
        let folder = root.appending(path: "\(name)-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func write(_ text: String, to name: String, in folder: URL) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
