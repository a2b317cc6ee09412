import Foundation
import Search
import SearchSpaces
import StudyStores

// Times one suggestion after some stored trials, or the durable storing of trials, and prints one JSON document:
//   SearchBenchmark ask SAMPLER TRIALS REPEATS
//   SearchBenchmark grow SAMPLER TRIALS          mean over a study that grows to TRIALS
//   SearchBenchmark store FILE TRIALS            ask with the random sampler and tell, in a SQLite file
// The peers do the same in Python/search/latency.py.

let arguments = CommandLine.arguments
guard arguments.count >= 4, let count = Int(arguments[3]) else {
    FileHandle.standardError.write(Data("usage: SearchBenchmark ask|grow|store SAMPLER|FILE TRIALS [REPEATS]\n".utf8))
    exit(64)
}
switch arguments[1] {
case "ask": try ask(arguments[2], trials: count, repeats: arguments.count > 4 ? Int(arguments[4]) ?? 15 : 15)
case "grow": try grow(arguments[2], trials: count)
default: try store(in: arguments[2], trials: count)
}

/// Ten parameters of every kind: five floats, two on a logarithmic scale, two whole numbers, one category.
func mixedSpace() throws -> SearchSpace {
    try SearchSpace(
        (0..<5).map { .float("f\($0)", 0...1) } + (0..<2).map { .float("l\($0)", 1e-5...1, log: true) }
            + (0..<2).map { .integer("i\($0)", 1...100) } + [.categorical("c", ["a", "b", "c", "d"])])
}

@Sendable func loss(_ configuration: Configuration) throws -> Double {
    var sum = try configuration.category("c") == "b" ? 0 : 0.3
    for index in 0..<5 { sum += pow(try configuration.float("f\(index)") - 0.3, 2) }
    for index in 0..<2 { sum += pow(log10(try configuration.float("l\(index)")) + 2, 2) / 10 }
    for index in 0..<2 { sum += pow(Double(try configuration.integer("i\(index)")) / 100 - 0.5, 2) }
    return sum
}

func ask(_ sampler: String, trials count: Int, repeats: Int) throws {
    let study = try Study(space: mixedSpace(), sampler: Samplers.make(sampler), seed: 7)
    var generator = TrialGenerator(seed: 3)
    try study.store.transaction(in: study.name) { transaction in
        for number in 0..<count {
            var trial = Trial(number: number, state: .complete, configuration: try study.space.randomConfiguration(using: &generator))
            trial.values = [try loss(trial.configuration)]
            _ = try transaction.append(trial)
        }
    }
    var milliseconds: [Double] = []
    for _ in 0..<repeats {
        let start = ContinuousClock.now
        guard case .job(let job) = try study.ask(worker: "w") else { break }
        milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
        try study.tell(job, try loss(job.configuration))
    }
    let sorted = milliseconds.sorted()
    answer(["firstMs": milliseconds[0], "medianMs": sorted[sorted.count / 2]])
}

func grow(_ sampler: String, trials count: Int) throws {
    let study = try Study(space: mixedSpace(), sampler: Samplers.make(sampler), seed: 7)
    let start = ContinuousClock.now
    try study.optimize(trials: count) { try loss($0.configuration) }
    answer(["meanMs": (ContinuousClock.now - start) / .milliseconds(1) / Double(count)])
}

func store(in file: String, trials count: Int) throws {
    let study = try Study.create(
        StudyDefinition(name: "benchmark", space: try mixedSpace(), sampler: AlgorithmChoice("random")), in: SQLiteStore(path: file))
    let start = ContinuousClock.now
    try study.optimize(trials: count) { try loss($0.configuration) }
    answer(["meanMs": (ContinuousClock.now - start) / .milliseconds(1) / Double(count)])
}

func answer(_ values: [String: Double]) {
    let fields = values.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    print("{\(fields.joined(separator: ", "))}")
}
