import Learning
import OnnxRuntime
import Placement
import Serving
import Testing

@Suite(.timeLimit(.minutes(2))) struct ModelRepositoryTests {
    private func named(_ name: String, _ model: ServedModel) -> ServedModel {
        var model = model
        model.name = name
        return model
    }

    @Test func modelsComeAndGo() async throws {
        let model = try Served.model([("a", 1, .echo)], batch: [[2]])
        let repository = try ModelRepository([named("best", model), named("fast", model)])
        #expect(!repository.isReady && repository.isLive)
        #expect(await repository.loadAll().isEmpty)
        #expect(repository.isReady)
        #expect(repository.index().map(\.state) == [.ready, .ready])
        #expect(try await repository.infer(Served.request([1, 0]), model: "fast", version: "1")["prediction"]?.strings == ["no"])
        try await repository.unload("fast")
        #expect(!repository.isReady)
        #expect(repository.index().map(\.state) == [.ready, .unavailable])
        await #expect {
            try await repository.infer(Served.request([1, 0]), model: "fast")
        } throws: { ($0 as? ServingError)?.code == .unavailable }
        try await repository.load("fast")
        #expect(repository.isReady)
        for (name, version) in [("none", nil), ("best", "2")] {
            #expect { try repository.ensemble(named: name, version: version) } throws: { error in
                (error as? ServingError)?.code == .notFound && "\(error)".hasPrefix("Request for unknown model")
            }
        }
        repository.beginDraining()
        #expect(!repository.isReady && repository.isLive)
        await repository.shutdown()
        #expect(throws: ServingError.self) { try ModelRepository([model, model]) }
    }

    @Test func aModelThatDoesNotLoadSaysWhy() async throws {
        var broken = try Served.model([("a", 1, .echo), ("b", 1, .echo)], batch: [[2, 2]])
        broken.members = ["a", "b"].map { ServedMember(id: $0, weight: 1) { _ in throw Fault(description: "no such file") } }
        var half = named("half", broken)
        half.members[0] = ServedMember(id: "a", weight: 1) { _ in ScriptedEngine.echo }
        let repository = try ModelRepository([broken, half], strictReadiness: false)
        let failed = await repository.loadAll()
        #expect(failed.keys.sorted() == ["best", "half"])
        #expect(failed["best"]?.contains("failed to load 'best'") == true && failed["best"]?.contains("no such file") == true)
        #expect(repository.index().map(\.state) == [.unavailable, .unavailable])
        // With some of its members a model still answers, and says so.
        let response = try await repository.infer(Served.request([1, 0]), model: "half")
        #expect(response.membersMissing == ["b"])
        await repository.shutdown()
    }

    @Test func membersMustAgreeOnInputs() async throws {
        let other = ScriptedEngine(inputs: [TensorInfo(name: "x", datatype: .fp64, shape: [-1, 2])], body: { $0 })
        let fixed = ScriptedEngine(inputs: [TensorInfo(name: "x", datatype: .fp32, shape: [1, 2])], body: { $0 })
        for (engine, text) in [(other, "FP64"), (fixed, "first axis")] {
            let ensemble = try ServedEnsemble(Served.model([("a", 1, .echo), ("b", 1, engine)], batch: [[2, 2]]))
            await #expect { try await ensemble.loaded() } throws: { "\($0)".contains(text) }
            #expect(try await ensemble.infer(Served.request([1, 0])).membersMissing == ["b"])
            await ensemble.shutdown()
        }
    }

    @Test func throughputIsThatOfTheWorkers() throws {
        let rows = try TensorValue.float([Float](repeating: 0.5, count: 200), [100, 2])
        let model = try Served.model([("a", 1, .echo), ("b", 1, .echo)], batch: [[8, 8], [0, 8]])
        let rate = try ThroughputMeter.measure(model, seconds: 0.05) { infos in
            #expect(infos.map(\.name) == ["x"])
            return ["x": rows]
        }
        #expect(rate > 0 && rate.isFinite)
        let broken = try Served.model(
            [("a", 1, .echo), ("b", 1, ScriptedEngine { _ in throw Fault(description: "out of order") })], batch: [[8, 8]])
        #expect { try ThroughputMeter.measure(broken, seconds: 0.05) { _ in ["x": rows] } } throws: { "\($0)".contains("out of order") }
        #expect(throws: ServingError.self) { try ThroughputMeter.measure(model, seconds: 0.05) { _ in [:] } }
    }
}
