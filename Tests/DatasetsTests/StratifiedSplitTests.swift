import Datasets
import Testing

@Suite struct StratifiedSplitTests {
    private func classes(_ counts: [Int], seed: UInt64 = 1) -> Dataset.Target {
        var codes = counts.enumerated().flatMap { [Int32](repeating: Int32($0.offset), count: $0.element) }
        var generator = SeededGenerator(seed: seed)
        generator.shuffle(&codes)
        return .classes(codes, names: counts.indices.map { "c\($0)" })
    }

    private func count(_ target: Dataset.Target, _ rows: [Int], of code: Int32) -> Int {
        guard case .classes(let codes, _) = target else { return 0 }
        return rows.count { codes[$0] == code }
    }

    @Test(arguments: 0..<20)
    func `every row is on one side and every class in proportion`(seed: Int) {
        let counts = [100, 50, 31, 7, 1]
        let target = classes(counts, seed: UInt64(seed))
        let split = StratifiedSplit(of: target, rowCount: 189, holdout: 0.2, seed: UInt64(seed))
        #expect((split.training + split.holdout).sorted() == Array(0..<189), "seed \(seed)")
        #expect(split.holdout.count == 38, "seed \(seed)")
        for (code, count) in counts.enumerated() {
            let held = self.count(target, split.holdout, of: Int32(code))
            #expect(abs(Double(held) - Double(count) * 0.2) <= 1, "seed \(seed), class \(code)")
            #expect(held < count, "seed \(seed), class \(code)")
        }
    }

    @Test func `the same seed gives the same rows, another one others`() {
        let target = classes([30, 20])
        let split = StratifiedSplit(of: target, rowCount: 50, holdout: 0.3, seed: 4)
        #expect(split == StratifiedSplit(of: target, rowCount: 50, holdout: 0.3, seed: 4))
        #expect(split != StratifiedSplit(of: target, rowCount: 50, holdout: 0.3, seed: 5))
    }

    @Test func `the rows do not change between versions and machines`() {
        let split = StratifiedSplit(of: nil, rowCount: 10, holdout: 0.3, seed: 42)
        #expect(split.holdout == [3, 6, 8])
    }

    @Test func `values are held out from every part of their range`() {
        let values = (0..<1000).map { Double(($0 * 7919) % 1000) }
        let split = StratifiedSplit(of: .values(values), rowCount: 1000, holdout: 0.1, seed: 2)
        for decile in 0..<10 {
            #expect(split.holdout.count { Int(values[$0]) / 100 == decile } == 10)
        }
    }

    @Test func `small and extreme cases keep a row of every class in training`() {
        for fraction in [0, 0.5, 0.99, 1.5] {
            let target = classes([2, 1, 5])
            let split = StratifiedSplit(of: target, rowCount: 8, holdout: fraction, seed: 9)
            for code in 0..<3 { #expect(count(target, split.training, of: Int32(code)) >= 1, "fraction \(fraction)") }
        }
        #expect(StratifiedSplit(of: nil, rowCount: 0, holdout: 0.5, seed: 1).training.isEmpty)
    }

    @Test func `folds hold every row once and every class in proportion`() throws {
        let text = "x,y\n" + (0..<103).map { "\($0),\(["a", "b", "b", "c"][$0 % 4])\n" }.joined()
        let dataset = try read(text, ReadOptions(target: "y"))
        let folds = StratifiedSplit.folds(of: dataset, count: 10, seed: 3)
        #expect(folds.flatMap { $0 }.sorted() == Array(0..<103))
        guard let target = dataset.target else { return }
        for fold in folds {
            #expect((10...11).contains(fold.count))
            #expect((4...6).contains(count(target, fold, of: 1)))
        }
    }
}

@Suite struct SeededGeneratorTests {
    @Test func `numbers are those of the published generator`() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        // The reference implementation's first values for this seed.
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `indices are below their bound and equally frequent`() {
        var generator = SeededGenerator(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
        #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
    }
}
