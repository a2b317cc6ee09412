import Foundation
public import Search
import StudyStores

/// Where studies are, as users give it: `memory:`, `sqlite:PATH`, a path, another store's address, or the folder of a run.
public struct StudyAddress: Sendable, Hashable {
    public let text: String

    public init(_ text: String) {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder)
        self.text = isThere && isFolder.boolValue ? URL(fileURLWithPath: text).appending(path: "study.db").path : text
    }

    /// The file behind it; nil where the address is none of a file.
    public var file: String? { (try? StoreAddress(text))?.file }

    /// Opens it, making it where it is not there.
    ///
    /// - Throws: `SearchError` (`storage`).
    public func open() throws -> any StudyStore { try StudyStores.open(text) }

    /// Opens it for what is wanted of a study: only where a new one may be made, the store may be made too.
    ///
    /// - Throws: `SearchError` (`storage`).
    public func open(for existing: StudyPlan.Existing) throws -> any StudyStore { try existing == .mustExist ? openExisting() : open() }

    /// Opens what is there. Nothing is made or changed in it before something is written, and what may not be written can be read.
    ///
    /// - Throws: `SearchError` (`storage`) also when there is nothing.
    public func openExisting() throws -> any StudyStore {
        if text == "memory:" { throw SearchError(.storage, "memory: holds nothing from earlier; give the store that the study was made in.") }
        if let file, !FileManager.default.fileExists(atPath: file) {
            throw SearchError(.storage, "There is no store at \(file); give the --store of the search, or the folder of a run.")
        }
        return try StudyStores.open(text, mustExist: true)
    }
}
