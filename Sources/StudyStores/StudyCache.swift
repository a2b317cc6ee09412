import Foundation
import GRDB
import Search
import SearchSpaces

/// The trials of a study as last seen, with what tells whether another process has changed them since.
struct StudyCache {
    let studyID: Int64
    let space: SearchSpace
    var trials: [Trial] = []
    var trialIDs: [Int64] = []
    /// The words for state and heartbeat when a trial was read or written.
    var stamps: [Stamp] = []
    /// SQLite's counter of other connections' commits.
    private var dataVersion: Int?
    private var reader = TrialReader()

    struct Stamp: Equatable {
        var state: String
        var heartbeat: String?

        /// Whether a change would have changed the stamp: other programs write running trials without a heartbeat.
        var isConclusive: Bool { heartbeat != nil || (state != "RUNNING" && state != "WAITING") }
    }

    init(_ name: String, _ database: Database) throws {
        guard let id = try StudyRows.id(of: name, database) else {
            throw SearchError.unknownStudy(
                name, known: try String.fetchAll(database, sql: "SELECT study_name FROM studies ORDER BY study_name"))
        }
        studyID = id
        space = try StudyRows.definition(id: id, name: name, database).space
    }

    /// The same with the changes of other processes.
    consuming func refreshed(_ database: Database) throws -> StudyCache {
        let version = try Int.fetchOne(database, sql: "PRAGMA data_version")
        if version == dataVersion { return self }
        dataVersion = version
        var changed: [Int64] = []
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT t.trial_id, t.state, h.heartbeat FROM trials t LEFT JOIN trial_heartbeats h ON h.trial_id = t.trial_id
                WHERE t.study_id = ? ORDER BY t.number
                """, arguments: [studyID])
        var number = 0
        while let row = try rows.next() {
            let id: Int64 = row[0]
            let stamp = Stamp(state: row[1], heartbeat: row[2])
            if number == trialIDs.count {
                trialIDs.append(id)
                stamps.append(stamp)
                changed.append(id)
            } else if stamp != stamps[number] || !stamp.isConclusive {
                stamps[number] = stamp
                changed.append(id)
            }
            number += 1
        }
        for trial in try reader.trials(changed, studyID: studyID, database) {
            if trials.indices.contains(trial.number) { trials[trial.number] = trial } else { trials.append(trial) }
        }
        guard trials.count == trialIDs.count, trials.indices.allSatisfy({ trials[$0].number == $0 }) else {
            throw StoreErrors.storage("The trials of the study are not numbered 0, 1, 2 …; the database is damaged.")
        }
        return self
    }
}
