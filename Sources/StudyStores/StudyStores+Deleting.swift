import GRDB
import Search

extension StudyStores {
    /// Deletes a study with all its trials from the store at an address. Nobody may be working on it.
    ///
    /// - Throws: `SearchError` (`unknownStudy`) when there is none, (`storage`) when the store is no SQLite file or cannot be written.
    public static func delete(_ study: String, at address: String) throws {
        guard let store = try open(address) as? SQLiteStore else {
            throw StoreErrors.storage("A study of the store \"\(address)\" cannot be deleted from here, only one of a SQLite file; give another name.")
        }
        guard try store.definition(of: study) != nil else { throw SearchError.unknownStudy(study, known: try store.studyNames()) }
        try StoreErrors.translating(store.path) {
            let queue = try DatabaseQueue(path: store.path)
            try queue.write { database in
                let trials = "trial_id IN (SELECT trial_id FROM trials JOIN studies USING (study_id) WHERE study_name = ?)"
                let ofStudy = "study_id IN (SELECT study_id FROM studies WHERE study_name = ?)"
                for table in ["params", "values", "intermediate_values", "heartbeats", "user_attributes", "system_attributes"] {
                    try database.execute(sql: "DELETE FROM trial_\(table) WHERE \(trials)", arguments: [study])
                }
                for table in ["trials", "study_directions", "study_user_attributes", "study_system_attributes", "studies"] {
                    try database.execute(sql: "DELETE FROM \(table) WHERE \(ofStudy)", arguments: [study])
                }
            }
        }
    }
}
