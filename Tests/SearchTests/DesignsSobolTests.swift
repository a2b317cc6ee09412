import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct DesignsSobolTests {
    @Test func unscrambledPointsAreThoseOfJoeAndKuo() {
        // scipy 1.17.1, scipy.stats.qmc.Sobol(161, scramble=False).random(1024), rows 5 and 1000, columns 0, 1, 5, 20, 63 and 160.
        let sequence = SobolSequence(dimensions: 161, seed: nil)
        let columns = [0, 1, 5, 20, 63, 160]
        #expect(columns.map { sequence.point(at: 5)[$0] } == [0.875, 0.875, 0.625, 0.625, 0.625, 0.875])
        let expected = [0.21972656, 0.09667969, 0.90722656, 0.52246094, 0.44628906, 0.85839844]
        #expect(zip(columns.map { sequence.point(at: 1000)[$0] }, expected).allSatisfy { abs($0 - $1) < 1e-7 })
    }

    @Test("every coordinate has one point in each of 2^k strata, also beyond the table", arguments: [nil, 1, 77] as [UInt64?])
    func strata(seed: UInt64?) {
        let sequence = SobolSequence(dimensions: 300, seed: seed)
        let points = (0..<64).map { sequence.point(at: $0) }
        for dimension in 0..<300 { #expect(Set(points.map { Int($0[dimension] * 64) }).count == 64, "dimension \(dimension)") }
    }

    @Test func scramblingKeepsTheNetOfTheFirstTwoDimensions() {
        let sequence = SobolSequence(dimensions: 2, seed: 5)
        let points = (0..<64).map { sequence.point(at: $0) }
        // A (0, 6, 2)-net in base 2: one point in each of 64 boxes, whatever their shape.
        for bits in 0...6 {
            let (columns, rows) = (Double(1 << bits), Double(1 << (6 - bits)))
            #expect(Set(points.map { Int($0[0] * columns) * 64 + Int($0[1] * rows) }).count == 64)
        }
        #expect(sequence.point(at: 3) != SobolSequence(dimensions: 2, seed: 6).point(at: 3))
    }
}
