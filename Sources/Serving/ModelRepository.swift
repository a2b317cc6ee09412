import Synchronization

/// The served models of a process, by name.
public final class ModelRepository: Sendable {
    /// A model's line in the repository's index.
    public struct Entry: Sendable, Hashable {
        /// In the words of the Open Inference Protocol.
        public enum State: String, Sendable {
            case ready = "READY"
            case unavailable = "UNAVAILABLE"
            case loading = "LOADING"
            case unloading = "UNLOADING"
        }

        public var name: String
        public var version: String
        public var state: State
        /// Why it is not ready; empty otherwise.
        public var reason: String
    }

    private struct Slot {
        let model: ServedModel
        var running: ServedEnsemble?
        var reason = "not loaded yet"
    }

    private let slots: Mutex<[String: Slot]>
    private let isDraining = Mutex(false)
    /// In the order given.
    public let names: [String]
    /// Whether one model that is not ready makes the server not ready.
    public let strictReadiness: Bool

    /// - Throws: ``ServingError`` `.invalidModel` where two models have one name.
    public init(_ models: [ServedModel], strictReadiness: Bool = true) throws {
        guard Set(models.map(\.name)).count == models.count else {
            throw ServingError(.invalidModel, "several served models have one name: \(models.map(\.name).joined(separator: ", "))")
        }
        names = models.map(\.name)
        slots = Mutex(Dictionary(uniqueKeysWithValues: models.map { ($0.name, Slot(model: $0)) }))
        self.strictReadiness = strictReadiness
    }

    /// Loads every model, all at once. A failure becomes the model's reason in ``index()``.
    /// - Returns: the models that failed, with reasons.
    @discardableResult
    public func loadAll() async -> [String: String] {
        await withTaskGroup(of: (String, String?).self) { group in
            for name in names {
                group.addTask {
                    do {
                        try await self.load(name)
                        return (name, nil)
                    } catch { return (name, "\(error)") }
                }
            }
            var failed: [String: String] = [:]
            for await (name, reason) in group { failed[name] = reason }
            return failed
        }
    }

    /// Loads a model of the repository; one that runs is left as it is.
    /// - Throws: ``ServingError``; the message contains "failed to load".
    public func load(_ name: String) async throws {
        let ensemble = try slots.withLock { slots -> ServedEnsemble in
            guard let slot = slots[name] else {
                throw ServingError(
                    .invalidArgument, "failed to load '\(name)': there is no such model; there are \(names.joined(separator: ", "))")
            }
            if let running = slot.running { return running }
            do {
                let ensemble = try ServedEnsemble(slot.model)
                slots[name]?.running = ensemble
                return ensemble
            } catch {
                slots[name]?.reason = "\(error)"
                throw ServingError(.invalidModel, "failed to load '\(name)': \(error)")
            }
        }
        do {
            try await ensemble.loaded()
        } catch {
            // With some members missing it still answers. With all of them missing a later load begins anew.
            if case .unavailable = ensemble.servedState {
                await ensemble.shutdown()
                forget(ensemble, name, reason: "\(error)")
            }
            throw error
        }
    }

    /// Answers what the model has accepted, then frees it.
    /// - Throws: ``ServingError`` `.notFound`.
    public func unload(_ name: String) async throws {
        let ensemble = try slots.withLock { slots -> ServedEnsemble? in
            guard let slot = slots[name] else { throw unknown(name) }
            return slot.running
        }
        await ensemble?.shutdown()
        if let ensemble { forget(ensemble, name, reason: "unloaded") }
    }

    private func forget(_ ensemble: ServedEnsemble, _ name: String, reason: String) {
        slots.withLock { slots in
            guard slots[name]?.running === ensemble else { return }
            slots[name]?.running = nil
            slots[name]?.reason = reason
        }
    }

    /// The running model of a name.
    /// - Parameter version: nil or empty for any; there is only ``ServedEnsemble/version``.
    /// - Throws: ``ServingError`` `.notFound`, or `.unavailable` where it is not loaded.
    public func ensemble(named name: String, version: String? = nil) throws -> ServedEnsemble {
        let slot = slots.withLock { $0[name] }
        guard let slot else { throw unknown(name) }
        if let version, !version.isEmpty, version != ServedEnsemble.version {
            throw ServingError(
                .notFound, "Request for unknown model: '\(name)' has no version \(version); it has version \(ServedEnsemble.version)")
        }
        guard let running = slot.running else { throw ServingError(.unavailable, "model '\(name)' is not available: \(slot.reason)") }
        return running
    }

    /// Predicts with the model of a name.
    /// - Throws: as ``ensemble(named:version:)`` and ``ServedEnsemble/infer(_:)``.
    public func infer(_ request: InferRequest, model name: String, version: String? = nil) async throws -> InferResponse {
        try await ensemble(named: name, version: version).infer(request)
    }

    /// Models that run, in order.
    public var running: [ServedEnsemble] {
        slots.withLock { slots in names.compactMap { slots[$0]?.running } }
    }

    public func index() -> [Entry] {
        let slots = slots.withLock { $0 }
        return names.compactMap { name in slots[name].map { entry(name, $0) } }
    }

    /// False where every worker of every running model is stuck in its engine: nothing will ever be answered again.
    public var isLive: Bool {
        let serving = running.filter { ensemble in
            if case .unavailable = ensemble.servedState {
                return ensemble.workers.contains { if case .serving = $0.state { true } else { false } }
            }
            return true
        }
        return serving.isEmpty || serving.contains { if case .unavailable = $0.servedState { false } else { true } }
    }

    /// Whether models are loaded and the server is not on its way out.
    public var isReady: Bool {
        guard !isDraining.withLock({ $0 }) else { return false }
        let states = index().map(\.state)
        return strictReadiness ? states.allSatisfy { $0 == .ready } : states.contains(.ready)
    }

    /// From now on the server is not ready, so that no more clients are sent here. Requests are still accepted.
    public func beginDraining() { isDraining.withLock { $0 = true } }

    /// Shuts every model down, all at once.
    public func shutdown(within limit: Duration = .seconds(30)) async {
        beginDraining()
        await withTaskGroup { group in
            for ensemble in running { group.addTask { await ensemble.shutdown(within: limit) } }
        }
    }

    private func entry(_ name: String, _ slot: Slot) -> Entry {
        let (state, reason): (Entry.State, String) =
            switch slot.running?.servedState {
            case nil: (.unavailable, slot.reason)
            case .ready: (.ready, "")
            case .loading: (.loading, "")
            case .draining: (.unloading, "finishing accepted requests")
            case .degraded(let missing): (.unavailable, "answers without \(missing.joined(separator: ", "))")
            case .unavailable(let reason): (.unavailable, reason)
            }
        return Entry(name: name, version: ServedEnsemble.version, state: state, reason: reason)
    }

    private func unknown(_ name: String) -> ServingError {
        ServingError(.notFound, "Request for unknown model: '\(name)' is not found")
    }
}
