import Foundation
import SearchSpaces
import Testing

@Suite struct ForbiddenTests {
    private func message(_ space: SearchSpace) throws -> String {
        var chance = Chance(seed: 1)
        let error = try #require(throws: SearchSpaceError.self) { try space.randomConfiguration(using: &chance) }
        #expect(error.code == .forbidden)
        return error.message
    }

    @Test func oneInAMillionIsFound() throws {
        let digits = (0..<6).map { Parameter.integer("d\($0)", 0...9) }
        let space = try SearchSpace(
            digits + [.float("x", 0...1)], forbidden: (0..<6).map { .parameter("d\($0)", .differs(.integer($0))) })
        var chance = Chance(seed: 1)
        let configuration = try space.randomConfiguration(using: &chance)
        #expect((0..<6).allSatisfy { configuration["d\($0)"] == .integer($0) })
        #expect(configuration["x"] != nil)
        let needle = try SearchSpace([.integer("n", 1...1_000_000)], forbidden: [.parameter("n", .differs(777_777))])
        #expect(try needle.randomConfiguration(using: &chance) == ["n": 777_777])
        let point = try SearchSpace([.float("x", 0...1)], forbidden: [.parameter("x", .less(0.3)), .parameter("x", .greater(0.3))])
        #expect(try point.randomConfiguration(using: &chance) == ["x": 0.3])
    }

    @Test func chainsOfRelationsAreSatisfied() throws {
        // Eight numbers that must rise: one in 1.7 million of all combinations.
        let parameters = (0..<8).map { Parameter.integer("n\($0)", 1...8) }
        let space = try SearchSpace(parameters, forbidden: (0..<7).map { .relation("n\($0)", .atLeast, "n\($0 + 1)") })
        var chance = Chance(seed: 2)
        #expect(try space.randomConfiguration(using: &chance) == Configuration((0..<8).map { ("n\($0)", .integer($0 + 1)) }))
        let equal = try SearchSpace(
            [.float("x", 0...1), .float("y", 0.5...2)], forbidden: [.relation("x", .differs, "y")])
        let configuration = try equal.randomConfiguration(using: &chance)
        #expect(configuration["x"] == configuration["y"])
    }

    @Test func whatIsImpossibleIsProvedAndNamed() throws {
        // The last of many parameters is impossible: blind backtracking would try 10¹² combinations of the others.
        let many = (0..<12).map { Parameter.integer("n\($0)", 1...10) }
        let clauses: [Condition] =
            (0..<11).map { .relation("n\($0)", .equals, "n\($0 + 1)") }
            + [.parameter("n11", .less(6)), .parameter("n11", .greater(5))]
        let text = try message(SearchSpace(many, forbidden: clauses))
        #expect(text.contains("forbids every configuration"), "\(text)")
        #expect(text.contains("n11 < 6"), "\(text)")
        #expect(try message(SearchSpace([.float("x", 0...1)], forbidden: [.parameter("x", .atMost(1.5))])).contains("x <= 1.5"))
        #expect(try message(SearchSpace([.float("x", 0...1)], forbidden: [.all([])])).contains("always"))
        // The child would be allowed if it were active, and it is active always.
        let child = try SearchSpace(
            [.boolean("on"), .integer("k", 1...3).when("on", .equals(true))],
            forbidden: [.parameter("on", .equals(false)), .parameter("k", .atLeast(1))])
        #expect(try message(child).contains("forbids every configuration"))
    }

    @Test("what is left of small spaces is found, or shown to be nothing, as by trying everything")
    func searchAgreesWithEnumeration() throws {
        var (allowed, empty) = (0, 0)
        for seed in 0..<300 as Range<UInt64> {
            var chance = Chance(seed: seed)
            let space = try crowded(&chance)
            var isPossible = false
            for cells in 0..<(3 * 3 * 3 * 3) {
                let point = [cells % 3, cells / 3 % 3, cells / 9 % 3, cells / 27].map { (Double($0) + 0.5) / 3 }
                isPossible = isPossible || !space.isForbidden(space.decode(point))
            }
            var draw = Chance(seed: seed)
            if isPossible {
                allowed += 1
                let configuration = try space.randomConfiguration(using: &draw)
                #expect(throws: Never.self, "seed \(seed)") { try space.validate(configuration) }
            } else {
                empty += 1
                let error = #expect(throws: SearchSpaceError.self, "seed \(seed)") { try space.randomConfiguration(using: &draw) }
                #expect(error?.message.contains("forbids every configuration") == true, "seed \(seed): \(error?.message ?? "")")
            }
        }
        #expect(allowed > 50 && empty > 50, "\(allowed) and \(empty)")
    }

    /// Four parameters of three values each, conditions, and so many clauses that often nothing is left.
    private func crowded(_ chance: inout Chance) throws -> SearchSpace {
        func test(below limit: Int) -> Condition {
            let name = "p\(Int.random(in: 0..<limit, using: &chance))"
            let value = ParameterValue.integer(Int.random(in: 0...2, using: &chance))
            switch Int.random(in: 0..<5, using: &chance) {
            case 0: return .parameter(name, .differs(value))
            case 1: return .parameter(name, .atLeast(value))
            case 2: return .parameter(name, .atMost(value))
            case 3 where limit == 4:
                let other = "p\(Int.random(in: 0..<4, using: &chance))"
                return name == other ? .parameter(name, .equals(value)) : .relation(name, .less, other)
            default: return .parameter(name, .equals(value))
            }
        }
        let parameters = (0..<4).map { index in
            let parameter = Parameter.integer("p\(index)", 0...2)
            return index > 0 && Bool.random(using: &chance) ? parameter.when(test(below: index)) : parameter
        }
        let clauses = (0..<Int.random(in: 3...14, using: &chance)).map { _ -> Condition in
            let parts = (0..<Int.random(in: 1...3, using: &chance)).map { _ in test(below: 4) }
            return Int.random(in: 0..<4, using: &chance) == 0 ? .any(parts) : .all(parts)
        }
        return try SearchSpace(parameters, forbidden: clauses)
    }

    @Test func inactiveParametersViolateNothing() throws {
        let space = try SearchSpace(
            [.categorical("c", (0..<300).map { ParameterValue.integer($0) }), .integer("k", 1...3).when("c", .differs(299))],
            forbidden: [.parameter("k", .atLeast(1))])
        var chance = Chance(seed: 3)
        for _ in 0..<5 { #expect(try space.randomConfiguration(using: &chance) == ["c": 299]) }
    }

    @Test func relationsCompareByNumberOrRank() throws {
        let space = try SearchSpace(
            [.ordinal("small", ["a", "b", "c"]), .ordinal("large", ["b", "c", "d"]), .integer("n", 1...5), .float("x", 0...9)],
            forbidden: [.relation("small", .greater, "large"), .relation("n", .atLeast, "x")])
        #expect(!space.isForbidden(["small": "b", "large": "c", "n": 1, "x": 1.5]))
        #expect(space.isForbidden(["small": "c", "large": "c", "n": 1, "x": 1.5]))
        #expect(space.isForbidden(["small": "b", "large": "c", "n": 2, "x": 2]))
        #expect(!space.isForbidden(["small": "b", "large": "c", "n": 2]))
        #expect(throws: SearchSpaceError.self) {
            try SearchSpace([.categorical("a", ["x"]), .integer("n", 1...2)], forbidden: [.relation("a", .less, "n")])
        }
        #expect(throws: SearchSpaceError.self) { try SearchSpace([.integer("n", 1...2)], forbidden: [.relation("n", .less, "m")]) }
    }

    @Test func inclusiveTestsIncludeTheirBound() throws {
        let space = try SearchSpace([
            .integer("n", 1...3), .boolean("low").when("n", .atMost(2)), .boolean("high").when("n", .atLeast(2)),
        ])
        #expect(space.decode([0, 0, 0]).names == ["n", "low"])
        #expect(space.decode([0.5, 0, 0]).names == ["n", "low", "high"])
        #expect(space.decode([1, 0, 0]).names == ["n", "high"])
    }

    @Test func aForbiddenDefaultIsNamedWithItsClause() throws {
        let space = try SearchSpace([.float("a", 0...1, default: 0.7)], forbidden: [.parameter("a", .greater(0.5)), .parameter("a", .less(0.1))])
        let expected = "The default configuration a=0.7 is forbidden by \"a > 0.5\". Choose other values, or forbid less."
        #expect(try #require(throws: SearchSpaceError.self) { try space.validate(space.defaultConfiguration) }.message == expected)
        #expect(try #require(throws: SearchSpaceError.self) { try space.validate(["a": 0.6]) }.message.hasPrefix("The combination a=0.6 is forbidden by"))
        // Who asks for some values forbids all others.
        #expect(try message(fixing("a", 0.7, in: space)) == expected)
        #expect(try message(fixing("a", 0.6, in: space)).hasPrefix("The combination a=0.6 is forbidden by \"a > 0.5\"."))
        let pair = try SearchSpace([.integer("a", 1...3), .integer("b", 1...3)], forbidden: [.relation("b", .atLeast, "a")])
        let text = try message(fixing("a", 1, in: pair))
        #expect(text.hasPrefix("The space forbids every configuration with a=1; in the way are the forbidden \"b >= a\"."), "\(text)")
    }

    private func fixing(_ name: String, _ value: ParameterValue, in space: SearchSpace) throws -> SearchSpace {
        try SearchSpace(space.parameters, forbidden: space.forbidden + [.parameter(name, .differs(value))])
    }

    @Test func aClauseThatIsWrongIsNamed() throws {
        let error = try #require(throws: SearchSpaceError.self) {
            try SearchSpace([.integer("a", 1...3)], forbidden: [.parameter("a", .equals(1)), .parameter("a", .equals(9))])
        }
        #expect(error.message.hasPrefix("The forbidden combination 2, \"a == 9\", compares \"a\" with 9"), "\(error)")
    }

    @Test func textIsInQuotesWhereANumberIsExpected() throws {
        let space = try SearchSpace([.integer("layers", 1...4), .categorical("name", ["a", "b"])])
        func text(_ configuration: Configuration) throws -> String { try #require(throws: SearchSpaceError.self) { try space.validate(configuration) }.message }
        #expect(try text(["layers": "2", "name": "a"]) == "\"layers\" is \"2\", but it must be a whole number from 1 to 4.")
        #expect(try text(["layers": 7, "name": "a"]) == "\"layers\" is 7, but it must be a whole number from 1 to 4.")
        #expect(try text(["layers": 2, "name": "c"]) == "\"name\" is c, but it must be one of a, b.")
        let error = try #require(throws: SearchSpaceError.self) { try SearchSpace([Parameter("n", .integer(low: 1, high: 3), default: "2")]) }
        #expect(error.message == "The default of \"n\" is \"2\", but it must be a whole number from 1 to 3.")
    }
}
