import Testing
import Torch

struct TensorGeneratorTests {
    /// First outputs of xoshiro256++ seeded by SplitMix64 of 0: fixed so that seeds keep their meaning between releases.
    @Test func seedsKeepTheirMeaning() {
        var generator = TensorGenerator(seed: 0)
        #expect((0..<3).map { _ in generator.next() } == [5_987_356_902_031_041_503, 7_051_070_477_665_621_255, 6_633_766_593_972_829_180])
    }

    @Test func normalNumbersHaveTheirMoments() {
        var generator = TensorGenerator(seed: 1)
        let values = generator.normal(100_001, standardDeviation: 2)
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 4) < 0.06)
    }

    @Test func uniformNumbersStayInTheirRange() {
        var generator = TensorGenerator(seed: 2)
        let values = generator.uniform(10_000, in: -0.5...1.5)
        #expect(values.allSatisfy { (-0.5...1.5).contains($0) })
        #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.02)
        #expect(generator.permutation(50).sorted() == Array(0..<50))
    }

    @Test(needsTorch) func weightsHaveTheVarianceOfTheirLayer() throws {
        var generator = TensorGenerator(seed: 3)
        let kernel = try generator.heNormal([64, 32, 3, 3])
        #expect(abs(try kernel.multiplied(by: kernel).mean().item() - 2 / 288) < 3e-4)
        let matrix = try generator.glorotUniform([300, 100])
        #expect(abs(try matrix.multiplied(by: matrix).mean().item() - 2 / 400) < 2e-4)
    }
}
