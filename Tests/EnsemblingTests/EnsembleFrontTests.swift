import Ensembling
import Foundation
import Learning
import Testing
import TuttiTesting

struct EnsembleFrontTests {
    @Test(arguments: [Metric.logLoss, .accuracy, .auc, .rmse].map(\.id), 0..<2)
    func `names, order and limits hold`(id: String, seed: Int) throws {
        let metric = try #require(Metric.all.first { $0.id == id })
        let library = ToyLibrary(models: 14, rows: 100, classes: metric == .rmse ? 1 : 3, seed: UInt64(seed))
        let limits = CostLimits(latencyMs: 12, memoryBytes: 9_000_000, models: 6)
        for limits in [CostLimits(), limits] {
            let front = try EnsembleFront.build(library.candidates, truth: library.truth, metric: metric, limits: limits, seed: 1)
            let names = front.ensembles.map(\.name)
            #expect(names.prefix(3) == ["best", "balanced", "fast"])
            #expect(Set(names).count == names.count && names.count <= EnsembleFront.shownLimit)
            for ensemble in front.ensembles {
                #expect(limits.allow(ensemble))
                #expect(library.slips(in: ensemble, metric) == [])
            }
            let (best, balanced, fast) = (front.ensembles[0], front.ensembles[1], front.ensembles[2])
            for (dear, cheap) in [(best, balanced), (balanced, fast)] {
                let comparison = PairedComparison(library.predictions(of: cheap), library.predictions(of: dear), truth: library.truth, metric: metric)
                #expect(!comparison.isClearlyBetter, "\(cheap.name) is clearly better than \(dear.name): \(comparison)")
                #expect(dear.msPerRow >= cheap.msPerRow)
            }
            let rest = front.ensembles.dropFirst(3)
            #expect(rest.allSatisfy { $0.score <= best.score && $0.msPerRow <= best.msPerRow })
            #expect(zip(rest, rest.dropFirst()).allSatisfy { $0.msPerRow < $1.msPerRow && $0.score < $1.score })
            let shuffled = try EnsembleFront.build(library.candidates.reversed(), truth: library.truth, metric: metric, limits: limits, seed: 1)
            #expect(shuffled == front)
        }
    }

    @Test func `one model alone carries all three names`() throws {
        let library = ToyLibrary(models: 1, rows: 50, classes: 2, seed: 1)
        let front = try EnsembleFront.build(library.candidates, truth: library.truth, metric: .logLoss, seed: 1)
        #expect(front.ensembles.map(\.name) == ["best", "balanced", "fast"])
        #expect(Set(front.ensembles.map(\.members)).count == 1)
    }

    @Test func `no ensemble of a front beats another in both`() {
        func ensemble(_ score: Double, _ ms: Double) -> Ensemble {
            Ensemble(name: "", members: [.init(id: "\(score)", weight: 1)], score: score, latencyMs: ms, msPerRow: ms, memoryBytes: 0, sizeBytes: 0)
        }
        let front = EnsembleFront.nonDominated([ensemble(0.5, 2), ensemble(0.4, 1), ensemble(0.5, 3), ensemble(0.3, 1), ensemble(0.9, 9), ensemble(0.2, 8)])
        #expect(front.map(\.score) == [0.4, 0.5, 0.9])
    }

    @Test func `a library whose speed was not measured still has a front, and its document can be stored`() throws {
        var library = ToyLibrary(models: 4, rows: 50, classes: 2, seed: 1)
        for index in library.candidates.indices { library.candidates[index].cost = Cost() }
        let front = try EnsembleFront.build(library.candidates, truth: library.truth, metric: .logLoss, seed: 1)
        #expect(front.ensembles[0].msPerRow == .infinity)
        try expectRoundTrip(front)
    }

    @Test func `the document is stored, read, filtered and asked by name`() throws {
        let library = ToyLibrary(models: 12, rows: 100, classes: 3, seed: 2)
        let front = try EnsembleFront.build(library.candidates, truth: library.truth, metric: .accuracy, seed: 1)
        try expectRoundTrip(front)
        #expect(try front.ensemble(named: "fast").name == "fast")
        #expect(throws: EnsembleError.self) { try front.ensemble(named: "slow") }
        let limits = CostLimits(models: 1)
        #expect(front.filtered(by: limits).ensembles.allSatisfy { $0.members.count == 1 })
        #expect(Set(front.models).isSuperset(of: front.ensembles[0].members.map(\.id)))
        let error = #expect(throws: EnsembleError.self) { try EnsemblesDocument(contentsOf: URL(fileURLWithPath: "/nowhere/ensembles.json")) }
        #expect(error?.code == .badDocument)
    }

    private func expectRoundTrip(_ document: EnsemblesDocument) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "ensembles-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try document.write(to: file)
        #expect(try EnsemblesDocument(contentsOf: file) == document)
    }
}
