import Dispatch
import Learning
import OnnxRuntime
import Synchronization

/// One non-zero cell of the matrix at work: a thread on the device's cores, an engine of its own, and the queue of its member.
final class Worker: Sendable {
    enum State: Sendable {
        case loading
        case serving
        case failed(String)
        case over
    }

    private struct Status {
        var state = State.loading
        /// Start of the engine call under way.
        var busySinceNs: UInt64?
    }

    let cell: ServedModel.Cell
    private let member: ServedMember
    private let task: ServedModel.Task
    private let options: ServingOptions
    private let queue: SegmentQueue
    private let recorder: StatisticsRecorder
    private let status = Mutex(Status())

    init(_ cell: ServedModel.Cell, of model: ServedModel, queue: SegmentQueue, recorder: StatisticsRecorder) {
        self.cell = cell
        member = model.members[cell.member]
        task = model.task
        options = model.options
        self.queue = queue
        self.recorder = recorder
    }

    var state: State { status.withLock { $0.state } }

    /// Whether it serves and is not stuck in a call.
    var isAlive: Bool {
        status.withLock { status in
            guard case .serving = status.state else { return false }
            guard let since = status.busySinceNs else { return true }
            return monotonicNs() &- since < options.stallLimit.nanosecondCount
        }
    }

    /// Starts the thread. `loaded` is called on it once: with the engine's form, or with why there is none.
    func start(loaded: @escaping @Sendable (Result<EngineForm, any Error>) -> Void) -> JoinableThread {
        JoinableThread(name: "\(cell.device.id)/\(member.id)") { [self] in
            pinThread(to: cell.device)
            let engine: any ModelEngine
            let form: EngineForm
            do {
                engine = try member.load(cell.device)
                form = try EngineForm(engine, task: task, member: member.id)
                if options.warmsUp { warmUp(engine, form) }
                status.withLock { $0.state = .serving }
            } catch {
                status.withLock { $0.state = .failed("\(error)") }
                loaded(.failure(error))
                return
            }
            loaded(.success(form))
            serve(engine, form)
            status.withLock { $0.state = .over }
        }
    }

    private func serve(_ engine: any ModelEngine, _ form: EngineForm) {
        while let segments = queue.take(upTo: cell.batch, delayNs: options.batchDelay.nanosecondCount) {
            guard !segments.isEmpty else { continue }
            let now = monotonicNs()
            for segment in segments { segment.job.started(cell.member, atNs: now) }
            recorder.record { statistics in for segment in segments { statistics.queue.add(segment.queuedNs) } }
            run(engine, form, segments)
        }
    }

    private func run(_ engine: any ModelEngine, _ form: EngineForm, _ segments: [Segment]) {
        do {
            try execute(engine, form, segments)
        } catch {
            guard segments.count == 1 else {
                // One bad request must not spoil those that came into the same batch.
                for segment in segments { run(engine, form, [segment]) }
                return
            }
            recorder.record { $0.failures[.backend, default: DurationSum()].add(0) }
            segments[0].job.fail(cell.member, "\(error)")
        }
    }

    private func execute(_ engine: any ModelEngine, _ form: EngineForm, _ segments: [Segment]) throws {
        let rowCount = segments.reduce(0) { $0 + $1.rows.count }
        let start = monotonicNs()
        let batch = try assembleBatch(segments, for: form.inputs)
        let assembled = monotonicNs()
        let found = try calling { try engine.run(batch, outputs: [form.outputName]) }
        let computed = monotonicNs()
        guard let output = found[form.outputName], output.elementCount == rowCount * task.width else {
            throw ServingError(
                .failed,
                "member '\(member.id)' gave \(found[form.outputName]?.shape ?? []) for \(rowCount) rows of \(task.width) numbers")
        }
        let read: Void? = output.withFloats { values in
            var start = 0
            for segment in segments {
                let end = start + segment.rows.count * task.width
                let part = UnsafeBufferPointer(rebasing: values[start..<end])
                if part.allSatisfy(\.isFinite) {
                    segment.job.report(cell.member, rows: segment.rows, values: part)
                } else {
                    recorder.record { $0.failures[.backend, default: DurationSum()].add(0) }
                    segment.job.fail(cell.member, "gave numbers that are not finite")
                }
                start = end
            }
        }
        guard read != nil else { throw ServingError(.failed, "member '\(member.id)' gave \(output.datatype.protocolName) instead of FP32") }
        recorder.recordExecution(
            rows: rowCount, inputNs: assembled &- start, inferNs: computed &- assembled, outputNs: monotonicNs() &- computed)
    }

    private func calling<Result>(_ body: () throws -> Result) rethrows -> Result {
        status.withLock { $0.busySinceNs = monotonicNs() }
        defer { status.withLock { $0.busySinceNs = nil } }
        return try body()
    }

    /// A failure here is found out, with its reason, by the first request.
    private func warmUp(_ engine: any ModelEngine, _ form: EngineForm) {
        for rows in Set([1, cell.batch]).sorted() {
            guard let batch = blankBatch(form.inputs, rows: rows) else { return }
            _ = try? engine.run(batch, outputs: [form.outputName])
        }
    }
}

/// What an engine takes and gives, checked against the task.
struct EngineForm: Sendable {
    let inputs: [TensorInfo]
    let outputName: String

    init(_ engine: any ModelEngine, task: ServedModel.Task, member: String) throws {
        inputs = engine.inputs
        for input in inputs where input.shape.first.map({ $0 >= 0 }) ?? true {
            throw ServingError(
                .invalidModel,
                "member '\(member)' has input '\(input.name)' of shape \(input.shape); its first axis has to be open (-1), for rows")
        }
        let numbers = engine.outputs.filter { $0.datatype == .fp32 }
        // A foreign model may call its only output as it likes.
        guard let output = numbers.first(where: { $0.name == task.outputName }) ?? (numbers.count == 1 ? numbers.first : nil) else {
            throw ServingError(
                .invalidModel,
                "member '\(member)' has no FP32 output '\(task.outputName)'; its outputs are \(engine.outputs.map(\.name).joined(separator: ", "))"
            )
        }
        if let width = output.shape.dropFirst().last, width >= 0, width != task.width {
            throw ServingError(.invalidModel, "member '\(member)' gives \(width) numbers per row; \(task.width) are needed")
        }
        outputName = output.name
    }
}
