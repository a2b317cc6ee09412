import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct ForestTests {
    /// Columns of `count` random rows, and the targets of a function of them.
    private func sample(_ count: Int, _ features: Int, _ function: ([Double]) -> Double) -> (columns: [Double], targets: [Double]) {
        var generator = TrialGenerator(seed: 11)
        let rows = (0..<count).map { _ in (0..<features).map { _ in generator.uniform() } }
        return ((0..<features).flatMap { feature in rows.map { $0[feature] } }, rows.map(function))
    }

    private func prediction(_ forest: RegressionForest, _ row: [Double]) -> (mean: Double, variance: Double) {
        var (mean, variance) = (0.0, 0.0)
        row.withUnsafeBufferPointer { forest.predict($0.baseAddress!, count: 1, means: &mean, variances: &variance) }
        return (mean, variance)
    }

    @Test func withoutBootstrapItGoesThroughItsRows() throws {
        let (columns, targets) = sample(50, 3) { sin(7 * $0[0]) + $0[1] * $0[2] }
        var generator = TrialGenerator(seed: 1)
        var settings = RegressionForest.Settings()
        settings.bootstrap = false
        let forest = RegressionForest(settings, columns: columns, targets: targets, levels: [0, 0, 0], using: &generator)
        #expect(forest.roots.count == 10)
        for row in 0..<50 {
            let (mean, variance) = prediction(forest, (0..<3).map { columns[$0 * 50 + row] })
            #expect(abs(mean - targets[row]) < 1e-12 && variance < 1e-12)
        }
    }

    @Test func itPredictsASmoothFunctionAndDoubtsWhereItKnowsLittle() throws {
        let (columns, targets) = sample(400, 2) { 3 * $0[0] - $0[1] }
        var generator = TrialGenerator(seed: 2)
        var settings = RegressionForest.Settings()
        settings.trees = 50
        let forest = RegressionForest(settings, columns: columns, targets: targets, levels: [0, 0], using: &generator)
        let errors = (1..<10).map { step in
            let x = Double(step) / 10
            return abs(prediction(forest, [x, 0.5]).mean - (3 * x - 0.5))
        }
        #expect(errors.reduce(0, +) / 9 < 0.15, "\(errors)")
    }

    @Test func levelsAreSplitBySets() throws {
        // Levels 1 and 3 are alike, and so are 0, 2 and 4; no order of them shows that with one threshold.
        let levels = (0..<60).map { Double($0 % 5) }
        let targets = levels.map { Int($0) % 2 == 1 ? 1.0 : 0 }
        var generator = TrialGenerator(seed: 3)
        let forest = RegressionForest(
            RegressionForest.Settings(), columns: levels, targets: targets, levels: [6], using: &generator)
        for level in 0..<5 { #expect(prediction(forest, [Double(level)]).mean == (level % 2 == 1 ? 1 : 0)) }
    }

    @Test func settingsLimitTheTrees() throws {
        let (columns, targets) = sample(200, 2) { $0[0] }
        func leaves(_ change: (inout RegressionForest.Settings) -> Void) -> Int {
            var generator = TrialGenerator(seed: 4)
            var settings = RegressionForest.Settings()
            settings.trees = 1
            settings.bootstrap = false
            change(&settings)
            let forest = RegressionForest(settings, columns: columns, targets: targets, levels: [0, 0], using: &generator)
            return forest.nodes.count { $0.feature < 0 }
        }
        #expect(leaves { _ in } == 200)
        #expect(leaves { $0.maximumDepth = 3 } <= 8)
        #expect(leaves { $0.minimumLeaf = 20 } <= 10)
        #expect(leaves { $0.minimumSplit = 50 } < 60)
    }

    @Test func leavesMayAverageExponentials() throws {
        var generator = TrialGenerator(seed: 5)
        var settings = RegressionForest.Settings()
        settings.bootstrap = false
        settings.leavesAverageExponentials = true
        let forest = RegressionForest(settings, columns: [1, 1], targets: [log(1), log(3)], levels: [0], using: &generator)
        #expect(abs(forest.mean([1]) - log(2)) < 1e-12)
    }

    @Test func costScalesKeepTheOrder() {
        let losses = [3, 1, 2, 1e9, 1, -5]
        for scale in CostScale.allCases {
            let targets = scale.targets(losses)
            #expect(targets.allSatisfy { $0.isFinite })
            #expect(targets[5] < targets[1] && targets[1] == targets[4] && targets[1] < targets[3], "\(scale)")
            #expect(scale.targets([2, 2]) == [0, 0])
            #expect(scale.targets([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]).allSatisfy { $0.isFinite }, "\(scale)")
        }
        #expect(abs((CostScale.rank.targets([0, 1, 2]).last ?? 0) - 0.967421566) < 1e-6)
    }

    @Test func rowsComeBackAsConfigurations() throws {
        let branch = try SearchSpace([.float("x", -1...1), .integer("n", 1...100, log: true), .ordinal("s", ["a", "b", "c"])])
        let space = try SearchSpace.choice(
            "learner", [("a", branch), ("b", branch)], shared: [.float("step", 0...0.9, step: 0.3), .constant("k", 1)])
        let features = FeatureSpace(space)
        #expect(features.width == 8)
        var generator = TrialGenerator(seed: 6)
        for _ in 0..<50 {
            let configuration = try space.randomConfiguration(using: &generator)
            let row = features.row(space.encode(configuration))
            let back = row.withUnsafeBufferPointer { features.configuration($0.baseAddress!) }
            for (name, value) in configuration {
                if let number = value.number { #expect(abs((back[name]?.number ?? .nan) - number) < 1e-9) } else { #expect(back[name] == value) }
            }
            #expect(back.count == configuration.count)
            var drawn = [Double](repeating: 0, count: features.width)
            let isAllowed = drawn.withUnsafeMutableBufferPointer { features.draw(into: $0.baseAddress!, &generator) }
            #expect(isAllowed)
            try space.validate(drawn.withUnsafeBufferPointer { features.configuration($0.baseAddress!) })
        }
    }

    @Test func rulesAgreeWithTheSpace() throws {
        let space = try SearchSpace(
            [
                .categorical("c", ["u", "v", "w"]), .integer("n", 1...8), .ordinal("o", ["s", "m", "l"]), .constant("k", "on"),
                Parameter.float("x", 0...1).when(.any([.parameter("n", .greater(5)), .parameter("o", .less("m"))])),
                Parameter.float("y", 0...1).when("x", .greater(0.5)).when("c", .differs("v")),
                Parameter.float("z", 0...1).when("k", .equals("on")).when("n", .isIn([1, 2, 3])),
            ], forbidden: [.all([.parameter("c", .equals("w")), .parameter("n", .less(3))]), .parameter("y", .less(0.1))])
        let features = FeatureSpace(space)
        var generator = TrialGenerator(seed: 7)
        var (allowed, refused) = (0, 0)
        for _ in 0..<400 {
            let point = space.parameters.map { _ in generator.uniform() }
            let expected = space.decode(point)
            var row = features.row(point)
            let isAllowed = row.withUnsafeMutableBufferPointer { features.settle($0.baseAddress!) }
            #expect(row.withUnsafeBufferPointer { features.configuration($0.baseAddress!) } == expected)
            #expect(isAllowed == !space.isForbidden(expected))
            if isAllowed { allowed += 1 } else { refused += 1 }
        }
        #expect(allowed > 50 && refused > 10)
    }
}
