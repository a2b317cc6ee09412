import SearchSpaces
import SearchTesting
import Testing

@testable import SearchSpaceFormats

@Suite struct SpaceFileTests {
    static let yaml = """
        # A network.
        learning_rate: {float: [1e-4, 1e-1], log: true, default: 1e-2, prior: {normal: [0.01, 1]}}
        momentum: {float: [0, 0.99], prior: {beta: [5, 1]}}
        dropout: {float: [0, 0.5], step: 0.1}
        layers: {integer: [1, 4]}
        activation: {choice: [relu, silu], weights: [3, 1], when: layers > 1}
        slope:
          float: [0, 1]
          when: activation == relu and (layers in [2, 3] or not momentum < 0.5)
        size: {ordinal: [small, medium, large]}
        batch: [16, 32, 64]
        bias: {boolean: true}
        version: 2
        forbidden:
          - size >= medium and layers == 4
          - momentum > learning_rate
        """

    static func network() throws -> SearchSpace {
        try SearchSpace(
            [
                .float("learning_rate", 1e-4...1e-1, log: true, default: 1e-2).expecting(.normal(mean: 0.01, deviation: 1)),
                .float("momentum", 0...0.99).expecting(.beta(alpha: 5, beta: 1)), .float("dropout", 0...0.5, step: 0.1),
                .integer("layers", 1...4),
                .categorical("activation", ["relu", "silu"]).expecting(.weights([3, 1])).when("layers", .greater(1)),
                .float("slope", 0...1).when(
                    .all([
                        .parameter("activation", .equals("relu")),
                        .any([.parameter("layers", .isIn([2, 3])), .parameter("momentum", .atLeast(0.5))]),
                    ])), .ordinal("size", ["small", "medium", "large"]), .categorical("batch", [16, 32, 64] as [ParameterValue]),
                .boolean("bias", default: true), .constant("version", 2),
            ],
            forbidden: [
                .all([.parameter("size", .atLeast("medium")), .parameter("layers", .equals(4))]), .relation("momentum", .greater, "learning_rate"),
            ])
    }

    @Test func peopleWriteYAML() throws {
        #expect(try SpaceFile.read(text: Self.yaml) == Self.network())
        let wrapped = try SpaceFile.read(text: "parameters:\n  forbidden: {integer: [1, 2]}\n  b: [x, y]\nforbidden: [forbidden == 2 and b == x]")
        #expect(wrapped.names == ["forbidden", "b"])
        #expect(wrapped.forbidden == [.all([.parameter("forbidden", .equals(2)), .parameter("b", .equals("x"))])])
        #expect(try SpaceFile.read(text: "a: [on, off, \"1\"]").parameters[0].domain == .categorical(["on", "off", "1"]))
    }

    @Test("our own forms give every space back", arguments: [SpaceFormat.json, .yaml])
    func ownFormsAreExact(format: SpaceFormat) throws {
        for seed in 0..<60 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            guard !space.parameters.contains(where: { $0.condition?.impossiblePart { space[$0]?.domain } != nil }) else {
                // Such a file would be refused.
                #expect(throws: SearchSpaceError.self, "seed \(seed)") { try SpaceFile.write(space, as: format) }
                continue
            }
            let text = try SpaceFile.write(space, as: format)
            // The ends of a range of which a step leaves one value are that value.
            let plain = try LikelySlips.writable(space)
            #expect(try SpaceFile.read(text: text).isSame(as: plain), "seed \(seed):\n\(text)")
            #expect(try SpaceFile.read(text: text, format: format).isSame(as: plain), "seed \(seed):\n\(text)")
        }
        let odd = try SearchSpace(
            [
                .categorical("quo\"te", ["a b", "true", "1", "", "x: y", "- z", "#", "null", "é\n"]), .boolean("and", default: true),
                .ordinal("parameters", [1, 2.5, true, "relu"]).when("quo\"te", .isIn(["true", "1", "", "x: y"])),
                .integer("n", 1...2).when("and", .equals(true)),
            ], forbidden: [.any([]), .all([.parameter("n", .equals(2)), .parameter("parameters", .differs(true))])])
        let text = try SpaceFile.write(odd, as: format)
        #expect(try SpaceFile.read(text: text, format: format).isSame(as: odd), "\(text)")
    }

    @Test("other tools' forms give back what they can say", arguments: [SpaceFormat.configSpace, .configSpaceOld, .pcs, .pcsNew, .irace])
    func foreignFormsComeBack(format: SpaceFormat) throws {
        var written = 0
        for seed in 0..<80 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            guard let losses = try? SpaceFile.losses(writing: space, as: format), !losses.contains(where: { $0.contains("words") }) else { continue }
            written += 1
            let text = try SpaceFile.write(space, as: format, allowingLosses: true)
            if losses.isEmpty {
                #expect(try SpaceFile.write(space, as: format) == text)
            } else {
                #expect(throws: SearchSpaceError.self) { try SpaceFile.write(space, as: format) }
            }
            let again = try SpaceFile.read(text: text)
            #expect(again.names == space.names, "seed \(seed)")
            try expectSameConfigurations(space, again, "\(format), seed \(seed):\n\(text)")
            let mayMove = [.configSpace, .configSpaceOld].contains(format) && space.isForbidden(space.defaultConfiguration)
            if losses.isEmpty, format != .irace, !mayMove { #expect(again.parameters.map(\.startValue) == space.parameters.map(\.startValue), "seed \(seed)") }
        }
        #expect(written > 15, "only \(written) could be written")
    }

    /// What one space draws, the other accepts, and neither accepts what the other forbids.
    private func expectSameConfigurations(_ first: SearchSpace, _ second: SearchSpace, _ message: String) throws {
        var chance = Chance(seed: 1)
        for (one, other) in [(first, second), (second, first)] {
            for _ in 0..<5 {
                let configuration = try one.randomConfiguration(using: &chance)
                #expect(throws: Never.self, "\(message)\n\(configuration)") { try other.validate(configuration) }
            }
        }
        for _ in 0..<20 {
            let point = first.parameters.map { _ in Double.random(in: 0..<1, using: &chance) }
            let configuration = first.decode(point)
            #expect(first.isForbidden(configuration) == second.isForbidden(configuration), "\(message)\n\(configuration)")
        }
    }

    @Test func formatsAreGuessed() throws {
        let plain = try SearchSpace([.integer("n", 1...4), .categorical("c", ["a", "b"]).when("n", .equals(2))])
        for format in SpaceFormat.allCases where format != .pcs {
            let guessed = SpaceFile.guess(try SpaceFile.write(plain, as: format), fileExtension: "")
            #expect(guessed == format || format == .configSpaceOld && guessed == .configSpace, "\(format) was taken for \(guessed)")
        }
        #expect(SpaceFile.guess("n [1, 4] [2]i\nc {a, b} [a]\n", fileExtension: "pcs") == .pcs)
        #expect(SpaceFile.guess("n: {integer: [1, 4]}", fileExtension: "txt") == .yaml)
    }

    @Test(arguments: [SpaceFormat.configSpace, .configSpaceOld])
    func aForbiddenDefaultIsMovedForConfigSpace(format: SpaceFormat) throws {
        func moved(_ parameters: [Parameter], _ forbidden: [Condition]) throws -> (losses: [String], space: SearchSpace) {
            let space = try SearchSpace(parameters, forbidden: forbidden)
            let text = try SpaceFile.write(space, as: format, allowingLosses: true)
            return (try SpaceFile.losses(writing: space, as: format), try SpaceFile.read(text: text))
        }
        let clause = Condition.parameter("a", .isIn([7, 8]))
        let explicit = try moved([.integer("a", 1...9, default: 7), .integer("b", 1...5, default: 4)], [clause])
        #expect(!explicit.space.isForbidden(explicit.space.defaultConfiguration))
        #expect(explicit.space.defaultConfiguration["b"] == 4)
        let value = try #require(explicit.space.defaultConfiguration["a"])
        #expect(explicit.losses == ["the default of \"a\" is \(value), for the default configuration with 7 is forbidden"])
        let implied = try moved([.integer("a", 1...9)], [.parameter("a", .equals(5))])
        #expect(implied.losses.isEmpty && !implied.space.isForbidden(implied.space.defaultConfiguration))
        let error = try #require(throws: SearchSpaceError.self) { try moved([.integer("a", 1...2)], [.parameter("a", .isIn([1, 2]))]) }
        #expect(error.code == .inexpressible && error.message.contains("forbids every configuration"), "\(error)")
    }

    @Test func whatCannotBeSaidIsNamed() throws {
        let space = try SearchSpace([.float("x", 0...1, step: 0.25), .float("y", 0...1).expecting(.beta(alpha: 2, beta: 2))])
        #expect(try SpaceFile.losses(writing: space, as: .configSpace) == ["\"x\" is a list of its values"])
        #expect(try SpaceFile.losses(writing: space, as: .pcs).count == 3)
        #expect(throws: SearchSpaceError.self) { try SpaceFile.write(space, as: .irace) }
        let relation = try SearchSpace([.float("x", 0...1), .float("y", 0...1)], forbidden: [.relation("x", .less, "y")])
        #expect(throws: SearchSpaceError.self) { try SpaceFile.write(relation, as: .pcsNew, allowingLosses: true) }
        #expect(try SpaceFile.read(text: SpaceFile.write(relation, as: .irace)) == relation)
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
