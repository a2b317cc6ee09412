import Foundation
import Search
import SearchSpaces
import StudyStores

// A worker of the stores' tests: takes jobs of a study until there are none, and prints what it begins and what it has handed in. Tests
// end it at any moment, as crashes do.
//
//     StudyStressWorker ADDRESS STUDY WORKER TRIALS [LEASE-MILLISECONDS [JOB-MICROSECONDS]]
let arguments = CommandLine.arguments
guard arguments.count >= 5, let trials = Int(arguments[4]) else {
    FileHandle.standardError.write(Data("usage: StudyStressWorker ADDRESS STUDY WORKER TRIALS [LEASE-MILLISECONDS [JOB-MICROSECONDS]]\n".utf8))
    exit(64)
}
let lease = Lease(.milliseconds(arguments.count > 5 ? Int(arguments[5]) ?? 2000 : 2000), maximumRetries: 1000)
let jobMicros = arguments.count > 6 ? Int(arguments[6]) ?? 0 : 0

func say(_ line: String) {
    // One write a line: what a dead worker said last is whole.
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

do {
    let study = try Study.open(arguments[2], in: try StudyStores.open(arguments[1]))
    let heartbeats = Heartbeats(study, every: lease.heartbeatInterval)
    asking: while true {
        switch try study.ask(worker: arguments[3], limit: trials, lease: lease) {
        case .finished: break asking
        case .wait: Thread.sleep(forTimeInterval: 0.01)
        case .job(let job):
            heartbeats.begin(job)
            say("begun \(job.trial) \(job.attempt)")
            if jobMicros > 0 { Thread.sleep(forTimeInterval: Double(jobMicros) * 1e-6) }
            do {
                try study.tell(job, try job.configuration.float("x"))
                say("told \(job.trial) \(job.attempt)")
            } catch let error as SearchError where error.code == .staleJob {
                say("late \(job.trial) \(job.attempt)")
            }
            heartbeats.end(job)
        }
    }
    heartbeats.stop()
    say("finished")
} catch {
    say("error: \(error)")
    exit(1)
}
