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
        /// By member, the inputs of its engines.
        var memberInputs: [Int: [TensorInfo]] = [:]
        /// Of all members together, in their order; nil while loading.
        var inputs: [TensorInfo]?
        var inputBytes = 0
        var jobs: [ObjectIdentifier: InferenceJob] = [:]
        var waitingForLoad: [@Sendable () -> Void] = []
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
        await withCheckedContinuation { continuation in whenLoaded { continuation.resume() } }
        try checkLoaded()
    }

    /// Calls `body` once, when no worker is loading any more: on the thread of the last one, or at once.
    func whenLoaded(_ body: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if state.workersLoading > 0 { state.waitingForLoad.append(body) }
            return state.workersLoading == 0
        }
        if isOver { body() }
    }

    func checkLoaded() throws {
        let (loaded, why) = state.withLock { ($0.workersLoaded, $0.reasons) }
        let failed = model.members.indices.filter { loaded[$0] == 0 }.map { ($0, why[$0]) }
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
        let waiting = state.withLock { state -> [@Sendable () -> Void] in
            state.workersLoading -= 1
            switch result {
            case .success(let form):
                state.memberInputs[member] = form.inputs
                state.workersLoaded[member] += 1
            case .failure(let error): if state.reasons[member] == nil { state.reasons[member] = "\(error)" }
            }
            guard state.workersLoading == 0 else { return [] }
            mergeInputs(&state)
            if state.phase == .loading { state.phase = .serving }
            // Nobody would ever take from the queue of a member without workers.
            for member in model.members.indices where state.workersLoaded[member] == 0 { queues[member].close() }
            defer { state.waitingForLoad = [] }
            return state.waitingForLoad
        }
        for body in waiting { body() }
    }

    /// Puts the inputs of all members together; each may use some of them. A member that contradicts those before it is left out.
    private func mergeInputs(_ state: inout sending State) {
        var merged: [TensorInfo] = []
        for member in model.members.indices {
            let inputs = state.memberInputs[member] ?? []
            func contradicts(_ one: TensorInfo, _ other: TensorInfo) -> Bool {
                one.name == other.name && (one.datatype != other.datatype || one.shape.dropFirst() != other.shape.dropFirst())
            }
            if let input = inputs.first(where: { input in merged.contains { contradicts($0, input) } }) {
                state.workersLoaded[member] = 0
                state.reasons[member] =
                    "takes input '\(input.name)' as \(input.datatype.protocolName) \(input.shape), members before it take it in another form"
                continue
            }
            merged += inputs.filter { input in !merged.contains { $0.name == input.name } }
        }
        state.inputs = merged
    }
}
