import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct GaussianProcessTests {
    private let layout = KernelLayout(
        features: [
            KernelLayout.Feature(kind: .number, scale: 0, warp: 0), KernelLayout.Feature(kind: .level, scale: 1),
            KernelLayout.Feature(kind: .number, scale: 2), KernelLayout.Feature(kind: .level, scale: 2, weight: 0.5),
        ], scaleCount: 3, warpCount: 1)

    private func points(_ count: Int, seed: UInt64) -> [[Double]] {
        var generator = TrialGenerator(seed: seed)
        return (0..<count).map { _ in
            [generator.uniform(), Double(Int(generator.uniform() * 3)), generator.uniform(), Double(Int(generator.uniform() * 2))]
        }
    }

    private func values(_ points: [[Double]]) -> [Double] {
        points.map { sin(5 * $0[0]) + ($0[1] == 1 ? 0.5 : 0) - $0[2] * $0[2] + 0.3 * $0[3] }
    }

    /// Whether a gradient agrees with differences of the function.
    private func expectGradient(_ gradient: [Double], at point: [Double], of indices: [Int], _ function: ([Double]) -> Double) {
        for index in indices {
            let step = 1e-5
            var (low, high) = (point, point)
            low[index] -= step
            high[index] += step
            let slope = (function(high) - function(low)) / (2 * step)
            #expect(abs(slope - gradient[index]) < 1e-4 * (1 + abs(slope)), "of \(index): \(gradient[index]), by differences \(slope)")
        }
    }

    /// Reference: the textbook formulas in numpy 2.4.
    @Test func momentsAndEvidenceAreThoseOfTheFormulas() throws {
        let layout = KernelLayout(
            features: [KernelLayout.Feature(kind: .number, scale: 0), KernelLayout.Feature(kind: .level, scale: 1)], scaleCount: 2)
        let parameters = [log(4), log(0.5), log(1.5), log(0.01)]
        let (points, values) = ([[0.1, 0], [0.4, 1], [0.8, 0], [0.9, 1]], [-1, 0.5, 1, -0.5])
        let kernel = MaternKernel(layout: layout, logParameters: parameters)
        let process = try #require(GaussianProcess(kernel, points: points, values: values))
        let (means, variances) = process.moments(at: [[0.3, 0], [0.85, 1]])
        for (found, expected) in zip(means.flatMap { $0 } + variances, [-0.24439788496202697, -0.3579324479753423, 0.20299606704568762, 0.02443938238330956]) {
            #expect(abs(found - expected) < 1e-12)
        }
        #expect(abs(process.lowestMeans[0] + 0.984246792635625) < 1e-12)
        var evaluation = KernelFit.Evaluation(KernelFit(layout: layout, columns: layout.columns(points), values: values))
        var gradient = [0.0, 0, 0, 0]
        let posterior = -evaluation.negativeLogPosterior(parameters, &gradient)
        #expect(abs(posterior - KernelFit.Evaluation.logPrior(kernel).value + 6.389293020836467) < 1e-12)
    }

    @Test func theFitFollowsItsGradient() {
        let points = points(12, seed: 3)
        var evaluation = KernelFit.Evaluation(KernelFit(layout: layout, columns: layout.columns(points), values: values(points)))
        let parameters = [1.2, -0.4, 0.3, 0.2, -3, 0.3, -0.2]
        var gradient = [Double](repeating: 0, count: 7)
        _ = evaluation.negativeLogPosterior(parameters, &gradient)
        expectGradient(gradient, at: parameters, of: Array(0..<7)) { point in
            var unused = gradient
            return evaluation.negativeLogPosterior(point, &unused)
        }
    }

    @Test func theFitOfATrendFollowsItsGradient() {
        let layout = KernelLayout(
            features: [KernelLayout.Feature(kind: .number, scale: 0), KernelLayout.Feature(kind: .number, scale: 1)], scaleCount: 2, trendFeatures: [0, 1])
        let points = points(12, seed: 5).map { [$0[0], $0[2]] }
        let values = points.map { $0[0] * $0[1] + sin(4 * $0[0]) }
        var evaluation = KernelFit.Evaluation(KernelFit(layout: layout, columns: layout.columns(points), values: values))
        let parameters = [1.2, 0.4, 0.3, -3, -1]
        var gradient = [Double](repeating: 0, count: 5)
        _ = evaluation.negativeLogPosterior(parameters, &gradient)
        expectGradient(gradient, at: parameters, of: Array(0..<5)) { point in
            var unused = gradient
            return evaluation.negativeLogPosterior(point, &unused)
        }
    }

    @Test func aTrendIsFollowedBeyondThePoints() throws {
        // A tilted bowl, its points in one corner; foretold in the opposite one.
        let points = points(14, seed: 6).map { [0.4 * $0[0], 0.4 * $0[2]] }
        let bowl: ([Double]) -> Double = { pow($0[0] + $0[1] - 1, 2) + 0.1 * pow($0[0] - $0[1], 2) }
        func error(trendFeatures: [Int]) throws -> Double {
            let features = (0..<2).map { KernelLayout.Feature(kind: .number, scale: $0) }
            let layout = KernelLayout(features: features, scaleCount: 2, trendFeatures: trendFeatures)
            let kernel = KernelFit(layout: layout, columns: layout.columns(points), values: points.map(bowl)).run().kernel
            let process = try #require(GaussianProcess(kernel, points: points, values: points.map(bowl)))
            return abs(process.moments(at: [[1, 1]]).means[0][0] - bowl([1, 1]))
        }
        let (with, without) = (try error(trendFeatures: [0, 1]), try error(trendFeatures: []))
        #expect(with < 0.5 * without, "with \(with), without \(without)")
    }

    private static func withTrend(_ kernel: MaternKernel, _ trend: Double) -> MaternKernel {
        var layout = kernel.layout
        layout.trendFeatures = [2]
        var sloping = MaternKernel(layout: layout)
        (sloping.scales, sloping.amplitude, sloping.noise, sloping.warps, sloping.trend) = (
            kernel.scales, kernel.amplitude, kernel.noise, kernel.warps, trend
        )
        return sloping
    }

    @Test func acquisitionsFollowTheirGradients() throws {
        let kernel = MaternKernel(layout: layout, logParameters: [1.2, -0.4, 0.3, 0.2, -7, 0.3, -0.2])
        let other = MaternKernel(layout: layout, logParameters: [0.2, 0.4, 0.9, 0.5, -5, -0.3, 0.1])
        let points = points(14, seed: 4)
        let values = values(points)
        let draws = [[0.5, -1], [1, 0.3], [-0.7, -0.2]]
        let first = try #require(GaussianProcess(kernel, points: points, values: Array(values.prefix(12)), draws: draws))
        let second = try #require(GaussianProcess(other, points: points, values: values.map { -$0 * $0 }))
        let front = points.indices.map { [values[$0], -values[$0] * values[$0]] }
        let single = try #require(GaussianProcess(kernel, points: points, values: values))
        let sloping = try #require(GaussianProcess(Self.withTrend(kernel, 0.3), points: points, values: Array(values.prefix(12)), draws: draws))
        let acquisitions = [
            Acquisition(promise: .improvement(below: first.lowestMeans), objectives: [first], constraints: [(second, -0.5)]),
            Acquisition(
                promise: .hypervolume(HypervolumeImprovement(front: front, reference: [1, 0])), objectives: [single, second],
                constraints: []),
            Acquisition(
                promise: .hypervolume(HypervolumeImprovement(front: front, reference: [1, 0], varianceShare: 0.3)), objectives: [single, second],
                constraints: []),
            Acquisition(promise: .none, objectives: [], constraints: [(second, -0.5), (single, 0.1)]),
            Acquisition(promise: .mean, objectives: [first], constraints: []),
            Acquisition(
                promise: .mean, objectives: [single], constraints: [],
                belief: Belief(
                    terms: [
                        Belief.Term(feature: 0, prior: UnitPrior(.normal(mean: 0.2, deviation: 0.25), over: .float(low: 0, high: 1, log: false, step: nil)))
                    ],
                    exponent: 2)),
            Acquisition(promise: .improvement(below: sloping.lowestMeans), objectives: [sloping], constraints: [(sloping, 0.1)]),
        ]
        for acquisition in acquisitions {
            for point in [[0.3, 1, 0.7, 1], [0.9, 2, 0.2, 0]] as [[Double]] {
                let (value, gradient) = acquisition.value(at: point)
                #expect(abs(value - acquisition.values(at: [point])[0]) < 1e-9)
                expectGradient(gradient, at: point, of: [0, 2]) { acquisition.values(at: [$0])[0] }
            }
        }
    }

    @Test func aFantasyIsObservedAsIfItWereReal() throws {
        let kernel = MaternKernel(layout: layout, logParameters: [1.2, -0.4, 0.3, 0.2, -16, 0, 0])
        let points = points(8, seed: 9)
        let values = Array(values(points).prefix(7))
        let before = try #require(GaussianProcess(kernel, points: Array(points.prefix(7)), values: values))
        let (means, variances) = before.moments(at: [points[7]])
        let result = means[0][0] + 1.3 * (variances[0] + kernel.noise).squareRoot()
        let fantasy = try #require(GaussianProcess(kernel, points: points, values: values, draws: [[0], [1.3]]))
        let there = fantasy.moments(at: [points[7]])
        #expect(abs(there.means[0][1] - result) < 1e-5)
        #expect(there.variances[0] < 1e-5)
        // What was expected anyway changes no mean, but everything near it is surer.
        let query = [[0.2, 0, 0.4, 1]]
        let (old, new) = (before.moments(at: query), fantasy.moments(at: query))
        #expect(abs(old.means[0][0] - new.means[0][0]) < 1e-6)
        #expect(abs(old.means[0][0] - new.means[0][1]) > 1e-6)
        #expect(new.variances[0] < old.variances[0])
        #expect(fantasy.lowestMeans[0] <= before.lowestMeans[0] + 1e-6)
    }

    @Test(arguments: [2, 3, 4])
    func theExpectedVolumeIsThatOfManyDraws(objectives: Int) {
        var generator = TrialGenerator(seed: UInt64(objectives))
        let front = (0..<6).map { _ in (0..<objectives).map { _ in generator.uniform() } }
        let reference = [Double](repeating: 1.1, count: objectives)
        let improvement = HypervolumeImprovement(front: front, reference: reference)
        let moments = (0..<objectives).map { _ in (mean: 0.2 + 0.4 * generator.uniform(), variance: 0.04) }
        // Volume by throwing points into the box; a draw gains those that it dominates and the front does not.
        let targets = (0..<20_000).map { _ in (0..<objectives).map { _ in -0.6 + 1.7 * generator.uniform() } }
            .filter { target in !front.contains { zip($0, target).allSatisfy { $0 <= $1 } } }
        var gain = 0.0
        for target in targets {
            var probability = 1.0
            for (moment, t) in zip(moments, target) { probability *= 0.5 * erfc(-(t - moment.mean) / moment.variance.squareRoot() / 2.0.squareRoot()) }
            gain += probability
        }
        gain *= pow(1.7, Double(objectives)) / 20_000
        let exact = exp(improvement.logExpected(moments).value)
        #expect(abs(exact / gain - 1) < 0.08, "\(exact), by draws \(gain)")
    }

    @Test func farBeyondTheFrontTheExpectedVolumeStillHasASlope() {
        let improvement = HypervolumeImprovement(front: [[0, 1], [1, 0]], reference: [2, 2])
        let found = improvement.logExpected([(mean: 50, variance: 0.01), (mean: 40, variance: 0.01)])
        #expect(found.value < -1e4 && found.value.isFinite)
        #expect(found.byMeans.allSatisfy { $0 < -100 && $0.isFinite })
    }

    @Test func aParetoPointBeyondDoubtGainsItsRectangle() {
        let improvement = HypervolumeImprovement(front: [[0, 1], [1, 0], [1, 1]], reference: [2, 2])
        let value = improvement.logExpected([(mean: 0.5, variance: 1e-12), (mean: 0.5, variance: 1e-12)]).value
        #expect(abs(exp(value) - 0.25) < 1e-5)
    }
}
