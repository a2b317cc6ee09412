import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct ParzenEstimatorTests {
    @Test(
        "densities integrate to one",
        arguments: [
            Domain.float(low: -2, high: 3), .float(low: 1e-3, high: 1, log: true), .float(low: 0, high: 1, step: 0.1),
            .integer(low: 1, high: 6),
            .integer(low: 1, high: 500, log: true), .integer(low: 0, high: 400), .categorical(["a", "b", "c"]), .ordinal([1, 2, 3]),
        ])
    func normalised(domain: Domain) throws {
        let dimension = ParzenDimension(domain)
        var generator = TrialGenerator(seed: 4)
        for count in [0, 1, 2, 40] {
            let column = (0..<count).compactMap { _ in dimension.coordinate(of: domain.value(atUnit: generator.uniform())) }
            let estimator = ParzenEstimator([dimension], [column], flat: false)
            let total: Double
            if let levels = domain.count {
                let values = (0..<levels).map { domain.value(atUnit: (Double($0) + 0.5) / Double(levels)) }
                let points = Set(values.count == levels && !isLog(domain) ? values : (1...500).map { .integer($0) })
                    .compactMap { dimension.coordinate(of: $0).map { [$0] } }
                total = estimator.logDensities(points).reduce(0) { $0 + exp($1) }
            } else {
                let cells = 20_000
                let width = (dimension.high - dimension.low) / Double(cells)
                let points = (0..<cells).map { [dimension.low + (Double($0) + 0.5) * width] }
                total = estimator.logDensities(points).reduce(0) { $0 + exp($1) * width }
            }
            #expect(abs(total - 1) < 5e-3, "\(count) observations: \(total)")
        }
    }

    private func isLog(_ domain: Domain) -> Bool {
        if case .integer(_, _, true, _) = domain { return true }
        return false
    }

    @Test func drawsFollowTheDensity() {
        let dimension = ParzenDimension(.integer(low: 1, high: 6))
        let estimator = ParzenEstimator([dimension], [[2, 2, 3]], flat: false)
        let densities = estimator.logDensities((1...6).map { [Double($0)] }).map { exp($0) }
        var generator = TrialGenerator(seed: 5)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[Int(estimator.draw(&generator)[0].rounded()) - 1] += 1 }
        for (count, density) in zip(counts, densities) { #expect(abs(Double(count) / 60_000 - density) < 0.01) }
    }

    @Test func tailsKeepTheirLogarithms() {
        // Reference: SciPy 1.11, log_ndtr differences.
        #expect(abs(NormalDistribution.logMass(from: 5, to: 6) - -15.068_4) < 1e-3)
        #expect(abs(NormalDistribution.logMass(from: -1, to: 1) - log(0.682_689_492_137)) < 1e-10)
        #expect(NormalDistribution.logMass(from: 60, to: 61) > -1806 && NormalDistribution.logMass(from: 60, to: 61) < -1804)
        #expect(NormalDistribution.logMass(from: -61, to: -60) == NormalDistribution.logMass(from: 60, to: 61))
    }
}
