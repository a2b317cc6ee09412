import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

/// Four threads with a connection each, which work on the study `s` at the same time.
///
/// - Returns: A word for each job, `trial/attempt`; errors are failures of the test.
func jobsOfSeveralWorkers(asking count: Int, for parameter: String, open: @escaping @Sendable () throws -> any StudyStore) -> [String] {
    let jobs = Collected<String>()
    let group = DispatchGroup()
    for worker in 0..<4 {
        group.enter()
        Thread {
            defer { group.leave() }
            do {
                let study = try Study.open("s", in: try open())
                for _ in 0..<count {
                    guard let job = try study.ask(worker: "w\(worker)").job else { continue }
                    jobs.add("\(job.trial)/\(job.attempt)")
                    try study.tell(job, try job.configuration.float(parameter))
                }
            } catch {
                jobs.add("error: \(error)")
            }
        }.start()
    }
    group.wait()
    #expect(jobs.items.filter { $0.hasPrefix("error") } == [])
    return jobs.items
}
