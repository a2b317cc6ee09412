import Datasets
import Search
import Testing

@testable import Tutti

@Suite("The rows of a run")
struct RunDataTests {
    private func table(_ columns: [Column], _ target: [Double]) -> Dataset {
        Dataset(name: "rows", features: .table(Table(columns: columns, rowCount: target.count)), targetName: "y", target: .values(target))
    }

    private func numbers(_ name: String, _ values: [Double]) -> Column { Column(name: name, kind: .number, values: .numbers(values)) }

    private func values(_ data: Dataset) -> [Double] {
        guard case .values(let values) = data.target else { return [] }
        return values
    }

    @Test(arguments: [(100, 0.25), (24_000, 0.25), (30_000, 0.2), (60_000, 0.1), (1_000_000, 0.1)])
    func theShareHeldOutFallsWithTheNumberOfRows(rows: Int, share: Double) throws {
        guard case .holdout(let advised) = Resampling.advisedHoldout(rowCount: rows) else { throw TuttiError(.internalFault, "no holdout") }
        #expect(abs(advised - share) < 1e-12)
    }

    @Test func bothSidesTogetherAreAllRowsAndTheSeedDecidesWhich() throws {
        let all = (0..<200).map(Double.init)
        let plan = ResamplingPlan(.holdout(share: 0.25))
        func rows(_ seed: UInt64) throws -> RunData { try RunData(table([numbers("a", all)], all), plan: plan, seed: seed) }
        let held = values(try rows(1).validation)
        let trained = values(try rows(1).training(0))
        #expect(held.count == 50)
        #expect(Set(held).union(trained) == Set(all) && trained.count == 150)
        #expect(try values(rows(1).validation) == held)
        #expect(try values(rows(2).validation) != held)
    }

    @Test func everyRowIsJudgedByModelsThatHaveNotSeenIt() throws {
        let all = (0..<60).map(Double.init)
        let rows = try RunData(table([numbers("a", all)], all), plan: ResamplingPlan(.crossValidation(folds: 5, repeats: 2)), seed: 3)
        #expect(rows.divisions.count == 10 && values(rows.validation) == all)
        var judgements = [Int](repeating: 0, count: 60)
        for division in rows.divisions.indices {
            #expect(Set(values(rows.training(division))).isDisjoint(with: values(rows.holdout(division))))
            #expect(rows.positions(division).map { all[$0] } == values(rows.holdout(division)))
            for position in rows.positions(division) { judgements[position] += 1 }
        }
        #expect(judgements.allSatisfy { $0 == 2 })
    }

    @Test func groupsStayTogetherAndAreNotLearnedFrom() throws {
        let all = (0..<60).map(Double.init)
        let patients = Column(name: "patient", kind: .category, values: .codes((0..<60).map { Int32($0 / 6) }, levels: (0..<10).map { "p\($0)" }))
        let plan = ResamplingPlan.standard(for: table([patients, numbers("a", all)], all), groupColumn: "patient", timeColumn: nil)
        let rows = try RunData(table([patients, numbers("a", all)], all), plan: plan, seed: 1)
        guard case .table(let learned) = rows.rows.features else { throw TuttiError(.internalFault, "no table") }
        #expect(learned.columns.map(\.name) == ["a"])
        #expect(rows.divisions.count == 5)
        for division in rows.divisions {
            #expect(Set(division.training.map { $0 / 6 }).isDisjoint(with: division.holdout.map { $0 / 6 }))
        }
    }

    @Test func whatComesLaterIsJudgedByWhatCameBefore() throws {
        let moments = (0..<50).map { Double(($0 * 7) % 50) }
        let plan = ResamplingPlan.standard(for: table([numbers("day", moments)], moments), groupColumn: nil, timeColumn: "day")
        let rows = try RunData(table([numbers("day", moments)], moments), plan: plan, seed: 1)
        for division in rows.divisions.indices {
            #expect(values(rows.training(division)).max() ?? 0 < values(rows.holdout(division)).min() ?? 0)
        }
        // The first part is only ever trained on.
        #expect(rows.judged.count == 40)
        #expect(rows.divisions.indices.allSatisfy { rows.positions($0).count == rows.divisions[$0].holdout.count })
    }

    @Test func aColumnThatDoesNotGoWithTheResamplingIsRefused() throws {
        #expect(throws: TuttiError.self) { try ResamplingPlan(.grouped(folds: 5)).check() }
        #expect(throws: TuttiError.self) { try ResamplingPlan(.crossValidation(folds: 5, repeats: 1), groupColumn: "a").check() }
        #expect(throws: TuttiError.self) { try ResamplingPlan(.holdout(share: 0.2), timeColumn: "a").check() }
        let data = table([numbers("a", [1, 2, 3])], [1, 2, 3])
        #expect { try ResamplingPlan(.grouped(folds: 2), groupColumn: "b").applied(to: data) } throws: { "\($0)".contains("there is no column 'b'") }
    }

    @Test func onlyRowsWithAnAnswerAreCounted() {
        #expect(Dataset.Target.classes([0, -1, 1], names: ["a", "b"]).knownCount == 2)
        #expect(Dataset.Target.values([1, .nan]).knownCount == 1)
    }

    @Test func aTrialLosesTheRaceWhereEveryFoldIsClearlyWorse() throws {
        let race = try Race(instances: 5, firstTest: 3, completesSurvivors: true, test: .t)
        let rival = [0.9, 0.91, 0.92, 0.9, 0.93]
        #expect(FoldRace.isLost([0.8, 0.81, 0.815], against: rival, race))
        #expect(!FoldRace.isLost([0.8, 0.95, 0.9], against: rival, race))
        #expect(!FoldRace.isLost([0.95, 0.96, 0.97], against: rival, race))
        #expect(!FoldRace.isLost([0.8, .nan, 0.81], against: rival, race))
    }
}
