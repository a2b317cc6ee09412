import Synchronization

extension ServedEnsemble {
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

    /// Ends the threads without waiting for them.
    func abandon() {
        state.withLock { $0.phase = .over }
        for queue in queues { queue.close() }
    }
}
