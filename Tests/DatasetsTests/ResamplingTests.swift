import Datasets
import Foundation
import Testing

@Suite struct ResamplingTests {
    private static let target = Dataset.Target.classes((0..<60).map { Int32($0 % 3) }, names: ["a", "b", "c"])

    private func splits(
        _ resampling: Resampling, rowCount: Int = 60, groups: [Int]? = nil, times: [Double]? = nil, seed: UInt64 = 1
    ) throws -> [StratifiedSplit] {
        try resampling.splits(of: rowCount == 60 ? Self.target : nil, rowCount: rowCount, groups: groups, times: times, seed: seed)
    }

    @Test(arguments: [Resampling.holdout(share: 0.25), .crossValidation(folds: 5, repeats: 2), .timeOrdered(folds: 4)])
    func `no row is on both sides, and the same seed gives the same splits`(resampling: Resampling) throws {
        let all = try splits(resampling)
        #expect(all.count == resampling.count)
        for split in all { #expect(Set(split.training).isDisjoint(with: split.holdout) && !split.holdout.isEmpty && !split.training.isEmpty) }
        #expect(try splits(resampling) == all)
    }

    @Test func `cross-validation holds every row out once per repeat, every class in proportion`() throws {
        let all = try splits(.crossValidation(folds: 5, repeats: 2))
        for half in [all.prefix(5), all.suffix(5)] { #expect(half.flatMap(\.holdout).sorted() == Array(0..<60)) }
        #expect(all[0].holdout != all[5].holdout)
        for split in all { for label in 0..<3 { #expect(split.holdout.count { $0 % 3 == label } == 4) } }
    }

    @Test func `a group is never torn apart, and folds are of similar size`() throws {
        let groups = (0..<60).map { $0 % 11 }
        let all = try splits(.grouped(folds: 3), groups: groups)
        for split in all {
            let (left, right) = (Set(split.training.map { groups[$0] }), Set(split.holdout.map { groups[$0] }))
            #expect(left.isDisjoint(with: right))
            #expect((15...25).contains(split.holdout.count))
        }
        #expect(all.flatMap(\.holdout).sorted() == Array(0..<60))
    }

    @Test func `what is trained on lies before what is held out`() throws {
        var times = (0..<60).map { Double(59 - $0) }
        for row in 20..<30 { times[row] = 31 }
        let all = try splits(.timeOrdered(folds: 4), times: times)
        for split in all {
            let (latest, earliest) = (split.training.map { times[$0] }.max() ?? .infinity, split.holdout.map { times[$0] }.min() ?? -.infinity)
            #expect(latest < earliest)
        }
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.training.count < $1.training.count })
        #expect(all.last?.holdout.contains(0) == true)
    }

    @Test func `nested resampling tunes within the outer training rows`() throws {
        let nested = try Resampling.nested(
            outer: .crossValidation(folds: 3, repeats: 1), inner: .holdout(share: 0.2), of: Self.target, rowCount: 60, seed: 4)
        #expect(nested.count == 3)
        for (outer, inner) in nested {
            for split in inner { #expect((split.training + split.holdout).sorted() == outer.training) }
        }
    }

    @Test func `small data is judged more often than large`() {
        #expect([100, 1_000, 5_000, 100_000].map { Resampling.advised(rowCount: $0).count } == [30, 10, 5, 1])
    }

    @Test func `impossible divisions are refused with what to do`() {
        for (resampling, groups) in [
            (Resampling.holdout(share: 0), nil), (.holdout(share: 1), nil), (.crossValidation(folds: 1, repeats: 1), nil),
            (.crossValidation(folds: 61, repeats: 1), nil), (.crossValidation(folds: 3, repeats: 0), nil), (.grouped(folds: 3), nil),
            (.grouped(folds: 3), [Int](repeating: 7, count: 60)), (.timeOrdered(folds: 60), nil),
        ] as [(Resampling, [Int]?)] {
            let error = #expect(throws: DatasetError.self) { try splits(resampling, groups: groups) }
            #expect(error?.code == .badOption)
        }
        #expect(throws: DatasetError.self) { try splits(.timeOrdered(folds: 3), times: [Double](repeating: 2, count: 60)) }
    }
}

@Suite struct ResamplingTextTests {
    @Test(arguments: ["holdout:0.2", "cv:5", "cv:10x3", "grouped:4", "time:3"])
    func whatPeopleWriteIsReadAndWritten(text: String) throws {
        let resampling = try Resampling(parsing: text)
        #expect("\(resampling)" == text)
        #expect(try JSONDecoder().decode([Resampling].self, from: JSONEncoder().encode([resampling])) == [resampling])
    }

    @Test(arguments: ["", "cv", "cv:1", "cv:5x0", "cv:ax3", "holdout:1", "holdout", "loo:3", "time:5x2"])
    func anythingElseIsAnsweredWithTheForms(text: String) {
        #expect { try Resampling(parsing: text) } throws: { "\($0)".contains(Resampling.forms) }
    }
}
