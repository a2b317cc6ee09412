import Foundation
import LightGBM
import Synchronization
import Testing

/// Whether the tests can run at all, and the reason where they cannot.
let isLightGBMThere = (try? LightGBM.load()) != nil
let single: Parameters = ["num_threads": "1", "deterministic": "true", "force_col_wise": "true", "seed": "3"]

@Suite(.enabled(if: isLightGBMThere, "LightGBM is not installed")) struct BoosterTests {
    let data = SampleData(rows: 2000, seed: 1)
    let unseen = SampleData(rows: 500, seed: 2)

    func parameters(_ more: Parameters) -> Parameters { single.merging(more) { $1 } }

    @Test func numbersAreLearned() throws {
        let booster = try Booster(try data.training(labels: data.numbers), parameters: parameters(["objective": "regression"]))
        #expect(try booster.update(iterations: 60) == false)
        #expect(try booster.iterationCount == 60)
        let predictions = try unseen.withMatrix { try booster.predict($0) }
        let error = zip(predictions, unseen.numbers).map { abs($0 - Double($1)) }.reduce(0, +) / 500
        let mean = Double(data.numbers.reduce(0, +)) / 2000
        let guess = unseen.numbers.map { abs(mean - Double($0)) }.reduce(0, +) / 500
        #expect(error < 0.4 * guess)
        #expect(try booster.featureGains().allSatisfy { $0 > 0 })
    }

    @Test func classesGetProbabilities() throws {
        let options = parameters(["objective": "multiclass", "num_class": "3"])
        let booster = try Booster(try data.training(labels: data.thirds), parameters: options)
        try booster.update(iterations: 30)
        #expect(try booster.classCount == 3)
        #expect(try booster.treeCount == 90)
        let predictions = try unseen.withMatrix { try booster.predict($0) }
        var hits = 0
        for row in 0..<500 {
            let chances = predictions[row * 3..<row * 3 + 3]
            #expect(abs(chances.reduce(0, +) - 1) < 1e-9)
            if let best = chances.max(), chances.firstIndex(of: best) == row * 3 + Int(unseen.thirds[row]) { hits += 1 }
        }
        #expect(hits > 400)
    }

    @Test func columnsBehindOneAnotherAreTheSameTable() throws {
        let booster = try Booster(try data.training(labels: data.numbers), parameters: parameters(["objective": "regression"]))
        try booster.update(iterations: 5)
        let rows = try unseen.withMatrix { try booster.predict($0) }
        let columns = (0..<6).flatMap { column in (0..<500).map { unseen.rows[$0 * 6 + column] } }
        let byColumns = try columns.withUnsafeBufferPointer {
            try booster.predict(MatrixView($0, rowCount: 500, columnCount: 6, isRowMajor: false))
        }
        let doubles = try unseen.rows.map { Double($0) }.withUnsafeBufferPointer {
            try booster.predict(MatrixView($0, rowCount: 500, columnCount: 6))
        }
        #expect(rows == byColumns)
        #expect(rows == doubles)
    }

    @Test func metricsOfValidationDataAreReported() throws {
        let training = try data.training(labels: data.halves)
        let validation = try unseen.training(labels: unseen.halves, reference: training)
        let booster = try Booster(training, parameters: parameters(["objective": "binary", "metric": "binary_logloss,auc"]))
        try booster.addValidation(validation)
        try booster.update(iterations: 1)
        let first = try booster.evaluate(1)
        #expect(first.map(\.name) == ["binary_logloss", "auc"])
        try booster.update(iterations: 20)
        let later = try booster.evaluate(1)
        #expect(later[0].value < first[0].value)
        #expect(later[1].value > 0.9)
        #expect(try booster.evaluate(0)[0].value < later[0].value)
        #expect(throws: LightGBMError.self) { try booster.evaluate(2) }
    }

    @Test func iterationsCanBeTakenBackAndParametersChanged() throws {
        let booster = try Booster(try data.training(labels: data.numbers), parameters: parameters(["objective": "regression"]))
        try booster.update(iterations: 3)
        let three = try unseen.withMatrix { try booster.predict($0) }
        try booster.setParameters(["learning_rate": "0.5"])
        try booster.update(iterations: 1)
        #expect(try unseen.withMatrix { try booster.predict($0, iterations: 3) } == three)
        try booster.removeLastIteration()
        #expect(try booster.iterationCount == 3)
        #expect(try unseen.withMatrix { try booster.predict($0) } == three)
    }

    @Test func weightsCount() throws {
        let weights = data.numbers.map { $0 > 0 ? Float(1) : 0 }
        let booster = try Booster(
            try data.training(labels: data.numbers, weights: weights), parameters: parameters(["objective": "regression"]))
        try booster.update(iterations: 20)
        #expect(try unseen.withMatrix { try booster.predict($0) }.allSatisfy { $0 > -0.1 })
    }

    @Test func textKeepsTheModelExactly() throws {
        let options = parameters(["objective": "multiclass", "num_class": "3"])
        let booster = try Booster(try data.training(labels: data.thirds), parameters: options)
        try booster.update(iterations: 10)
        let text = try booster.modelText()
        let copy = try Booster(modelText: text)
        #expect(try unseen.withMatrix { try copy.predict($0) } == (try unseen.withMatrix { try booster.predict($0) }))
        #expect(try copy.modelText() == text)
        #expect(try Booster(modelText: booster.modelText(iterations: 4)).treeCount == 12)
        #expect(try JSONSerialization.jsonObject(with: Data(booster.modelJSON().utf8)) is [String: Any])
        #expect(throws: LightGBMError.self) { try copy.updateOneIteration() }
    }

    @Test(arguments: [["objective": "regression"], ["objective": "binary"], ["objective": "multiclass", "num_class": "3"]])
    func trainingGoesOnWhereItStopped(options: Parameters) throws {
        let labels = options["objective"] == "regression" ? data.numbers : options["objective"] == "binary" ? data.halves : data.thirds
        let all = parameters(options)
        let straight = try Booster(try data.training(labels: labels), parameters: all)
        try straight.update(iterations: 40)

        let half = try Booster(try data.training(labels: labels), parameters: all)
        try half.update(iterations: 20)
        let stored = try Booster(modelText: try half.modelText())
        let scores = try data.withMatrix { try stored.predict($0, .raw) }
        let resumed = try Booster(try data.training(labels: labels, initialScores: scores), parameters: all, continuing: stored)
        #expect(try resumed.iterationCount == 20)
        try resumed.update(iterations: 20)
        #expect(try resumed.iterationCount == 40)
        // The order of additions differs in the first tree, so the last bit may.
        let pairs = zip(
            try unseen.withMatrix { try straight.predict($0, .raw) }, try unseen.withMatrix { try resumed.predict($0, .raw) })
        #expect(pairs.map { abs($0 - $1) }.max().map { $0 < 1e-9 } == true)
    }

    @Test func continuingAnotherKindOfModelIsAnError() throws {
        let numbers = try Booster(try data.training(labels: data.numbers), parameters: parameters(["objective": "regression"]))
        try numbers.update(iterations: 1)
        #expect(throws: LightGBMError.self) {
            try Booster(
                try data.training(labels: data.thirds), parameters: parameters(["objective": "multiclass", "num_class": "3"]),
                continuing: numbers)
        }
    }

    @Test func mistakesAreErrorsWithLightGBMsText() throws {
        let training = try data.training(labels: data.thirds)
        func message(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(message { _ = try Booster(training, parameters: ["objective": "nonsense"]) }.contains("nonsense"))
        #expect(message { _ = try Booster(training, parameters: ["objective": "multiclass", "num_class": "2"]) }.contains("[0, 2)"))
        #expect(message { _ = try Booster(training, parameters: ["objective": "a b"]) }.contains("white space"))
        #expect(message { _ = try Booster(modelText: "nothing") }.contains("not a LightGBM model"))
        #expect(message { _ = try data.training(labels: [1]) }.contains("1 values were given as 'label'"))
        #expect(message { _ = try MatrixView([Float]().withUnsafeBufferPointer { $0 }, rowCount: 1, columnCount: 2) }.contains("0 numbers"))
        let booster = try Booster(training, parameters: parameters(["objective": "regression"]))
        #expect(
            message {
                _ = try [Float](repeating: 0, count: 2).withUnsafeBufferPointer {
                    try booster.predict(MatrixView($0, rowCount: 1, columnCount: 2))
                }
            }.contains("2 columns, the model has 6"))
    }

    @Test func logGoesToTheHandler() throws {
        let lines = Mutex<[String]>([])
        LightGBM.setLogHandler { line in lines.withLock { $0.append(line) } }
        defer { LightGBM.setLogHandler(nil) }
        let booster = try Booster(
            try data.training(labels: data.numbers), parameters: ["objective": "regression", "verbosity": "1", "num_threads": "1"])
        try booster.update(iterations: 1)
        #expect(lines.withLock { $0.joined().contains("[LightGBM]") })
    }

    @Test func boostersTrainSideBySide() async throws {
        let data = data
        let options = parameters(["objective": "regression"])
        let results = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let booster = try Booster(try data.training(labels: data.numbers), parameters: options)
                    try booster.update(iterations: 10)
                    return try data.withMatrix { try booster.predict($0) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(results).count == 1)
    }

    @Test func memoryStaysFlat() throws {
        let small = SampleData(rows: 300, seed: 5)
        func work(_ steps: Int) throws {
            for _ in 0..<steps {
                let booster = try Booster(try small.training(labels: small.numbers), parameters: parameters(["objective": "regression"]))
                try booster.update(iterations: 2)
                _ = try small.withMatrix { try Booster(modelText: booster.modelText()).predict($0) }
            }
        }
        #expect(try smallestGrowth { try work(40) } < 1 << 20)
    }
}

/// The least that the process' memory grew in one of five times that `work` ran, in bytes. A leak grows each time, while tests that
/// run at the same time only disturb some of them.
private func smallestGrowth(_ work: () throws -> Void) rethrows -> Int {
    var growths: [Int] = []
    for _ in 0..<5 {
        let before = residentBytes()
        try work()
        growths.append(residentBytes() - before)
    }
    return growths.min() ?? 0
}

/// Memory that the process occupies, in bytes; 0 where the system does not say.
private func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
}
