import Foundation
import Learners
import Networks
import Torch

// Trains one case on one thread, a turn of some steps for each line that it reads:
//   TrainingBenchmark CASES.JSON INDEX
// Prints one JSON document when it is ready, then one for each turn. The peer, Python/training_pytorch.py, does the same in the same
// order.

guard CommandLine.arguments.count == 3, let index = Int(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("usage: TrainingBenchmark CASES.JSON INDEX\n".utf8))
    exit(64)
}
let cases = try TrainingCase.all(in: CommandLine.arguments[1])
guard cases.indices.contains(index) else {
    FileHandle.standardError.write(Data("got case \(index), expected one of 0 to \(cases.count - 1)\n".utf8))
    exit(64)
}
try LibTorch.setThreads(1)
let setup = cases[index]
let trainer = try Trainer(setup)
for _ in 0..<setup.warmUp { _ = try trainer.step() }
try answer(["torch": "\(try LibTorch.version)", "parameters": "\(trainer.parameterCount)"])

while readLine() != nil {
    // The other side has just had the processor's caches.
    var loss = try trainer.step()
    let start = (wall: ContinuousClock.now, processor: clock())
    for _ in 0..<setup.steps { loss = try trainer.step() }
    let seconds = (ContinuousClock.now - start.wall) / .seconds(1)
    let processorSeconds = Double(clock() - start.processor) / Double(CLOCKS_PER_SEC)
    let samples = Double(setup.batch * setup.steps)
    try answer(["perSecond": samples / seconds, "perProcessorSecond": samples / processorSeconds, "loss": try loss.item()])
}

func answer(_ values: [String: some Encodable]) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(values) + Data("\n".utf8))
}
