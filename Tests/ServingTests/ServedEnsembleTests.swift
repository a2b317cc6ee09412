import OnnxRuntime
import Placement
import Serving
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct ServedEnsembleTests {
    @Test func answersAreTheWeightedMean() async throws {
        let swap = ScriptedEngine { values in stride(from: 0, to: values.count, by: 2).flatMap { [values[$0 + 1], values[$0]] } }
        let ensemble = try await Served.start(Served.model([("a", 3, .echo), ("b", 1, swap)], batch: [[4, 2]]))
        let response = try await ensemble.infer(Served.request([1, 0, 0.5, 0.5, 0, 1]))
        #expect(response["probabilities"] == (try .float([0.75, 0.25, 0.5, 0.5, 0.25, 0.75], [3, 2])))
        // The lower index wins the tie.
        #expect(response["prediction"]?.strings == ["no", "no", "yes"])
        #expect(response.membersMissing.isEmpty)
        #expect(response.parameters.isEmpty)
        #expect(try ensemble.metadata().outputs.map(\.name) == ["probabilities", "prediction"])
        let only = try await ensemble.infer(Served.request([1, 0], outputs: ["prediction"]))
        #expect(only.outputs.map(\.name) == ["prediction"])
        await ensemble.shutdown()
    }

    @Test func regressionGivesValuesTwice() async throws {
        let engine = ScriptedEngine(
            outputs: [TensorInfo(name: "anything", datatype: .fp32, shape: [-1, 1])], body: { $0 })
        struct Sum: ModelEngine {
            let inputs: [TensorInfo]
            let outputs: [TensorInfo]
            func run(_ values: [String: TensorValue], outputs wanted: [String]?) throws -> [String: TensorValue] {
                let x = values["x"]?.floats ?? []
                return ["anything": try .float(stride(from: 0, to: x.count, by: 2).map { x[$0] + x[$0 + 1] }, [x.count / 2, 1])]
            }
        }
        var model = try Served.model([("a", 1, engine)], batch: [[2]])
        model.task = .regression
        model.members = [ServedMember(id: "a", weight: 2) { _ in Sum(inputs: engine.inputs, outputs: engine.outputs) }]
        let ensemble = try await Served.start(model)
        let response = try await ensemble.infer(Served.request([1, 2, 3, 4, 5, 6]))
        #expect(response["values"] == (try .float([3, 7, 11], [3, 1])))
        #expect(response["prediction"] == response["values"])
        await ensemble.shutdown()
    }

    @Test func resultsDoNotDependOnTiming() async throws {
        // Weights and numbers whose sum depends on its order in the last bit.
        let members = (0..<5).map { index in
            (id: "m\(index)", weight: 1 / Double(index + 3), engine: ScriptedEngine { values in values.map { $0 / Float(index + 7) } })
        }
        let rows = (0..<400).map { Float($0) * 0.1 }
        var seen: Set<TensorValue> = []
        for batch in [[[1, 2, 3, 4, 5]], [[7, 1, 7, 1, 7], [1, 64, 3, 64, 1]]] {
            let ensemble = try await Served.start(Served.model(members, batch: batch))
            for _ in 0..<20 { seen.insert(try #require(try await ensemble.infer(Served.request(rows))["probabilities"])) }
            await ensemble.shutdown()
        }
        #expect(seen.count == 1)
    }

    @Test func requestsAreMergedIntoBatchesAndComeApartAgain() async throws {
        let gate = Gate()
        let sizes = Mutex<[Int]>([])
        let engine = ScriptedEngine { values in
            gate.pass()
            sizes.withLock { $0.append(values.count / 2) }
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, engine)], batch: [[8]]))
        try await withThrowingTaskGroup(of: (Float, [Float]?).self) { group in
            for index in 0..<20 {
                group.addTask {
                    let value = Float(index)
                    return (value, try await ensemble.infer(Served.request([value, -value, value, value]))["probabilities"]?.floats)
                }
            }
            #expect(await eventually { gate.arrivals == 1 && ensemble.pendingCount == 20 && ensemble.memberStatistics[0].queuedRows >= 30 })
            gate.open()
            for try await (value, answer) in group { #expect(answer == [value, -value, value, value]) }
        }
        let found = sizes.withLock { $0 }
        #expect(found.reduce(0, +) == 40)
        #expect(found.allSatisfy { $0 <= 8 } && found.contains(8), "\(found)")
        let statistics = ensemble.memberStatistics[0].statistics
        #expect(statistics.rowCount == 40)
        #expect(statistics.executionCount == UInt64(found.count))
        #expect(ensemble.statistics.success.count == 20)
        #expect(ensemble.latencies.count == 20)
        await ensemble.shutdown()
    }

    @Test func workersOfAMemberShareItsRequests() async throws {
        let gate = Gate()
        let engine = ScriptedEngine { values in
            gate.pass()
            return values
        }
        let ensemble = try await Served.start(Served.model([("a", 1, engine)], batch: [[2], [2]]))
        async let answer = ensemble.infer(Served.request([1, 2, 3, 4, 5, 6, 7, 8]))
        // Both devices are in a call at once, each with its own rows.
        #expect(await eventually { gate.arrivals == 2 })
        gate.open()
        #expect(try await answer["probabilities"]?.floats == [1, 2, 3, 4, 5, 6, 7, 8])
        await ensemble.shutdown()
    }

    @Test func noRowsAreAnAnswerToo() async throws {
        let ensemble = try await Served.start(Served.model([("a", 1, .echo)], batch: [[2]]))
        let response = try await ensemble.infer(Served.request([]))
        #expect(response["probabilities"]?.shape == [0, 2])
        #expect(response["prediction"]?.shape == [0])
        await ensemble.shutdown()
    }

    @Test func requestsThatDoNotFitAreRefused() async throws {
        let ensemble = try await Served.start(Served.model([("a", 1, .echo)], batch: [[2]]) { $0.requestRowsLimit = 3 })
        func message(_ inputs: [String: TensorValue], outputs: [String] = []) async -> String {
            do {
                _ = try await ensemble.infer(InferRequest(inputs: inputs, outputs: outputs))
                return "no error"
            } catch let error as ServingError { return error.code == .invalidArgument ? error.message : "code \(error.code)" } catch {
                return "\(error)"
            }
        }
        let good = try TensorValue.float([1, 2], [1, 2])
        #expect(await message([:]).contains("input 'x' is missing"))
        #expect(await message(["x": good, "y": good]).contains("unexpected inference input 'y'"))
        #expect(await message(["x": try .double([1, 2], [1, 2])]).contains("FP64 [1, 2] was given"))
        #expect(await message(["x": try .float([1, 2, 3], [1, 3])]).contains("FP32 [1, 3] was given"))
        #expect(await message(["x": good], outputs: ["z"]).contains("unexpected inference output 'z'"))
        #expect(await message(["x": try .float([Float](repeating: 0, count: 8), [4, 2])]).contains("may have 3 rows; got 4"))
        #expect(ensemble.statistics.failures[.other]?.count == 6)
        #expect(ensemble.pendingCount == 0)
        await ensemble.shutdown()
    }

    @Test func definitionsThatContradictThemselvesAreErrors() throws {
        let good = try Served.model([("a", 1, .echo)], batch: [[2]])
        for change: (inout ServedModel) -> Void in [
            { $0.members = [] }, { $0.members[0].weight = 0 }, { $0.members[0].weight = .nan }, { $0.devices = [] },
            { $0.members[0].id = "other" }, { $0.task = .classification(classes: []) }, { $0.matrix[0, 0] = 0 },
        ] {
            var model = good
            change(&model)
            #expect { try ServedEnsemble(model) } throws: { ($0 as? ServingError)?.code == .invalidModel }
        }
    }
}
