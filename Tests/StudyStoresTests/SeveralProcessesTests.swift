import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@testable import StudyStores

/// Workers in processes of their own, some of which are killed in the middle of whatever they do.
@Suite(.serialized) struct SeveralProcessesTests {
    /// The worker program beside the tests; nil where it was not built.
    static let worker: URL? = {
        let starts = [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap { $0 } + CommandLine.arguments.map { URL(fileURLWithPath: $0) }
        for start in starts {
            var folder = start.absoluteURL.deletingLastPathComponent()
            for _ in 0..<5 {
                let candidate = folder.appending(path: "StudyStressWorker")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }()

    @Test func killedWorkersLoseNothingInSQLite() throws {
        try check("sqlite:" + Machine.temporaryPath(".db"), trials: 400, workers: 4, kills: 6)
    }

    @Test(needsPostgreSQL) func killedWorkersLoseNothingInPostgreSQL() throws {
        try check(PostgreSQLServer.shared.get().makeDatabase(), trials: 200, workers: 4, kills: 4)
    }

    @Test func workersShareAJournal() throws {
        // Nobody is killed: a lock whose owner is gone is broken after half a minute only.
        try check("journal:" + Machine.temporaryPath(".journal"), trials: 40, workers: 3, kills: 0)
    }

    private func check(_ address: String, trials count: Int, workers: Int, kills: Int) throws {
        let executable = try #require(Self.worker, "StudyStressWorker is not beside the tests; build it with `swift build`")
        let study = try Study.create(
            StudyDefinition(name: "s", space: try SearchSpace([.float("x", 0...1), .integer("n", 1...9)]), sampler: AlgorithmChoice("random")),
            in: try StudyStores.open(address))
        var generator = TrialGenerator(seed: 7)
        var programs: [Program] = []
        var output = ""
        func start() throws {
            programs.append(try Program(executable, [address, "s", "worker \(programs.count)", "\(count)", "1500", "1000"]))
        }
        for _ in 0..<workers { try start() }
        for kill in 0..<kills {
            // Each at its part of the way.
            let mark = count * (kill + 1) / (kills + 2)
            while try study.trials().count < mark, programs.contains(where: \.isRunning) { Thread.sleep(forTimeInterval: 0.002) }
            Thread.sleep(forTimeInterval: generator.uniform() * 0.01)
            let victim = programs.count - workers + Int(generator.next() % UInt64(workers))
            programs[victim].kill()
            try start()
        }
        for program in programs { output += program.finish().text }
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("error") } == [])
        let finished = try study.trials()
        #expect(finished.map(\.number) == Array(0..<count))
        #expect(finished.allSatisfy { $0.state == .complete && $0.values.count == 1 })
        #expect(finished.allSatisfy { $0.values.first == (try? $0.configuration.float("x")) })
        let begun = lines.filter { $0.hasPrefix("begun") }
        #expect(Set(begun).count == begun.count, "a job was handed out twice")
        let told = lines.filter { $0.hasPrefix("told") }.map { $0.split(separator: " ")[1] }
        #expect(Set(told).count == told.count, "a trial was handed in twice")
        // Whoever was killed in the middle of a trial left it to another.
        #expect(finished.reduce(0) { $0 + $1.retries } == finished.reduce(0) { $0 + $1.progress.attempts - 1 })
    }
}
