import Datasets
import Ensembling
import Learning
import Testing
import TuttiTesting

struct SelectorsTests {
    @Test(arguments: Selectors.all.map(\.card.id), 0..<2)
    func `every selector conforms`(id: String, seed: Int) throws {
        #expect(try SelectorConformance.violations(of: Selectors.make(id), seed: UInt64(seed)) == [])
    }

    @Test func `ids are distinct, and an unknown one is refused with those there are`() throws {
        #expect(Set(Selectors.all.map(\.card.id)).count == Selectors.all.count)
        let error = #expect(throws: EnsembleError.self) { try Selectors.make("gredy") }
        #expect(error?.code == .unknown)
        #expect(error?.message.contains("greedy, single, exhaustive") == true)
    }

    @Test func `the error for impossible limits names the cheapest model and the limit`() {
        let library = ToyLibrary(models: 5, rows: 30, classes: 2, seed: 3)
        let cheapest = library.candidates.min { $0.cost.singleRowMs < $1.cost.singleRowMs }
        let error = #expect(throws: EnsembleError.self) {
            try GreedySelection().select(from: library.candidates, truth: library.truth, metric: .auc, limits: CostLimits(latencyMs: 0.01), seed: 0)
        }
        #expect(error?.message.contains("0.01 ms") == true)
        #expect(error?.message.contains("'\(cheapest?.id ?? "")'") == true)
    }

    @Test func `data that does not belong together is refused`() {
        let library = ToyLibrary(models: 3, rows: 30, classes: 2, seed: 3)
        func code(_ change: (inout [Candidate]) -> Void, _ metric: Metric = .auc) -> EnsembleError.Code? {
            var candidates = library.candidates
            change(&candidates)
            let error = #expect(throws: EnsembleError.self) {
                try GreedySelection().select(from: candidates, truth: library.truth, metric: metric, limits: CostLimits(), seed: 0)
            }
            return error?.code
        }
        #expect(code { $0[1].predictions = Predictions(width: 2, values: [0, 1]) } == .badData)
        #expect(code { $0[1].id = $0[0].id } == .badData)
        #expect(code({ _ in }, .rmse) == .badData)
        #expect(code { for index in $0.indices { $0[index].predictions.values[0] = .nan } } == .noCandidates)
    }

    @Test func `a metric that the truth does not define is refused`() {
        let library = ToyLibrary(models: 3, rows: 30, classes: 2, seed: 3)
        let error = #expect(throws: EnsembleError.self) {
            try GreedySelection().select(
                from: library.candidates, truth: .classes([Int32](repeating: 1, count: 30), names: ["a", "b"]), metric: .auc, limits: CostLimits(), seed: 0)
        }
        #expect(error?.code == .badData)
    }
}
