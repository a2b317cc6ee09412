import Learning
import OnnxRuntime
import Placement
import Synchronization

/// Whether a served model answers.
public enum ServedState: Sendable, Hashable {
    case loading
    case ready
    /// It answers without these members, none of whose workers is alive.
    case degraded(missing: [String])
    /// It answers nothing more: it could not be loaded, or was shut down.
    case unavailable(reason: String)
    /// It finishes what it has accepted.
    case draining
}

/// A served model running: one thread and one engine for each cell of its matrix, one queue for each member.
///
/// A request's tensors are stored once. Its rows wait in the queue of every member; the workers of a member compete for them, and merge
/// rows of several requests up to their batch size. What they say is put together in the order of the members, so results do not depend
/// on timing beyond what an engine's own arithmetic does at different batch sizes.
///
/// Source: Pochelu et al., "An efficient and flexible inference system for serving heterogeneous ensembles of deep neural networks", 2021.
/// Ours differs: segments are cut when a worker asks, and a member that fails or is late is left out of the mean.
public final class ServedEnsemble: Sendable {
    enum Phase { case loading, serving, draining, over }

    struct State {
        var phase = Phase.loading
        var threads: [JoinableThread] = []
        var workersLoading = 0
        /// By member, workers that have loaded.
        var workersLoaded: [Int]
        /// By member, the first reason why a worker could not load.
        var reasons: [Int: String] = [:]
        var inputs: [TensorInfo]?
        var inputBytes = 0
        var jobs: [ObjectIdentifier: InferenceJob] = [:]
        var waitingForLoad: [CheckedContinuation<Void, Never>] = []
        var waitingForIdle: [CheckedContinuation<Void, Never>] = []
    }

    /// What it runs.
    public let model: ServedModel
    /// The only version there is.
    public static let version = "1"

    let workers: [Worker]
    let queues: [SegmentQueue]
    let memberRecorders: [StatisticsRecorder]
    let recorder = StatisticsRecorder()
    let state: Mutex<State>

    /// Checks the definition and starts the workers, which load on threads of their own; ``loaded()`` waits for them.
    /// - Throws: ``ServingError`` `.invalidModel` where the definition contradicts itself.
    public init(_ model: ServedModel) throws {
        let cells = try model.cells()
        let queues = model.members.indices.map { SegmentQueue(member: $0, rowLimit: model.options.queuedRowsLimit) }
        let recorders = model.members.map { _ in StatisticsRecorder() }
        self.model = model
        self.queues = queues
        memberRecorders = recorders
        workers = cells.map { Worker($0, of: model, queue: queues[$0.member], recorder: recorders[$0.member]) }
        state = Mutex(State(workersLoading: cells.count, workersLoaded: Array(repeating: 0, count: model.members.count)))
        for worker in workers {
            let thread = worker.start { [weak self] in self?.workerLoaded(worker, $0) }
            state.withLock { $0.threads.append(thread) }
        }
    }

    // Workers hold their queues, not the ensemble: when the last reference goes, they go home too.
    deinit { for queue in queues { queue.close() } }

    /// Waits until every worker has loaded its model or has failed to.
    /// - Throws: ``ServingError`` `.failed` where some member has no worker at all.
    public func loaded() async throws {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.workersLoading > 0 { state.waitingForLoad.append(continuation) }
                return state.workersLoading == 0
            }
            if isOver { continuation.resume() }
        }
        let failed = state.withLock { state in model.members.indices.filter { state.workersLoaded[$0] == 0 }.map { ($0, state.reasons[$0]) } }
        if failed.isEmpty { return }
        let reasons = failed.map { "'\(model.members[$0].id)': \($1 ?? "no reason given")" }
        throw ServingError(.failed, "failed to load '\(model.name)': \(reasons.joined(separator: "; "))")
    }

    public var servedState: ServedState {
        let (phase, loaded, reasons) = state.withLock { ($0.phase, $0.workersLoaded, $0.reasons) }
        switch phase {
        case .loading: return .loading
        case .draining: return .draining
        case .over: return .unavailable(reason: "unloaded")
        case .serving:
            let missing = membersWithoutWorkers
            if missing.isEmpty { return .ready }
            guard missing.count < loaded.count else {
                return .unavailable(reason: reasons.min { $0.key < $1.key }?.value ?? "no worker is alive")
            }
            return .degraded(missing: missing.map { model.members[$0].id })
        }
    }

    /// Whether every member has a worker that is alive.
    public var isReady: Bool { servedState == .ready }

    /// Members none of whose workers is alive.
    var membersWithoutWorkers: [Int] {
        let alive = Set(workers.filter(\.isAlive).map(\.cell.member))
        return model.members.indices.filter { !alive.contains($0) }
    }

    private func workerLoaded(_ worker: Worker, _ result: Result<EngineForm, any Error>) {
        let member = worker.cell.member
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.workersLoading -= 1
            do {
                state.inputs = try Self.merged(state.inputs ?? [], with: result.get().inputs, of: model.members[member].id)
                state.workersLoaded[member] += 1
            } catch {
                if state.reasons[member] == nil { state.reasons[member] = "\(error)" }
            }
            guard state.workersLoading == 0 else { return [] }
            if state.phase == .loading { state.phase = .serving }
            // Nobody would ever take from the queue of a member without workers.
            for member in model.members.indices where state.workersLoaded[member] == 0 { queues[member].close() }
            defer { state.waitingForLoad = [] }
            return state.waitingForLoad
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The inputs of all members; each may use some of them.
    private static func merged(_ known: [TensorInfo], with more: [TensorInfo], of member: String) throws -> [TensorInfo] {
        var result = known
        for input in more {
            guard let other = result.first(where: { $0.name == input.name }) else {
                result.append(input)
                continue
            }
            guard other.datatype == input.datatype, other.shape.dropFirst() == input.shape.dropFirst() else {
                throw ServingError(
                    .invalidModel,
                    "member '\(member)' takes input '\(input.name)' as \(input.datatype.protocolName) \(input.shape), another member as "
                        + "\(other.datatype.protocolName) \(other.shape)")
            }
        }
        return result
    }

    /// Refuses new requests, answers those accepted, and ends the threads.
    /// - Parameter limit: time for all of it. Requests not answered by then fail as if their deadline had passed; a thread that is stuck
    ///   in an engine is left behind.
    public func shutdown(within limit: Duration = .seconds(30)) async {
        let clock = ContinuousClock()
        let end = clock.now + limit
        state.withLock { if $0.phase != .over { $0.phase = .draining } }
        let watchdog = Task { [weak self] in
            try await clock.sleep(until: end)
            let jobs = self?.state.withLock { Array($0.jobs.values) } ?? []
            for job in jobs { job.expire() }
        }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.jobs.isEmpty { state.waitingForIdle.append(continuation) }
                return state.jobs.isEmpty
            }
            if isIdle { continuation.resume() }
        }
        watchdog.cancel()
        for queue in queues { queue.close() }
        // Threads that have nothing to do end at once; a second is for those in the middle of a batch that nobody waits for.
        let threads = state.withLock { state in
            defer { state.threads = [] }
            return state.threads
        }
        for thread in threads { _ = await thread.join(within: max(.seconds(1), clock.now.duration(to: end))) }
        state.withLock { $0.phase = .over }
    }
}
