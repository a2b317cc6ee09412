import Search
import Synchronization

/// What tells a study from another one that has or had its name.
struct StudyIdentity: Sendable, Hashable {
    /// The store's key of the study.
    var id: Int64
    /// Where keys come back after a deletion: the number of the creation, which does not.
    var creation: Int64?
}

/// Which study a store means by a name.
///
/// A session opens a study once and works on it by its name from then on. When another session deletes it and makes a new one of that name,
/// the new one must not take what is told to the old one. So a store means the study that it made, whose definition it gave last, or else the
/// one that it found first; and it looks for no other until it is asked for the definition again, makes or deletes a study of that name.
final class StudyIdentities: Sendable {
    private let known = Mutex<[String: StudyIdentity]>([:])

    /// From now on the name means this study.
    func remember(_ identity: StudyIdentity, as name: String) { known.withLock { $0[name] = identity } }

    /// From now on the name means whatever is found.
    func forget(_ name: String) { known.withLock { $0[name] = nil } }

    /// The study that is meant, if it is what was found.
    ///
    /// - Parameter names: Those of the store's studies.
    /// - Throws: `SearchError` (`unknownStudy`).
    func require(_ found: StudyIdentity?, as name: String, names: () throws -> [String]) throws -> StudyIdentity {
        let meant = known.withLock { known in
            if known[name] == nil, let found { known[name] = found }
            return known[name]
        }
        guard let meant else { throw SearchError.unknownStudy(name, known: try names()) }
        guard let found, found == meant else { throw SearchError.deletedStudy(name, hasSuccessor: found != nil) }
        return found
    }
}
