import Foundation
import SearchSpaces
import Testing

@Suite struct PriorTests {
    static let cases: [(Domain, Prior)] = [
        (.float(low: -2, high: 5), .normal(mean: 1, deviation: 0.7)), (.float(low: 0, high: 1), .normal(mean: 3, deviation: 0.2)),
        (.float(low: 0, high: 1), .normal(mean: -4, deviation: 0.2)), (.float(low: 1e-5, high: 1, log: true), .normal(mean: 1e-3, deviation: 1)),
        (.integer(low: 1, high: 9), .normal(mean: 4, deviation: 2)), (.float(low: 0, high: 10), .beta(alpha: 2, beta: 5)),
        (.float(low: 0, high: 10), .beta(alpha: 300, beta: 700)), (.float(low: 0, high: 10), .beta(alpha: 0.5, beta: 0.5)),
        (.categorical(["a", "b", "c"]), .weights([1, 0, 3])), (.ordinal([1, 2, 3, 4]), .weights([4, 3, 2, 1])),
        (.float(low: 0, high: 1), .normal(mean: 0.5, deviation: 1e9)),
    ]

    @Test("the quantile inverts the integral of the density", arguments: cases)
    func quantilesFitDensities(domain: Domain, prior: Prior) throws {
        let unit = UnitPrior(prior, over: domain)
        let quantiles = (1..<20).map { unit.quantile(Double($0) / 20) }
        // Midpoint sums; the density of beta(½, ½) is infinite at the ends, so its sum is coarser there.
        let cells = 5000
        var sum = 0.0
        var next = 0
        for cell in 0..<cells {
            let density = unit.density(at: (Double(cell) + 0.5) / Double(cells)) / Double(cells)
            while next < 19, quantiles[next] <= Double(cell + 1) / Double(cells) {
                let share = quantiles[next] * Double(cells) - Double(cell)
                #expect(abs(sum + share * density - Double(next + 1) / 20) < 5e-3, "\(prior) at \(next + 1)/20: \(sum)")
                next += 1
            }
            sum += density
        }
        #expect(abs(sum - 1) < 1e-2, "\(prior): \(sum)")
        #expect(next == 19)
    }

    @Test("densities and quantiles agree with SciPy 1.17")
    func referenceNumbers() {
        // truncnorm(-3/0.7, 4/0.7, loc=1, scale=0.7) on [-2, 5], beta(2, 5) on [0, 10].
        let normal = UnitPrior(.normal(mean: 1, deviation: 0.7), over: .float(low: -2, high: 5))
        #expect(abs(normal.quantile(0.1) * 7 - 2 - 0.102_946_595_4) < 1e-8)
        #expect(abs(normal.density(at: 0.3) / 7 - 0.249_378_093_0) < 1e-9)
        let far = UnitPrior(.normal(mean: 3, deviation: 0.2), over: .float(low: 0, high: 1))
        #expect(abs(far.quantile(0.5) - 0.986_317_632_8) < 1e-8)
        let beta = UnitPrior(.beta(alpha: 2, beta: 5), over: .float(low: 0, high: 10))
        #expect(abs(beta.quantile(0.5) - 0.264_449_983_3) < 1e-9)
        #expect(abs(beta.density(at: 0.1) - 1.9683) < 1e-9)
    }

    @Test func drawsFollowThePrior() throws {
        let space = try SearchSpace([
            .categorical("c", ["a", "b", "n"]).expecting(.weights([1, 3, 0])),
            .float("rate", 1e-5...1, log: true).expecting(.normal(mean: 1e-3, deviation: 0.5)),
            .integer("n", 1...9).expecting(.normal(mean: 5, deviation: 1)),
        ])
        var chance = Chance(seed: 4)
        let draws = try (0..<4000).map { _ in try space.randomConfiguration(using: &chance) }
        #expect(abs(Double(draws.count { $0["c"] == "b" }) / 4000 - 0.75) < 0.03)
        #expect(!draws.contains { $0["c"] == "n" })
        let logs = try draws.map { log(try $0.float("rate")) }
        let mean = logs.reduce(0, +) / 4000
        #expect(abs(mean - log(1e-3)) < 0.05)
        #expect(abs((logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000).squareRoot() - 0.5) < 0.03)
        // Φ(0.5) - Φ(-0.5)
        #expect(abs(Double(draws.count { $0["n"] == 5 }) / 4000 - 0.383) < 0.03)
    }

    @Test func decodingStaysThePlainMap() throws {
        let space = try SearchSpace([.float("x", 0...1).expecting(.beta(alpha: 5, beta: 1))])
        #expect(try space.decode([0.25]).float("x") == 0.25)
        #expect(try SearchSpace([.float("x", 0...1)]).parameters[0].unitPrior.isFlat)
    }

    @Test(
        "priors that do not fit are refused",
        arguments: [
            Parameter.float("p", 0...1).expecting(.normal(mean: 0, deviation: 0)), .float("p", 0...1).expecting(.weights([1])),
            .float("p", 0.1...1, log: true).expecting(.normal(mean: 0, deviation: 1)), .float("p", 0...1).expecting(.beta(alpha: 0, beta: 1)),
            .float("p", 0...1).expecting(.normal(mean: 99, deviation: 1)), .categorical("p", ["a", "b"]).expecting(.weights([1])),
            .categorical("p", ["a", "b"]).expecting(.weights([0, 0])), .categorical("p", ["a", "b"]).expecting(.weights([1, -1])),
            .categorical("p", ["a"]).expecting(.normal(mean: 0, deviation: 1)), .integer("p", 1...2).expecting(.beta(alpha: .nan, beta: 1)),
        ])
    func impossiblePriors(parameter: Parameter) {
        #expect(performing: { try SearchSpace([parameter]) }, throws: { ($0 as? SearchSpaceError)?.code == .invalidPrior })
    }
}
