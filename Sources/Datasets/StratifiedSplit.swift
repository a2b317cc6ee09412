/// Rows divided so that every class (for values: every part of their range) is on both sides in proportion.
public struct StratifiedSplit: Sendable, Hashable, Codable {
    /// Row indices, ascending.
    public var training: [Int]
    /// Row indices, ascending.
    public var holdout: [Int]

    /// Bins of a numeric target: its deciles.
    static let binCount = 10

    public init(training: [Int], holdout: [Int]) {
        self.training = training
        self.holdout = holdout
    }

    /// Divides the rows of a data set. Every class keeps at least one row in training; classes of one row are never held out.
    /// - Parameters:
    ///   - fraction: part of the rows to hold out, from 0 to 1.
    ///   - seed: the same seed gives the same rows on every machine.
    public init(of dataset: Dataset, holdout fraction: Double, seed: UInt64) {
        self.init(of: dataset.target, rowCount: dataset.rowCount, holdout: fraction, seed: seed)
    }

    /// Divides rows by their target; without one, evenly.
    public init(of target: Dataset.Target?, rowCount: Int, holdout fraction: Double, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let strata = Self.strata(target, rowCount, &generator)
        let fraction = min(max(fraction, 0), 1)
        let exact = strata.map { Double($0.count) * fraction }
        var counts = exact.indices.map { min(Int(exact[$0]), max(0, strata[$0].count - 1)) }
        // The largest remainders are rounded up until the whole fraction is held out.
        let total = Int((Double(rowCount) * fraction).rounded())
        let order = exact.indices.sorted { (counts[$1].remainder(exact[$1]), $0) < (counts[$0].remainder(exact[$0]), $1) }
        var rest = total - counts.reduce(0, +)
        for index in order where rest > 0 && counts[index] + 1 < strata[index].count {
            counts[index] += 1
            rest -= 1
        }
        var held: [Int] = []
        var trained: [Int] = []
        for (stratum, count) in zip(strata, counts) {
            held += stratum[..<count]
            trained += stratum[count...]
        }
        training = trained.sorted()
        holdout = held.sorted()
    }

    /// The rows in `count` parts of nearly equal size, each with every class in proportion: for cross-validation.
    /// - Precondition: `count > 0`.
    public static func folds(of dataset: Dataset, count: Int, seed: UInt64) -> [[Int]] {
        folds(of: dataset.target, rowCount: dataset.rowCount, count: count, seed: seed)
    }

    /// The same by a target; without one, evenly.
    public static func folds(of target: Dataset.Target?, rowCount: Int, count: Int, seed: UInt64) -> [[Int]] {
        precondition(count > 0, "a data set cannot be divided into \(count) parts")
        var generator = SeededGenerator(seed: seed)
        var folds = [[Int]](repeating: [], count: count)
        // Dealt like cards through all strata, so that neither classes nor sizes differ by more than one.
        var next = 0
        for stratum in strata(target, rowCount, &generator) {
            for row in stratum {
                folds[next % count].append(row)
                next += 1
            }
        }
        return folds.map { $0.sorted() }
    }

    /// Shuffled rows of each class or bin, in a fixed order; rows without a target last.
    private static func strata(_ target: Dataset.Target?, _ rowCount: Int, _ generator: inout SeededGenerator) -> [[Int]] {
        var strata: [[Int]]
        switch target {
        case .classes(let codes, let names):
            strata = [[Int]](repeating: [], count: names.count + 1)
            for (row, code) in codes.enumerated() { strata[code < 0 ? names.count : Int(code)].append(row) }
        case .values(let values):
            let known = values.indices.filter { !values[$0].isNaN }.sorted { (values[$0], $0) < (values[$1], $1) }
            strata = (0..<binCount).map { Array(known[(known.count * $0 / binCount)..<(known.count * ($0 + 1) / binCount)]) }
            strata.append(values.indices.filter { values[$0].isNaN })
        case nil: strata = [Array(0..<rowCount)]
        }
        strata.removeAll { $0.isEmpty }
        for index in strata.indices { generator.shuffle(&strata[index]) }
        return strata
    }
}

extension Int {
    /// What is left of `exact` above this count.
    fileprivate func remainder(_ exact: Double) -> Double { exact - Double(self) }
}
