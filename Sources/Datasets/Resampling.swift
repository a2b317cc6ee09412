/// How rows are divided into training and held-out ones, once or several times, to judge configurations by.
///
/// All configurations must be judged on the same divisions: same rows, same seed, same splits.
///
/// Source: Bischl et al. 2023, Hyperparameter Optimization: Foundations, Algorithms, Best Practices and Open Challenges, section 4.
public enum Resampling: Sendable, Hashable {
    /// One part held out, every class in proportion.
    case holdout(share: Double)
    /// Each row held out once per repeat, every class in proportion; each repeat shuffles anew.
    case crossValidation(folds: Int, repeats: Int)
    /// Each row held out once, the rows of a group always together: patients, users, sites.
    case grouped(folds: Int)
    /// Rows by time; each later part is held out once, and everything before it is trained on (rolling origin).
    case timeOrdered(folds: Int)

    /// What the review advises for independent rows: repeated cross-validation for small data, five folds for medium, one part held out where
    /// that alone has thousands of rows.
    public static func advised(rowCount: Int) -> Resampling {
        switch rowCount {
        case ..<500: .crossValidation(folds: 10, repeats: 3)
        case ..<2_000: .crossValidation(folds: 10, repeats: 1)
        case ..<20_000: .crossValidation(folds: 5, repeats: 1)
        default: .advisedHoldout(rowCount: rowCount)
        }
    }

    /// One part held out. Its share falls with the number of rows, because what counts is how many rows there are to judge by.
    public static func advisedHoldout(rowCount: Int) -> Resampling {
        .holdout(share: min(0.25, max(0.1, 6000 / Double(max(rowCount, 1)))))
    }

    /// How many divisions there are.
    public var count: Int {
        switch self {
        case .holdout: 1
        case .crossValidation(let folds, let repeats): folds * repeats
        case .grouped(let folds), .timeOrdered(let folds): folds
        }
    }

    /// The divisions of some rows.
    /// - Parameters:
    ///   - target: stratifies a holdout and a cross-validation.
    ///   - groups: by row, for ``grouped(folds:)``.
    ///   - times: by row, in any unit, for ``timeOrdered(folds:)``; the order of the rows where nil. Rows of one time stay together.
    /// - Throws: ``DatasetError`` `.badOption` where numbers are impossible, or there are fewer rows or groups than parts.
    public func splits(
        of target: Dataset.Target?, rowCount: Int, groups: [Int]? = nil, times: [Double]? = nil, seed: UInt64
    ) throws -> [StratifiedSplit] {
        switch self {
        case .holdout(let share):
            guard share > 0, share < 1 else { throw Self.bad("a holdout share of \(share); it must lie between 0 and 1") }
            return [StratifiedSplit(of: target, rowCount: rowCount, holdout: share, seed: seed)]
        case .crossValidation(let folds, let repeats):
            try Self.check(folds, of: rowCount, "rows")
            guard repeats > 0 else { throw Self.bad("\(repeats) repeats of a cross-validation; it needs at least 1") }
            return (0..<repeats).flatMap { index in
                Self.leavingOut(StratifiedSplit.folds(of: target, rowCount: rowCount, count: folds, seed: seed &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15))
            }
        case .grouped(let folds):
            guard let groups, groups.count == rowCount else {
                throw Self.bad("grouped folds of \(rowCount) rows with \(groups?.count ?? 0) groups; give the group of every row")
            }
            return try Self.leavingOut(Self.folds(of: groups, count: folds, seed: seed))
        case .timeOrdered(let folds):
            return try Self.rollingOrigin(rowCount, times, count: folds)
        }
    }

    /// Nested resampling: for each outer division the inner ones of its training rows. Tune on the inner ones, judge the tuned on the outer.
    /// - Returns: for each outer division the inner ones, whose indices are rows of the whole.
    /// - Throws: as ``splits(of:rowCount:groups:times:seed:)``.
    public static func nested(
        outer: Resampling, inner: Resampling, of target: Dataset.Target?, rowCount: Int, groups: [Int]? = nil, times: [Double]? = nil, seed: UInt64
    ) throws -> [(outer: StratifiedSplit, inner: [StratifiedSplit])] {
        try outer.splits(of: target, rowCount: rowCount, groups: groups, times: times, seed: seed).map { split in
            let rows = split.training
            let parts = try inner.splits(
                of: target?.selecting(rows: rows), rowCount: rows.count, groups: groups.map { groups in rows.map { groups[$0] } },
                times: times.map { times in rows.map { times[$0] } }, seed: seed &+ 1)
            return (split, parts.map { StratifiedSplit(training: $0.training.map { rows[$0] }, holdout: $0.holdout.map { rows[$0] }) })
        }
    }

    // MARK: - Parts

    private static func leavingOut(_ folds: [[Int]]) -> [StratifiedSplit] {
        folds.indices.map { held in
            StratifiedSplit(training: folds.indices.filter { $0 != held }.flatMap { folds[$0] }.sorted(), holdout: folds[held])
        }
    }

    /// Groups dealt to the fold with the fewest rows so far, the largest groups first.
    private static func folds(of groups: [Int], count: Int, seed: UInt64) throws -> [[Int]] {
        var members: [Int: [Int]] = [:]
        for (row, group) in groups.enumerated() { members[group, default: []].append(row) }
        try check(count, of: members.count, "groups")
        var generator = SeededGenerator(seed: seed)
        var order = members.keys.sorted()
        generator.shuffle(&order)
        // Stable: groups of one size stay shuffled.
        let bySize = order.enumerated().sorted { one, other in
            let (left, right) = (members[one.element]?.count ?? 0, members[other.element]?.count ?? 0)
            return (-left, one.offset) < (-right, other.offset)
        }
        var folds = [[Int]](repeating: [], count: count)
        for (_, group) in bySize {
            let smallest = folds.indices.min { (folds[$0].count, $0) < (folds[$1].count, $1) } ?? 0
            folds[smallest] += members[group] ?? []
        }
        return folds.map { $0.sorted() }
    }

    private static func rollingOrigin(_ rowCount: Int, _ times: [Double]?, count: Int) throws -> [StratifiedSplit] {
        guard times.map({ $0.count == rowCount && $0.allSatisfy { !$0.isNaN } }) ?? true else {
            throw bad("\(times?.count ?? 0) times for \(rowCount) rows; give a known time for every row")
        }
        let order = times.map { times in (0..<rowCount).sorted { (times[$0], $0) < (times[$1], $1) } } ?? Array(0..<rowCount)
        let moments = times.map { times in order.map { times[$0] } } ?? order.map(Double.init)
        try check(count + 1, of: Set(moments).count, "different times")
        // Where the parts begin; moved on so that rows of one time stay together.
        var starts: [Int] = []
        for part in 1...count {
            var start = max(rowCount * part / (count + 1), (starts.last ?? 0) + 1)
            while start < rowCount, moments[start] == moments[start - 1] { start += 1 }
            starts.append(start)
        }
        let ends = starts.dropFirst() + [rowCount]
        return try zip(starts, ends).map { start, end in
            guard start < end else { throw bad("\(count) parts by time; too many rows share one time, use fewer parts") }
            return StratifiedSplit(training: order[..<start].sorted(), holdout: order[start..<end].sorted())
        }
    }

    private static func check(_ folds: Int, of count: Int, _ what: String) throws {
        guard folds >= 2 else { throw bad("\(folds) parts; there must be at least 2") }
        guard folds <= count else { throw bad("\(folds) parts of \(count) \(what); use at most as many parts as there are \(what)") }
    }

    private static func bad(_ message: String) -> DatasetError { DatasetError(.badOption, "got " + message) }
}
