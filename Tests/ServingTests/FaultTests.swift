import OnnxRuntime
import Serving
import Synchronization
import Testing

/// What happens when members fail, stall or are late, and when more is asked than can be done.
@Suite(.timeLimit(.minutes(2))) struct FaultTests {
    @Test func aMemberThatFailsIsLeftOut() async throws {
        let broken = ScriptedEngine { _ in throw Fault(description: "the disk is on fire") }
        let ensemble = try await Served.start(Served.model([("a", 3, .echo), ("b", 1, broken)], batch: [[4, 4]]))
        let response = try await ensemble.infer(Served.request([0.25, 0.75]))
        #expect(response["probabilities"]?.floats == [0.25, 0.75])
        #expect(response.membersMissing == ["b"])
        #expect(response.parameters == ["members_missing": .string("b")])
        #expect(ensemble.statistics.degradedCount == 1)
        #expect(ensemble.memberStatistics[1].statistics.fail.count == 1)
        await ensemble.shutdown()
    }

    @Test func itIsAnErrorWhereNoMemberAnswers() async throws {
        let broken = ScriptedEngine { _ in throw Fault(description: "the disk is on fire") }
        let wrong = ScriptedEngine { _ in [1, 2, 3, 4, 5, 6] }
        let infinite = ScriptedEngine { $0.map { _ in .infinity } }
        let ensemble = try await Served.start(Served.model([("a", 1, broken), ("b", 1, wrong), ("c", 1, infinite)], batch: [[4, 4, 4]]))
        await #expect {
            try await ensemble.infer(Served.request([1, 2]))
        } throws: { error in
            let message = (error as? ServingError)?.message ?? ""
            return (error as? ServingError)?.code == .failed && message.contains("the disk is on fire") && message.contains("not finite")
                && message.contains("for 1 rows")
        }
        #expect(ensemble.statistics.failures[.backend]?.count == 1)
        await ensemble.shutdown()
    }

    @Test func oneBadRequestDoesNotSpoilItsBatch() async throws {
        let gate = Gate()
        let picky = ScriptedEngine { values in
            gate.pass()
            if values.contains(-1) { throw Fault(description: "negative") }
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, picky)], batch: [[16]]))
        let answers = await withTaskGroup(of: (Int, [Float]?).self) { group in
            for index in 0..<10 {
                group.addTask {
                    let value: Float = index == 4 ? -1 : Float(index)
                    return (index, try? await ensemble.infer(Served.request([value, value]))["probabilities"]?.floats)
                }
            }
            _ = await eventually { ensemble.pendingCount == 10 }
            gate.open()
            return await group.reduce(into: [Int: [Float]?]()) { $0[$1.0] = .some($1.1) }
        }
        for index in 0..<10 { #expect(answers[index] == .some(index == 4 ? nil : [Float(index), Float(index)])) }
        await ensemble.shutdown()
    }

    @Test func aStalledMemberMissesTheDeadline() async throws {
        let gate = Gate()
        let stalled = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let model = try Served.model([("a", 1, .echo), ("b", 1, stalled)], batch: [[4, 4]]) { $0.stallLimit = .milliseconds(20) }
        let ensemble = try await Served.start(model)
        #expect(ensemble.isReady)
        let response = try await ensemble.infer(Served.request([1, 2], timeout: .milliseconds(50)))
        #expect(response.membersMissing == ["b"])
        // The supervisor sees that the worker hangs; another request is not kept waiting by it longer than its own deadline.
        #expect(await eventually { ensemble.servedState == .degraded(missing: ["b"]) })
        #expect(try ensemble.metadata().membersMissing == ["b"])
        #expect(try await ensemble.infer(Served.request([1, 2], timeout: .milliseconds(20)))["probabilities"]?.floats == [1, 2])
        #expect(ensemble.memberStatistics[1].queuedRows == 0)
        gate.open()
        #expect(await eventually { ensemble.isReady })
        await ensemble.shutdown()
    }

    @Test func theDeadlineIsAnErrorWhereNobodyHasAnswered() async throws {
        let gate = Gate()
        let stalled = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, stalled)], batch: [[4]]))
        await #expect {
            try await ensemble.infer(Served.request([1, 2], timeout: .milliseconds(20)))
        } throws: { ($0 as? ServingError)?.code == .deadlineExceeded }
        gate.open()
        await ensemble.shutdown()
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let gate = Gate()
        let stalled = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let ensemble = try await Served.start(
            Served.model([("a", 1, stalled), ("b", 1, .echo)], batch: [[1, 1]]) { $0.queuedRowsLimit = 4 })
        let first = Task { try await ensemble.infer(Served.request([0, 0])) }
        #expect(await eventually { gate.arrivals == 1 })
        let waiting = (0..<4).map { _ in Task { try await ensemble.infer(Served.request([0, 0])) } }
        #expect(await eventually { ensemble.memberStatistics[0].queuedRows == 4 })
        await #expect {
            try await ensemble.infer(Served.request([0, 0]))
        } throws: { ($0 as? ServingError)?.code == .unavailable }
        // The refused request leaves nothing behind in the other queue.
        #expect(await eventually { ensemble.memberStatistics[1].queuedRows == 0 })
        gate.open()
        for task in [first] + waiting { #expect(try await task.value.membersMissing.isEmpty) }
        #expect(ensemble.statistics.failures[.rejected]?.count == 1)
        await ensemble.shutdown()
    }

    @Test func cancellingDropsWhatIsQueued() async throws {
        let gate = Gate()
        let rows = Mutex(0)
        let stalled = ScriptedEngine { values in
            gate.pass()
            rows.withLock { $0 += values.count / 2 }
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, stalled)], batch: [[1]]))
        let first = Task { try await ensemble.infer(Served.request([0, 0])) }
        #expect(await eventually { gate.arrivals == 1 })
        let second = Task { try await ensemble.infer(Served.request([Float](repeating: 0, count: 200))) }
        #expect(await eventually { ensemble.memberStatistics[0].queuedRows == 100 })
        second.cancel()
        await #expect {
            try await second.value
        } throws: { ($0 as? ServingError)?.code == .cancelled }
        #expect(ensemble.memberStatistics[0].queuedRows == 0)
        gate.open()
        _ = try await first.value
        await ensemble.shutdown()
        #expect(rows.withLock { $0 } == 1)
    }

    @Test func inputMemoryIsBounded() async throws {
        let ensemble = try await Served.start(Served.model([("a", 1, .echo)], batch: [[4]]) { $0.inputBytesLimit = 100 })
        _ = try await ensemble.infer(Served.request([Float](repeating: 0, count: 24)))
        await #expect {
            try await ensemble.infer(Served.request([Float](repeating: 0, count: 26)))
        } throws: { ($0 as? ServingError)?.code == .unavailable }
        await ensemble.shutdown()
    }

    @Test func shutdownAnswersWhatWasAccepted() async throws {
        let gate = Gate()
        let engine = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, engine)], batch: [[1]]))
        let accepted = (0..<5).map { index in Task { try await ensemble.infer(Served.request([Float(index), 0])) } }
        #expect(await eventually { ensemble.pendingCount == 5 && gate.arrivals == 1 })
        let shutdown = Task { await ensemble.shutdown() }
        #expect(await eventually { ensemble.servedState == .draining })
        await #expect {
            try await ensemble.infer(Served.request([0, 0]))
        } throws: { ($0 as? ServingError)?.code == .unavailable }
        gate.open()
        for (index, task) in accepted.enumerated() { #expect(try await task.value["probabilities"]?.floats == [Float(index), 0]) }
        await shutdown.value
        #expect(ensemble.servedState == .unavailable(reason: "unloaded"))
    }

    @Test func shutdownDoesNotWaitForeverForAStuckEngine() async throws {
        let gate = Gate()
        let stuck = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, stuck)], batch: [[1]]))
        let pending = Task { try await ensemble.infer(Served.request([0, 0])) }
        #expect(await eventually { gate.arrivals == 1 })
        await ensemble.shutdown(within: .milliseconds(50))
        await #expect(throws: ServingError.self) { try await pending.value }
        gate.open()
    }
}
