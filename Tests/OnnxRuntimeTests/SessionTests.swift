import Foundation
import OnnxRuntime
import Testing

/// Whether the tests can run at all, and the reason where they cannot.
private let isThere = (try? OnnxRuntime.load()) != nil

@Suite(.enabled(if: isThere, "ONNX Runtime is not installed")) struct SessionTests {
    @Test func libraryHasAVersionAndACPU() throws {
        #expect(try OnnxRuntime.version().split(separator: ".").count >= 2)
        #expect(try OnnxRuntime.availableProviders().contains("CPUExecutionProvider"))
    }

    @Test func modelDescribesItself() throws {
        let session = try Session(model: TinyModels.add)
        #expect(session.inputs.map(\.name) == ["a", "b"])
        #expect(session.inputs[0] == TensorInfo(name: "a", datatype: .fp32, shape: [-1, 2]))
        #expect(session.outputs == [TensorInfo(name: "sum", datatype: .fp32, shape: [-1, 2])])
        #expect(session.metadata == ["classes": "cat,dog", "task": "classification"])
        #expect(try Session(model: TinyModels.cast).metadata.isEmpty)
    }

    @Test func floatsAreAdded() throws {
        let session = try Session(model: TinyModels.add)
        let a = try TensorValue.float([1, 2, 3, 4], [2, 2])
        let b = try TensorValue.float([10, 20, 30, 40], [2, 2])
        #expect(try session.run(["a": a, "b": b])["sum"]?.floats == [11, 22, 33, 44])
        let nothing = try TensorValue.float([], [0, 2])
        #expect(try session.run(["a": nothing, "b": nothing])["sum"] == nothing)
    }

    @Test func bytesBecomeFloats() throws {
        let session = try Session(model: TinyModels.cast)
        #expect(try session.run(.uint8([0, 1, 128, 255], [1, 4])).first?.floats == [0, 1, 128, 255])
    }

    @Test func textsGoInAndOutWithoutLoss() throws {
        let session = try Session(model: TinyModels.label)
        let words = try TensorValue.strings(["größe", "red", "", "nul\0inside", "a text too long for any small string form"], [5, 1])
        let outputs = try session.run(["word": words])
        #expect(outputs["code"]?.int64s == [2, 1, 3, -1, -1])
        #expect(outputs["echo"] == words)
        #expect(try session.run(["word": words], outputs: ["code"]).keys.sorted() == ["code"])
        let none = try TensorValue.strings([], [0, 1])
        #expect(try session.run(["word": none])["echo"] == none)
    }

    @Test func callersMemoryIsWrittenInPlace() throws {
        let session = try Session(model: TinyModels.add)
        let a: [Float] = [1, 2, 3, 4, 5, 6]
        var sum = [Float](repeating: 0, count: 6)
        try a.withUnsafeBytes { a in
            try sum.withUnsafeMutableBufferPointer { sum in
                // Two batches, of two rows and one.
                for rows in [0..<2, 2..<3] {
                    let bytes = UnsafeRawBufferPointer(rebasing: a[rows.lowerBound * 8..<rows.upperBound * 8])
                    let view = TensorView(.fp32, shape: [rows.count, 2], bytes: bytes)
                    let target = UnsafeMutableBufferPointer(rebasing: sum[rows.lowerBound * 2..<rows.upperBound * 2])
                    try session.run(["a": view, "b": view], shape: [rows.count, 2], into: target)
                }
            }
        }
        #expect(sum == [2, 4, 6, 8, 10, 12])
    }

    @Test func outputOfAnotherShapeIsAnError() throws {
        let session = try Session(model: TinyModels.add)
        var sum = [Float](repeating: 0, count: 2)
        [Float](repeating: 1, count: 4).withUnsafeBytes { bytes in
            let view = TensorView(.fp32, shape: [2, 2], bytes: bytes)
            let short = TensorView(.fp32, shape: [3, 2], bytes: bytes)
            sum.withUnsafeMutableBufferPointer { target in
                #expect(throws: OnnxRuntimeError.self) { try session.run(["a": view, "b": view], shape: [1, 2], into: target) }
                #expect(throws: OnnxRuntimeError.self) { try session.run(["a": view, "b": view], shape: [2, 2], into: target) }
                #expect(throws: OnnxRuntimeError.self) { try session.run(["a": short, "b": short], shape: [1, 2], into: target) }
            }
        }
    }

    @Test func mistakesOfTheCallerAreNamed() throws {
        let session = try Session(model: TinyModels.add)
        let good = try TensorValue.float([1, 2], [1, 2])
        func message(_ inputs: [String: TensorValue], outputs: [String]? = nil) -> String {
            do {
                _ = try session.run(inputs, outputs: outputs)
                return "no error"
            } catch let error as OnnxRuntimeError {
                return error.code == .invalidArgument ? error.message : "code \(error.code)"
            } catch { return "\(error)" }
        }
        #expect(message(["a": good]) == "the model also needs 'b'")
        #expect(message(["a": good, "b": good, "c": good]).contains("no input 'c'"))
        #expect(message(["a": good, "b": good], outputs: ["d"]).contains("no output 'd'"))
        #expect(message(["a": good, "b": try .double([1, 2], [1, 2])]).contains("FP64 [1, 2] was given"))
        #expect(message(["a": good, "b": try .float([1, 2, 3], [1, 3])]).contains("FP32 [1, 3] was given"))
    }

    @Test func modelsThatAreNoneAreErrors() {
        #expect { try Session(model: [1, 2, 3]) } throws: { ($0 as? OnnxRuntimeError)?.code == .invalidModel }
        #expect { try Session(contentsOf: URL(fileURLWithPath: "/nowhere.onnx")) } throws: {
            ($0 as? OnnxRuntimeError)?.code == .noSuchFile
        }
        let unknown = SessionOptions(provider: .named("NoSuchProvider", options: ["a": "b"]))
        #expect(throws: OnnxRuntimeError.self) { try Session(model: TinyModels.add, options: unknown) }
    }

    @Test func everyOptionIsAccepted() throws {
        for level in SessionOptions.GraphOptimization.allCases {
            let options = SessionOptions(
                intraOpThreads: 2, optimization: level, spinning: true, arena: false, memoryPattern: false,
                configuration: ["session.set_denormal_as_zero": "1"])
            let session = try Session(model: TinyModels.cast, options: options)
            #expect(try session.run(.uint8([1, 2, 3, 4], [1, 4])).first?.floats == [1, 2, 3, 4])
        }
    }

    @Test func modelsAreReadFromFiles() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tutti-\(UUID()).onnx")
        try Data(TinyModels.add).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Session(contentsOf: file).inputs.count == 2)
    }

    @Test func manyThreadsShareASession() async throws {
        let session = try Session(model: TinyModels.cast)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<100 {
                        let value = UInt8(truncatingIfNeeded: task &* 31 &+ index)
                        let output = try session.run(.uint8([value, 0, 0, value], [1, 4])).first?.floats
                        if output != [Float(value), 0, 0, Float(value)] { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func memoryStaysFlat() throws {
        let words = try TensorValue.strings((0..<2000).map { "word \($0)" }, [2000, 1])
        let label = try Session(model: TinyModels.label)
        func work(sessions: Int, runs: Int) throws {
            for _ in 0..<sessions { _ = try Session(model: TinyModels.add).metadata }
            for _ in 0..<runs { _ = try label.run(["word": words]) }
        }
        // 100 runs leak several megabytes if a value stays behind each time, and 50 sessions as much.
        #expect(try smallestGrowth { try work(sessions: 50, runs: 0) } < 1 << 20)
        #expect(try smallestGrowth { try work(sessions: 0, runs: 100) } < 1 << 20)
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
