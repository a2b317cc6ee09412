import SearchSpaces
import Testing

@Suite struct NeighboursTests {
    @Test func everyNeighbourDiffersInOneParameterAndIsValid() throws {
        let space = try SearchSpace(
            [
                .float("rate", 1e-4...1, log: true), .integer("layers", 1...3), .integer("width", 1...1000, log: true),
                .categorical("activation", ["relu", "silu", "tanh"]).when("layers", .greater(1)),
                .ordinal("size", ["s", "m", "l", "xl"]), .constant("k", 1),
            ], forbidden: [.all([.parameter("size", .equals("l")), .parameter("layers", .equals(2))])])
        let start: Configuration = ["rate": 0.01, "layers": 2, "width": 30, "activation": "relu", "size": "m", "k": 1]
        var generator = Chance(seed: 1)
        let neighbours = space.neighbours(of: start, using: &generator)
        for neighbour in neighbours {
            #expect(throws: Never.self) { try space.validate(neighbour) }
            let changed = space.names.filter { neighbour[$0] != start[$0] }
            #expect(changed.count == 1 || changed == ["layers", "activation"], "\(changed)")
        }
        func count(_ name: String) -> Int { neighbours.count { $0[name] != nil && $0[name] != start[name] } }
        #expect(count("rate") == 4)
        #expect(count("width") == 4)
        #expect(count("layers") == 2)
        #expect(count("activation") == 2)
        // "l" would be adjacent too, but is forbidden with two layers.
        #expect(neighbours.filter { $0["size"] != start["size"] }.map { $0["size"] } == ["s"])
        #expect(Set(neighbours).count == neighbours.count)
    }

    @Test func whatBecomesActiveTakesItsDefault() throws {
        let space = try SearchSpace([.boolean("on"), .float("x", 0...1, default: 0.25).when("on", .equals(true))])
        var generator = Chance(seed: 2)
        #expect(space.neighbours(of: ["on": false], using: &generator) == [["on": true, "x": 0.25]])
    }

    @Test func drawsLieCloseAndInside() throws {
        let domain = Domain.float(low: 0, high: 1)
        var generator = Chance(seed: 3)
        for value in [0, 0.5, 1] {
            let near = (0..<200).flatMap { _ in domain.neighbours(of: .float(value), deviation: 0.05, draws: 4, using: &generator) }
            #expect(near.count == 800)
            let distances = near.compactMap(\.number).map { abs($0 - value) }
            #expect(distances.allSatisfy { $0 < 0.25 })
            #expect(abs((distances.reduce(0) { $0 + $1 * $1 } / 800).squareRoot() - 0.05) < 0.005)
        }
    }
}

/// SplitMix64, for tests that want the same draws on every machine.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
