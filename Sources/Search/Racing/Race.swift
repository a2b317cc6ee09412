/// A race of configurations over instances: all run on the same instances in the same order, and those that a test finds worse drop out.
///
/// A value that looks at scores and says who is left and what to run next; it runs nothing. Instances may be folds, repetitions or data sets.
///
/// ```swift
/// let race = try Race(instances: 10)
/// var losses = [[Double]](repeating: [Double](repeating: .nan, count: 10), count: 20)
/// while let run = race.standing(losses).next {
///     losses[run.configuration][run.instance] = loss(run.configuration, run.instance)
/// }
/// ```
///
/// Source: López-Ibáñez et al. 2016, The irace Package: Iterated Racing for Automatic Algorithm Configuration; constants of irace 4.4.
public struct Race: Sendable, Hashable {
    /// How configurations are compared.
    public enum Test: String, Sendable, Hashable, CaseIterable {
        /// Friedman's test and Conover's comparison with the best rank sum; Wilcoxon's test once two are left.
        case friedman
        /// Paired t-tests against the best mean.
        case t
        /// The same, each at the level divided by the number of tests.
        case tBonferroni = "t-bonferroni"
        /// The same with Holm's step-down levels.
        case tHolm = "t-holm"
    }

    /// How many instances there are.
    public let instances: Int
    /// After how many instances the first test is made.
    public let firstTest: Int
    /// How many more before each other test.
    public let interval: Int
    /// The race ends when so many are left.
    public let survivors: Int
    /// Whether those left at the end are run on all instances.
    public let completesSurvivors: Bool
    public let test: Test
    public let confidence: Double

    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(
        instances: Int, firstTest: Int = 5, interval: Int = 1, survivors: Int = 1, completesSurvivors: Bool = false, test: Test = .friedman,
        confidence: Double = 0.95
    ) throws {
        self.instances = try .checked(instances, atLeast: 1, "The number of instances")
        self.firstTest = min(try .checked(firstTest, atLeast: 1, "first_test"), instances)
        self.interval = try .checked(interval, atLeast: 1, "each_test")
        self.survivors = try .checked(survivors, atLeast: 1, "survivors")
        self.completesSurvivors = completesSurvivors
        self.test = test
        self.confidence = try .checked(confidence, in: 0...1, "confidence")
    }

    /// One configuration on one instance.
    public struct Run: Sendable, Hashable {
        public var configuration: Int
        public var instance: Int

        public init(configuration: Int, instance: Int) {
            self.configuration = configuration
            self.instance = instance
        }
    }

    /// Who dropped out, and when.
    public struct Elimination: Sendable, Hashable {
        public var configuration: Int
        /// After how many instances.
        public var instances: Int
    }

    /// Where a race stands.
    public struct Standing: Sendable, Hashable {
        /// The configurations still in the race, best first by what all of them have been run on.
        public var alive: [Int]
        public var eliminations: [Elimination]
        /// After how many instances the next test is; the number of instances when the race is over.
        public var level: Int
        /// What is to be run before the next test, instance by instance; empty when the race is over.
        public var pending: [Run]
        public var next: Run? { pending.first }
    }

    /// Follows the race as far as the losses go.
    ///
    /// An infinite loss drops a configuration at once.
    ///
    /// - Parameters:
    ///   - losses: `[configurations][instances]`, lower is better; NaN where not yet run.
    ///   - elites: Winners of earlier races: they cannot drop out before all instances that they have been run on have been seen.
    public func standing(_ losses: [[Double]], elites: Set<Int> = []) -> Standing {
        let losses = losses.map { row in (0..<instances).map { $0 < row.count ? row[$0] : .nan } }
        let protection = Dictionary(
            elites.filter(losses.indices.contains).map { elite in (elite, (losses[elite].lastIndex { !$0.isNaN } ?? -1) + 1) },
            uniquingKeysWith: max)
        var alive = Array(losses.indices)
        var eliminations: [Elimination] = []
        var seen = 0
        var level = firstTest
        while true {
            let failed = alive.filter { losses[$0].prefix(level).contains(.infinity) }
            eliminations += failed.map { Elimination(configuration: $0, instances: level) }
            alive.removeAll(where: failed.contains)
            let isOver = alive.count <= survivors && !completesSurvivors
            let pending =
                isOver
                ? []
                : (0..<level).flatMap { instance in
                    alive.filter { losses[$0][instance].isNaN }.map { Run(configuration: $0, instance: instance) }
                }
            if isOver || !pending.isEmpty {
                return Standing(alive: ranked(alive, losses, seen), eliminations: eliminations, level: level, pending: pending)
            }
            seen = level
            if alive.count > survivors {
                let worse = worse(alive, losses, level).filter { protection[$0] ?? 0 <= level }
                // The best of them stay when too few would.
                let kept = ranked(alive, losses, level).filter { !worse.contains($0) }
                let spared = ranked(worse, losses, level).prefix(max(survivors - kept.count, 0))
                let dropped = worse.filter { !spared.contains($0) }
                eliminations += dropped.map { Elimination(configuration: $0, instances: level) }
                alive.removeAll(where: dropped.contains)
            }
            guard level < instances else {
                return Standing(alive: ranked(alive, losses, level), eliminations: eliminations, level: level, pending: [])
            }
            level = min(level + interval, instances)
        }
    }

    /// Best first: by the sum of ranks, or by the mean for t-tests.
    private func ranked(_ alive: [Int], _ losses: [[Double]], _ level: Int) -> [Int] {
        guard level > 0, alive.count > 1 else { return alive }
        let rows = alive.map { Array(losses[$0].prefix(level)) }
        let keys = test == .friedman ? FriedmanTest(rows).rankSums : rows.map { $0.reduce(0, +) / Double(level) }
        let means = rows.map { $0.reduce(0, +) }
        return alive.indices.sorted { (keys[$0], means[$0], $0) < (keys[$1], means[$1], $1) }.map { alive[$0] }
    }

    /// Those that the test finds worse than the best.
    private func worse(_ alive: [Int], _ losses: [[Double]], _ level: Int) -> [Int] {
        let order = ranked(alive, losses, level)
        guard let best = order.first, level >= 2, alive.count >= 2 else { return [] }
        let rows = order.map { Array(losses[$0].prefix(level)) }
        let alpha = 1 - confidence
        switch test {
        case .friedman where order.count == 2:
            let differences = zip(rows[1], rows[0]).map { $0 - $1 }
            let isObvious = differences.allSatisfy { $0 >= 0 } && differences.contains { $0 > 0 }
            return isObvious || SignedRankTest.probability(differences, exact: false) < alpha ? [order[1]] : []
        case .friedman:
            let friedman = FriedmanTest(rows)
            guard friedman.probability < alpha else { return [] }
            let limit = friedman.criticalDifference(level: alpha)
            return order.indices.filter { friedman.rankSums[$0] - friedman.rankSums[0] > limit }.map { order[$0] }
        case .t, .tBonferroni, .tHolm:
            let others = order.filter { $0 != best }
            let probabilities = others.map { other in
                PairedTTest.probability(zip(losses[other].prefix(level), losses[best].prefix(level)).map { $0 - $1 })
            }
            return Self.significant(probabilities, alpha, test).map { others[$0] }
        }
    }

    private static func significant(_ probabilities: [Double], _ alpha: Double, _ test: Test) -> [Int] {
        let count = Double(probabilities.count)
        switch test {
        case .friedman, .t: return probabilities.indices.filter { probabilities[$0] < alpha }
        case .tBonferroni: return probabilities.indices.filter { probabilities[$0] * count < alpha }
        case .tHolm:
            let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
            return Array(order.enumerated().prefix { probabilities[$0.element] * (count - Double($0.offset)) < alpha }.map(\.element))
        }
    }
}
