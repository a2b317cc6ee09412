import Foundation
import Testing

/// A run that tests look at and do not change, with the data it came from.
struct FittedRun: Sendable {
    /// Seconds that `fit` was given.
    static let seconds = 12.0

    var folder: String
    var training: String
    /// Other rows, with the target.
    var test: String
    /// What `fit --json` printed, and how it ended.
    var fit: FinishedProgram

    /// With one part held out, what a model's file predicts is what it was judged by, and tests can compare the two.
    private static let judging = ["--resampling", "holdout:0.25"]

    /// Made once per test process, when the first test asks.
    static let table = Task {
        let files = try Scratch.folder("table")
        let training = try ToyFiles.writeTable(600, seed: 1, to: "train.csv", in: files)
        let test = try ToyFiles.writeTable(90, seed: 2, to: "test.csv", in: files)
        return try await make(training, test: test, options: ["--target", ToyFiles.target] + judging, in: files)
    }

    /// A regression.
    static let numbers = Task {
        let files = try Scratch.folder("numbers")
        let training = try ToyFiles.writeNumbers(400, seed: 5, to: "train.csv", in: files)
        let test = try ToyFiles.writeNumbers(80, seed: 6, to: "test.csv", in: files)
        return try await make(training, test: test, options: ["--target", "price"] + judging, in: files)
    }

    static let images = Task {
        let files = try Scratch.folder("images")
        let training = try ToyFiles.writeImages(360, seed: 3, prefix: "train", in: files)
        let test = try ToyFiles.writeImages(60, seed: 4, prefix: "t10k", in: files)
        return try await make(training, test: test, options: [], in: files)
    }

    private static func make(_ training: String, test: String, options: [String], in files: URL) async throws -> FittedRun {
        let folder = files.appending(path: "run").path
        let fit = try await TuttiProgram.run(
            ["fit", training, "--time", "\(seconds)s", "--out", folder, "--seed", "7", "--json"] + options, limitSeconds: 5 * seconds)
        try #require(fit.status == 0, "\(fit.testDescription)")
        return FittedRun(folder: folder, training: training, test: test, fit: fit)
    }

    /// By name, for tests with arguments.
    static func named(_ name: String) async throws -> FittedRun {
        switch name {
        case "table": try await table.value
        case "numbers": try await numbers.value
        default: try await images.value
        }
    }

    /// A copy that a test may damage or go on with.
    func copy() throws -> String {
        let place = try Scratch.folder("copy").appending(path: "run")
        try FileManager.default.copyItem(atPath: folder, toPath: place.path)
        return place.path
    }

    /// Ids of the models, best first, from `tutti models --json`.
    static func models(of folder: String) async throws -> [(id: String, learner: String, fidelity: Int, score: Double, metrics: [String: Double])] {
        let result = try await TuttiProgram.run("models", folder, "--json")
        try #require(result.status == 0, "\(result.testDescription)")
        let entries = try #require(try result.document()["models"] as? [[String: Any]])
        return try entries.map { entry in
            (
                id: try #require(entry["id"] as? String), learner: try #require(entry["learner"] as? String),
                fidelity: try #require(entry["fidelity"] as? Int), score: try #require(entry["score"] as? Double),
                metrics: try #require(entry["metrics"] as? [String: Double])
            )
        }
    }
}
