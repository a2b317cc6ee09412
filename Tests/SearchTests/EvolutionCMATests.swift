import Foundation
import SearchSpaces
import SearchTesting
import Testing

@testable import Search

@Suite struct EvolutionCMATests {
    @Test func eigenvaluesAndVectorsGiveTheMatrixBack() {
        let size = 7
        var generator = TrialGenerator(seed: 1)
        let root = (0..<size * size).map { _ in generator.normal() }
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size { for j in 0..<size { for k in 0..<size { matrix[i * size + j] += root[i * size + k] * root[j * size + k] } } }
        let eigen = SymmetricEigen(matrix, size: size)
        for i in 0..<size {
            for j in 0..<size {
                var (product, dot) = (0.0, 0.0)
                for k in 0..<size {
                    let pair = eigen.vectors[k * size + i] * eigen.vectors[k * size + j]
                    product += eigen.values[k] * pair
                    dot += eigen.vectors[i * size + k] * eigen.vectors[j * size + k]
                }
                #expect(abs(product - matrix[i * size + j]) < 1e-12 * (matrix.max() ?? 1))
                #expect(abs(dot - (i == j ? 1 : 0)) < 1e-12)
            }
        }
    }

    @Test func constantsAreThoseOfTheTutorial() {
        // cmaes 0.13.1, CMA(mean=numpy.zeros(10), sigma=1).
        let constants = CMAConstants(dimensions: 10, population: 10, isDiagonal: false)
        #expect(abs(constants.effectiveParents - 3.1672993) < 1e-6)
        #expect(abs(constants.rankOneRate - 0.0152838) < 1e-6)
        #expect(abs(constants.rankMuRate - 0.0201543) < 1e-6)
        #expect(abs(constants.stepRate - 0.2844286) < 1e-6)
        #expect(abs(constants.pathRate - 0.2949904) < 1e-6)
        #expect(abs(constants.weights[9] + 0.5862218) < 1e-6)
        #expect(abs(constants.weights.prefix(5).reduce(0, +) - 1) < 1e-12)
    }

    @Test func aRotatedValleyIsFollowedToItsEnd() throws {
        let space = try SearchSpace([.float("x", -5...5), .float("y", -5...5), .float("z", -5...5)])
        let study = try Study(space: space, sampler: CMAES(), seed: 1)
        let best = try study.optimize(trials: 900) { trial in
            let (x, y, z): (Double, Double, Double) = (try trial.float("x"), try trial.float("y"), try trial.float("z"))
            let a: Double = (x + y + z - 1) / 3.0.squareRoot()
            let b: Double = (x - y) / 2.0.squareRoot()
            let c: Double = (x + y - 2 * z + 1) / 6.0.squareRoot()
            return a * a + 1e3 * b * b + 1e6 * c * c
        }
        #expect(best[0].values[0] < 1e-8)
    }

    @Test func everyKindOfParameterIsLearned() throws {
        let space = try SearchSpace([
            .float("rate", 1e-5...1, log: true), .integer("width", 1...1000, log: true), .integer("depth", 1...10), .boolean("bias"),
            .categorical("activation", ["relu", "silu", "tanh", "gelu"]), .ordinal("size", ["s", "m", "l", "xl"]),
            .float("momentum", 0...1).when("activation", .equals("silu")),
        ])
        let losses: [Double] = try (0..<2).map { seed in
            let study = try Study(space: space, sampler: CMAES(), seed: UInt64(seed))
            return try study.optimize(trials: 400) { trial in
                let rate: Double = log10(try trial.float("rate")) + 3
                let width: Double = log2(try trial.float("width")) - 7
                let depth: Double = (try trial.float("depth") - 4) / 2
                let bias: Double = try trial.boolean("bias") ? 0 : 0.5
                let size: Double = try trial.category("size") == "l" ? 0 : 0.5
                let momentum: Double = try trial.category("activation") == "silu" ? trial.float("momentum") - 0.7 : 1
                return [rate, width, depth, momentum].reduce(bias + size) { $0 + $1 * $1 }
            }[0].values[0]
        }
        #expect(losses.sorted()[0] < 1e-3, "\(losses)")
    }

    @Test func theMarginKeepsNeighboursOfWholeNumbersInReach() throws {
        // One good value at the centre of 21: without a margin the step would shrink until no other is ever drawn.
        let space = try SearchSpace([.integer("n", 0...20), .float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: try CMAES(population: nil, restarts: .none), seed: 5)
        try study.optimize(trials: 300) { trial in
            let n: Double = try trial.float("n") - 10
            let x: Double = try trial.float("x") - 0.4
            let y: Double = try trial.float("y") - 0.6
            return n * n + x * x + y * y
        }
        let late = try study.trials().suffix(100).map { try $0.configuration.integer("n") }
        #expect(late.count { $0 == 10 } > 60)
        #expect(late.contains { $0 != 10 })
    }

    @Test func lateResultsDoNotChangeThePast() throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(space: space, sampler: try CMAES(population: 4), seed: 1)
        var jobs: [Job] = []
        for _ in 0..<7 { jobs.append(try #require(try study.ask(worker: "w").job)) }
        for job in jobs.suffix(4) { try study.tell(job, Double(job.trial)) }
        _ = try study.ask(worker: "w")
        #expect(try study.trials()[7].notes == ["generation": 1, "members": "3-6"])
        func closed() throws -> [[Int]] {
            let trials = try study.trials()
            let context = SamplingContext(space: space, trials: trials, number: trials.count, seed: 1)
            return CMAHistory(context).closed.map { $0.members.map(\.outcome.number) }
        }
        #expect(try closed() == [[3, 4, 5, 6]])
        for job in jobs.prefix(3) { try study.tell(job, -1) }
        #expect(try closed() == [[3, 4, 5, 6]])
    }

    @Test func restartsDoubleThePopulation() throws {
        let genes = CMAGenes(Genome(try SearchSpace([.float("x", 0...1), .float("y", 0...1)])))
        let context = SamplingContext(space: try SearchSpace([.float("x", 0...1), .float("y", 0...1)]), trials: [], number: 0, seed: 1)
        var run = CMARun(genes, population: 6, sigma: 0.2)
        var number = 0
        // A plateau: every value is the same.
        while run.distribution.constants.population == 6, number < 6 * 100 {
            let members = (0..<6).map { _ in
                number += 1
                return CMAGeneration.Member(outcome: Outcome(number: number, losses: [1]), point: [0.5, 0.5])
            }
            run.advance(CMAGeneration(members: members), genes, context, restarts: .ipop)
        }
        #expect(run.distribution.constants.population == 12)
        #expect(throws: SearchError.self) { try Samplers.make("cma-es", ["restarts": "often"]) }
        #expect((try Samplers.make("cma-es", ["restarts": "bipop"]) as? CMAES)?.restarts == .bipop)
    }

    @Test func manyNumbersGetADiagonalMatrix() throws {
        let space = try SearchSpace((0..<150).map { .float("x\($0)", 0...1) })
        let study = try Study(space: space, sampler: CMAES(), seed: 1)
        let best = try study.optimize(trials: 200) { trial in
            var sum = 0.0
            for index in 0..<150 {
                let x: Double = try trial.float("x\(index)") - 0.3
                sum += x * x
            }
            return sum
        }
        #expect(try #require(best[0].values.first) < 0.9 * study.trials()[0].values[0])
    }
}
