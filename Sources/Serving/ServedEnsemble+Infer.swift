import OnnxRuntime
import Synchronization

extension ServedEnsemble {
    /// Predicts for the rows of a request.
    /// - Throws: ``ServingError``: `.invalidArgument` where it does not fit the model, `.unavailable` at once where a queue is full or the
    ///   model is not serving, `.deadlineExceeded` or `.failed` where no member answered, `.cancelled` with the calling task.
    public func infer(_ request: InferRequest) async throws -> InferResponse {
        let arrivedNs = monotonicNs()
        do {
            let job = try accept(request)
            defer { release(job) }
            let (partials, deadlinePassed) = try await settle(job, timeout: request.timeout ?? model.options.requestTimeout)
            let settledNs = monotonicNs()
            let response = try combine(partials, of: job, for: request, deadlinePassed: deadlinePassed)
            recordSuccess(job, partials, response, arrivedNs: arrivedNs, settledNs: settledNs)
            return response
        } catch {
            recordFailure(error, arrivedNs: arrivedNs)
            throw error
        }
    }

    private func settle(_ job: InferenceJob, timeout: Duration) async throws -> ([InferenceJob.Partial], deadlinePassed: Bool) {
        if job.rowCount == 0 { return (model.members.map { _ in .init(rowsMissing: 0) }, false) }
        try enqueue(job)
        let alarm = Task {
            try await Task.sleep(for: timeout)
            job.expire()
        }
        let outcome = await withTaskCancellationHandler {
            await job.outcome()
        } onCancel: {
            job.cancel()
        }
        alarm.cancel()
        switch outcome {
        case .cancelled:
            for queue in queues { queue.remove(job) }
            throw ServingError(.cancelled, "the request to '\(model.name)' was cancelled")
        case .settled(let partials, let deadlinePassed):
            for (queue, partial) in zip(queues, partials) where !partial.isComplete { queue.remove(job) }
            return (partials, deadlinePassed)
        }
    }

    // MARK: Accepting

    func accept(_ request: InferRequest) throws -> InferenceJob {
        let inputs = try metadata().inputs
        let rowCount = try checkInputs(request, against: inputs)
        for name in request.outputs where !outputs.contains(where: { $0.name == name }) {
            throw ServingError(
                .invalidArgument,
                "unexpected inference output '\(name)' for model '\(model.name)'; its outputs are \(outputs.map(\.name).joined(separator: ", "))"
            )
        }
        let hasOpenAxes = inputs.contains { $0.shape.dropFirst().contains { $0 < 0 } }
        let job = InferenceJob(
            inputs: request.inputs, rowCount: rowCount, width: model.task.width,
            rowForm: hasOpenAxes ? inputs.map { Array(request.inputs[$0.name]?.shape.dropFirst() ?? []) } : [], members: model.members.count
        )
        let byteCount = job.inputByteCount
        try state.withLock { state in
            switch state.phase {
            case .serving: break
            case .loading: throw ServingError(.unavailable, "model '\(model.name)' is loading; try again later")
            case .draining, .over: throw ServingError(.unavailable, "model '\(model.name)' is shutting down")
            }
            guard state.inputBytes + byteCount <= model.options.inputBytesLimit else {
                throw ServingError(
                    .unavailable,
                    "the requests under way hold \(state.inputBytes) bytes; with \(byteCount) more the limit of "
                        + "\(model.options.inputBytesLimit) is exceeded; try again later")
            }
            state.inputBytes += byteCount
            state.jobs[ObjectIdentifier(job)] = job
        }
        return job
    }

    private func checkInputs(_ request: InferRequest, against inputs: [TensorInfo]) throws -> Int {
        for name in request.inputs.keys where !inputs.contains(where: { $0.name == name }) {
            throw ServingError(
                .invalidArgument,
                "unexpected inference input '\(name)' for model '\(model.name)'; its inputs are \(inputs.map(\.name).joined(separator: ", "))"
            )
        }
        var rowCount: Int?
        for input in inputs {
            guard let value = request.inputs[input.name] else {
                throw ServingError(.invalidArgument, "input '\(input.name)' is missing for model '\(model.name)'")
            }
            guard input.accepts(value.datatype, value.shape) else {
                throw ServingError(
                    .invalidArgument,
                    "input '\(input.name)' of model '\(model.name)' is \(input.datatype.protocolName) \(input.shape) (-1 is any length), but "
                        + "\(value.datatype.protocolName) \(value.shape) was given")
            }
            if let rowCount, rowCount != value.rowCount {
                throw ServingError(
                    .invalidArgument, "inputs must have the same number of rows: '\(input.name)' has \(value.rowCount), others \(rowCount)")
            }
            rowCount = value.rowCount
        }
        let rows = rowCount ?? 0
        guard rows <= model.options.requestRowsLimit else {
            throw ServingError(
                .invalidArgument, "a request may have \(model.options.requestRowsLimit) rows; got \(rows). Send several requests")
        }
        return rows
    }

    func enqueue(_ job: InferenceJob) throws {
        // A member known to hang is not waited for, unless there is no other.
        let stuck = Set(membersWithoutWorkers)
        for (member, queue) in queues.enumerated() {
            if stuck.contains(member), stuck.count < queues.count {
                job.fail(member, state.withLock { $0.reasons[member] } ?? "hangs")
                continue
            }
            switch queue.push(job) {
            case .accepted: break
            case .closed: job.fail(member, state.withLock { $0.reasons[member] } ?? "has no worker")
            case .full:
                job.cancel()
                for queue in queues[..<member] { queue.remove(job) }
                throw ServingError(
                    .unavailable,
                    "the queue of '\(model.name)' is full: \(queue.rowCount) rows wait, \(model.options.queuedRowsLimit) may; try again later"
                )
            }
        }
    }

    func release(_ job: InferenceJob) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.jobs[ObjectIdentifier(job)] = nil
            state.inputBytes -= job.inputByteCount
            guard state.jobs.isEmpty else { return [] }
            defer { state.waitingForIdle = [] }
            return state.waitingForIdle
        }
        for continuation in waiting { continuation.resume() }
    }

    // MARK: Answering

    func combine(
        _ partials: [InferenceJob.Partial], of job: InferenceJob, for request: InferRequest, deadlinePassed: Bool
    ) throws -> InferResponse {
        let answered = partials.map { $0.isComplete ? $0.values : nil }
        let weights = model.members.map(\.weight)
        guard zip(answered, weights).contains(where: { $0 != nil && $1 > 0 }) else {
            let reasons = zip(model.members, partials).map { "'\($0.id)' \($1.failure ?? "has no weight")" }.joined(separator: "; ")
            throw ServingError(deadlinePassed ? .deadlineExceeded : .failed, "no member of '\(model.name)' answered: \(reasons)")
        }
        let mean = weightedMean(answered, weights: weights, count: job.rowCount * job.width)
        let wanted = request.outputs.isEmpty ? outputs.map(\.name) : request.outputs
        return InferResponse(
            modelName: model.name, modelVersion: Self.version, id: request.id,
            outputs: try wanted.map { .init(name: $0, value: try output($0, mean, rows: job.rowCount)) },
            membersMissing: zip(model.members, answered).filter { $1 == nil }.map(\.0.id))
    }

    private func output(_ name: String, _ mean: [Float], rows: Int) throws -> TensorValue {
        if name == Self.predictionName, case .classification(let classes) = model.task {
            return try .strings(mostProbable(mean, width: classes.count).map { classes[$0] }, [rows])
        }
        return try .float(mean, [rows, model.task.width])
    }

    private func recordSuccess(
        _ job: InferenceJob, _ partials: [InferenceJob.Partial], _ response: InferResponse, arrivedNs: UInt64, settledNs: UInt64
    ) {
        let now = monotonicNs()
        // The last member to begin decides how long the request as a whole has waited.
        let begun = min(partials.compactMap(\.startedNs).max() ?? job.acceptedNs, settledNs)
        let executions = memberRecorders.map(\.statistics.executionCount).max() ?? 0
        recorder.record { statistics in
            statistics.success.add(now &- arrivedNs)
            statistics.computeInput.add(job.acceptedNs &- arrivedNs)
            statistics.queue.add(begun &- job.acceptedNs)
            statistics.computeInfer.add(settledNs &- begun)
            statistics.computeOutput.add(now &- settledNs)
            statistics.rowCount += UInt64(job.rowCount)
            statistics.executionCount = max(statistics.executionCount, executions)
            statistics.lastInferenceMs = wallClockMs()
            if !response.membersMissing.isEmpty { statistics.degradedCount += 1 }
        }
        recorder.recordLatency(ns: now &- arrivedNs)
    }

    private func recordFailure(_ error: any Error, arrivedNs: UInt64) {
        let reason: ServingStatistics.FailureReason =
            switch (error as? ServingError)?.code {
            case .unavailable, .deadlineExceeded: .rejected
            case .cancelled: .cancelled
            case .failed: .backend
            default: .other
            }
        let elapsed = monotonicNs() &- arrivedNs
        recorder.record { $0.failures[reason, default: DurationSum()].add(elapsed) }
    }
}

extension InferenceJob {
    var inputByteCount: Int { inputs.values.reduce(0) { $0 + $1.byteCount } }
}
