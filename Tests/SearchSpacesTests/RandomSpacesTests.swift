import Foundation
import SearchSpaces
import SearchTesting
import Testing

@Suite struct RandomSpacesTests {
    @Test("what is drawn from ten thousand spaces keeps to bounds, conditions and forbidden clauses", arguments: 0..<10)
    func drawsAreValid(block: UInt64) throws {
        for seed in (block * 1000)..<(block * 1000 + 1000) {
            let space = try RandomSpaces.space(seed: seed)
            var chance = Chance(seed: seed)
            for _ in 0..<2 {
                let configuration = try space.randomConfiguration(using: &chance)
                #expect(throws: Never.self, "seed \(seed): \(configuration)") { try space.validate(configuration) }
            }
        }
    }

    @Test func theSameSeedGivesTheSameSpaceAndDraws() throws {
        for seed in 0..<200 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            #expect(try RandomSpaces.space(seed: seed) == space)
            var (first, second) = (Chance(seed: 1), Chance(seed: 1))
            #expect(try space.randomConfiguration(using: &first) == space.randomConfiguration(using: &second), "seed \(seed)")
        }
    }

    @Test func neighboursAreValidInEverySpace() throws {
        for seed in 0..<300 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            var chance = Chance(seed: seed)
            let start = try space.randomConfiguration(using: &chance)
            for neighbour in space.neighbours(of: start, using: &chance) {
                #expect(throws: Never.self, "seed \(seed): \(neighbour)") { try space.validate(neighbour) }
                #expect(neighbour != start)
            }
        }
    }

    @Test func documentsComeBack() throws {
        for seed in 0..<300 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            #expect(try JSONDecoder().decode(SearchSpace.self, from: JSONEncoder().encode(space)) == space, "seed \(seed)")
        }
    }
}
