// 2. The whole way from Swift: a table becomes an ensemble, and the ensemble predicts. Needs the native runtimes (`make runtimes`) and
// the tutti program for its workers (`make build`).
//
//     swift run --package-path Examples FitAndPredict

import Foundation
import Tutti

@main
struct FitAndPredict {
    static func main() async throws {
        let out = FileManager.default.temporaryDirectory.appending(path: "abalone-\(ProcessInfo.processInfo.processIdentifier)")
        var options = FitOptions(data: "Examples/data/abalone-train.csv", out: out)
        options.reading.target = "Class_number_of_rings"
        options.timeSeconds = 20
        options.workerExecutable = URL(fileURLWithPath: ".build/release/tutti")
        let result = try await Fit.run(options, progress: Lines(), interruption: Interruption())
        print("\(result.models) models in \(Int(result.seconds)) s")

        let run = try Run(RunFolder(out))
        let test = try run.readData(at: "Examples/data/abalone-test.csv", needsTarget: true)
        for name in Run.namedEnsembles {
            let evaluation = try run.evaluate(test.data, with: run.ensemble(named: name))
            print(name, evaluation.metrics)
        }
    }
}

/// Prints stages and notes, and keeps quiet about the rest.
struct Lines: FitProgress {
    func note(_ text: String) { print(text) }
    func stage(_ title: String) { print(title) }
    func evaluated(_ evaluation: FitEvaluation) {}
    func tick(_ state: FitState) {}
}
