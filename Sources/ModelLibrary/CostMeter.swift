import Datasets
public import Foundation
public import Learning
import OnnxRuntime
import Synchronization

/// Measures what a model file costs in the runtime that will serve it: median latency by batch size on one thread, memory, size.
public struct CostMeter: Sendable {
    /// Batch sizes that are measured where there are rows enough.
    public static let batchSizes = [1, 8, 32, 128]
    private static let warmups = 2
    private static let repeats = 15
    private static let fewestRepeats = 3
    private static let isWarm = Mutex(false)

    /// Seconds for all batch sizes together; a slow model gets fewer repeats, at least three.
    public var seconds: Double

    public init(seconds: Double = 1.0) { self.seconds = seconds }

    /// - Parameters:
    ///   - inputs: rows to run on; the first ones are used.
    ///   - trainingSeconds, macs: passed on into the cost.
    public func measure(_ file: URL, task: LearningTask, inputs: ModelInputs, macs: Int?, trainingSeconds: Double) throws -> (cost: Cost, runner: ModelRunner) {
        // What the runtime itself takes with the first model of a process is not the model's.
        try Self.isWarm.withLock { isWarm in
            if !isWarm { _ = try ModelRunner(file, task: task, threads: 1).predict(inputs.first(1), batch: 1) }
            isWarm = true
        }
        let before = ResidentMemory.bytes
        let runner = try ModelRunner(file, task: task, threads: 1)
        var latencies: [Int: Double] = [:]
        let sizes = Self.batchSizes.filter { $0 <= inputs.rowCount }
        for size in sizes.isEmpty ? [max(inputs.rowCount, 1)] : sizes {
            let tensors = try inputs.rows(0..<size, for: runner.session.inputs)
            for _ in 0..<Self.warmups { _ = try runner.run(tensors, rowCount: size) }
            latencies[size] = try medianMs(budget: seconds / Double(Self.batchSizes.count)) { _ = try runner.run(tensors, rowCount: size) }
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
        let memory = max(ResidentMemory.bytes - before, size)
        return (Cost(latencyMs: latencies, memoryBytes: memory, sizeBytes: size, macs: macs, trainingSeconds: trainingSeconds), runner)
    }

    private func medianMs(budget: Double, _ body: () throws -> Void) rethrows -> Double {
        var times: [Double] = []
        let clock = ContinuousClock()
        var spent = 0.0
        while times.count < Self.repeats, times.count < Self.fewestRepeats || spent < budget {
            let elapsed = try clock.measure(body) / .milliseconds(1)
            times.append(elapsed)
            spent += elapsed / 1000
        }
        return times.sorted()[times.count / 2]
    }
}

/// Bytes that this process keeps resident.
enum ResidentMemory {
    static var bytes: Int {
        #if os(Linux)
            guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
        #else
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : 0
        #endif
    }
}
