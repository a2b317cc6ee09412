import Datasets
import Testing

@testable import Tutti

@Suite("The rows of a run")
struct RunDataTests {
    @Test(arguments: [(100, 0.25), (24_000, 0.25), (30_000, 0.2), (60_000, 0.1), (1_000_000, 0.1)])
    func theShareHeldOutFallsWithTheNumberOfRows(rows: Int, share: Double) {
        #expect(abs(RunData.validationShare(rowCount: rows) - share) < 1e-12)
    }

    @Test func bothSidesTogetherAreAllRowsAndTheSeedDecidesWhich() {
        let values = (0..<200).map(Double.init)
        let data = Dataset(
            name: "rows", features: .table(Table(columns: [Column(name: "a", kind: .number, values: .numbers(values))], rowCount: 200)), targetName: "y",
            target: .values(values))
        func held(_ seed: UInt64) -> [Double] {
            guard case .values(let held) = RunData.split(data, seed: seed).validation.target else { return [] }
            return held
        }
        guard case .values(let trained) = RunData.split(data, seed: 1).training.target else {
            Issue.record("no target")
            return
        }
        #expect(held(1).count == 50)
        #expect(Set(held(1)).union(trained) == Set(values) && trained.count == 150)
        #expect(held(1) == held(1) && held(1) != held(2))
    }

    @Test func onlyRowsWithAnAnswerAreCounted() {
        #expect(Dataset.Target.classes([0, -1, 1], names: ["a", "b"]).knownCount == 2)
        #expect(Dataset.Target.values([1, .nan]).knownCount == 1)
    }
}
