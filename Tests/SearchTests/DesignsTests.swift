import SearchSpaces
import SearchTesting
import Testing

@testable import Search

@Suite struct DesignsTests {
    private func configurations(_ sampler: any Sampler, _ space: SearchSpace, _ count: Int, seed: UInt64 = 1) throws -> [Configuration] {
        let study = try Study(space: space, sampler: sampler, seed: seed)
        try study.optimize(trials: count) { _ in 0 }
        return try study.trials().map(\.configuration)
    }

    @Test func aGridTriesEveryCombinationOnceAndEnds() throws {
        let space = try SearchSpace([
            .float("rate", 1e-4...1, log: true), .integer("layers", 1...3), .categorical("activation", ["relu", "silu"]).when("layers", .greater(1)),
            .integer("units", 1...100), .constant("k", 1),
        ])
        let all = try configurations(try GridSampler(resolution: 4), space, 1000)
        // 4 rates and 4 units for 1 layer without and 2 with an activation.
        #expect(all.count == 4 * 4 * (1 + 2 * 2))
        #expect(Set(all).count == all.count)
        #expect(Set(try all.map { try $0.integer("units") }) == [1, 34, 67, 100])
        let rates = Set(try all.map { try $0.float("rate") }).sorted()
        #expect(zip(rates, [1e-4, 2.154e-3, 4.642e-2, 1]).allSatisfy { abs($0 / $1 - 1) < 1e-3 })
        #expect(try configurations(try GridSampler(resolution: 4), space, 1000, seed: 2) != all)
    }

    @Test func aGridLeavesOutWhatIsForbidden() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)], forbidden: [.parameter("x", .greater(0.6))])
        #expect(try configurations(GridSampler(), space, 100).count == 15)
    }

    @Test func aGridTooLargeToCountIsDrawnFrom() throws {
        let space = try SearchSpace((0..<40).map { .float("x\($0)", 0...1) })
        let all = try configurations(try GridSampler(resolution: 9), space, 10)
        #expect(Set(all).count == 10)
    }

    @Test func workersShareOneSobolSequence() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1), .constant("k", 1)])
        let study = try Study(space: space, sampler: SobolSampler(), seed: 4)
        try study.enqueue(["x": 0.5, "y": 0.5])
        for number in 0..<33 {
            let job = try #require(try study.ask(worker: "\(number % 3)").job)
            if number % 2 == 0 { try study.tell(job, 1) }
        }
        let sequence = SobolSequence(dimensions: 2, seed: 4)
        for (index, trial) in try study.trials().dropFirst().enumerated() {
            #expect(try [trial.configuration.float("x"), trial.configuration.float("y")] == sequence.point(at: index))
        }
    }

    @Test func aLatinHypercubeHasOnePointInEachStratum() throws {
        let space = try SearchSpace((0..<5).map { .float("x\($0)", 0...1) })
        let all = try configurations(try LatinHypercube(points: 20), space, 40)
        for design in [all.prefix(20), all.suffix(20)] {
            for dimension in 0..<5 { #expect(Set(try design.map { Int(try $0.float("x\(dimension)") * 20) }).count == 20) }
        }
        #expect(throws: SearchError.self) { try Samplers.make("lhs", ["points": 0]) }
    }

    @Test func haltonMirrorsTheDigitsOfTheIndex() {
        let plain = HaltonSequence(dimensions: 3, seed: nil)
        // 6 is 110, 20 and 11 in the bases 2, 3 and 5.
        #expect(zip(plain.point(at: 6), [3.0 / 8, 2.0 / 9, 6.0 / 25]).allSatisfy { abs($0 - $1) < 1e-12 })
        let scrambled = HaltonSequence(dimensions: 3, seed: 3)
        for (dimension, base) in [2, 3, 5].enumerated() {
            let strata = (0..<base * base).map { Int(scrambled.point(at: $0)[dimension] * Double(base * base)) }
            #expect(Set(strata).count == base * base)
        }
    }

    @Test("a random order is a permutation", arguments: [1, 2, 3, 7, 64, 1000])
    func order(count: Int) {
        let order = RandomOrder(count: count, seed: 5)
        #expect(Set((0..<count).map { order.element(at: $0) }) == Set(0..<count))
    }
}
