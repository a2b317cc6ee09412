import Foundation
import SearchSpaces
import Testing

@Suite struct SearchSpaceTests {
    static func network() throws -> SearchSpace {
        try SearchSpace([
            .float("learning_rate", 1e-4...1e-1, log: true),
            .integer("layers", 1...4),
            .categorical("activation", ["relu", "silu"]).when("layers", .greater(1)),
            .float("slope", 0...1).when("activation", .equals("relu")),
        ])
    }

    @Test func inactiveParametersAreAbsent() throws {
        let space = try Self.network()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let configuration = try space.randomConfiguration(using: &generator)
            let layers = try configuration.integer("layers")
            #expect((configuration["activation"] != nil) == (layers > 1))
            #expect((configuration["slope"] != nil) == (configuration["activation"] == "relu"))
            #expect(try space.validate(configuration) == configuration)
            #expect(configuration.names == space.activeParameters(in: configuration).map(\.name))
            let again = space.decode(space.encode(configuration))
            #expect(again.names == configuration.names)
        }
    }

    @Test func theDefaultIsTheMiddleOnTheScale() throws {
        let space = try Self.network()
        let configuration = space.defaultConfiguration
        #expect(abs(try configuration.float("learning_rate") - 10.0.squareRoot() * 1e-3) < 1e-12)
        #expect(configuration["activation"] == "relu")
        #expect(space.encode(configuration)[0] == 0.5)
    }

    @Test func childrenMayBeDeclaredBeforeTheirParents() throws {
        let space = try SearchSpace([.float("child", 0...1).when("parent", .equals(true)), .boolean("parent", default: true)])
        #expect(space.defaultConfiguration == ["child": 0.5, "parent": true])
        #expect(space.defaultConfiguration.names == ["child", "parent"])
        #expect(space.encode(["parent": false])[0].isNaN)
    }

    @Test func testsOfStepsSeeThroughRounding() throws {
        // The third step of 0.1 is 0.30000000000000004.
        let space = try SearchSpace([.float("x", 0...1, step: 0.1), .boolean("b").when("x", .equals(0.3)), .boolean("c").when("x", .atMost(0.3))])
        #expect(space.decode([3.5 / 11, 0, 0]).names == ["x", "b", "c"])
        #expect(space.decode([4.5 / 11, 0, 0]).names == ["x"])
    }

    @Test func mistakesAreNamed() throws {
        func code(_ body: () throws -> some Any) -> SearchSpaceError.Code? {
            do { _ = try body(); return nil } catch { return (error as? SearchSpaceError)?.code }
        }
        let a = Parameter.integer("a", 1...3)
        #expect(code { try SearchSpace([a, a]) } == .duplicateName)
        #expect(code { try SearchSpace([a.when("b", .equals(1))]) } == .unknownParameter)
        #expect(code { try SearchSpace([a.when("a", .equals(1))]) } == .invalidCondition)
        #expect(code { try SearchSpace([a.when("b", .equals(1)), .integer("b", 1...2).when("a", .equals(1))]) } == .invalidCondition)
        #expect(code { try SearchSpace([a, .boolean("b").when("a", .equals(9))]) } == .invalidCondition)
        #expect(code { try SearchSpace([.boolean("b"), a.when("b", .greater(1))]) } == .invalidCondition)
        #expect(code { try SearchSpace([.integer("a", 1...3, default: 4)]) } == .invalidDefault)
        let space = try Self.network()
        #expect(code { try space.validate(["learning_rate": 0.01]) } == .invalidValue)
        #expect(code { try space.validate(["learning_rate": 0.01, "layers": 1, "activation": "relu"]) } == .invalidValue)
        #expect(code { try space.validate(["learning_rate": 1.0, "layers": 1]) } == .invalidValue)
        #expect(code { try space.validate(["learning_rate": 0.01, "layers": 1, "lyers": 1]) } == .unknownParameter)
        #expect(code { try space.validate(["learning_rate": 0.01, "layers": 1]) } == nil)
    }

    @Test func forbiddenCombinationsAreNeverDrawn() throws {
        let space = try SearchSpace(
            [.integer("a", 1...2), .integer("b", 1...2)],
            forbidden: [.all([.parameter("a", .equals(2)), .parameter("b", .equals(2))])])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 { #expect(!space.isForbidden(try space.randomConfiguration(using: &generator))) }
        #expect(throws: SearchSpaceError.self) { try space.validate(["a": 2, "b": 2]) }
        let full = try SearchSpace(
            [.integer("a", 1...2)], forbidden: [.any([.parameter("a", .equals(1)), .parameter("a", .equals(2))])])
        #expect(throws: SearchSpaceError.self) { try full.randomConfiguration(using: &generator) }
    }

    @Test func aChoiceJoinsSpacesUnderPrefixes() throws {
        let trees = try SearchSpace([
            .integer("depth", 1...9), .categorical("booster", ["tree", "dart"]),
            .float("drop", 0...1).when("booster", .equals("dart")),
        ])
        let joint = try SearchSpace.choice("learner", [("trees", trees), ("net", try Self.network())], shared: [.boolean("scale")])
        #expect(joint.defaultConfiguration == ["learner": "trees", "scale": false, "trees.depth": 5, "trees.booster": "tree"])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let configuration = try joint.randomConfiguration(using: &generator)
            let learner = try configuration.category("learner")
            #expect(configuration.names.allSatisfy { $0 == "learner" || $0 == "scale" || $0.hasPrefix(learner + ".") })
            let part = configuration.part(learner)
            try (learner == "trees" ? trees : try Self.network()).validate(part)
        }
    }

    @Test func spacesAreDocuments() throws {
        let branch = try Self.network()
        let spaces = [
            branch,
            try SearchSpace.choice("learner", [("a", branch), ("b", branch)]),
            try SearchSpace(
                [
                    .ordinal("size", ["s", "m", "l"]), .constant("k", 1.5),
                    .float("x", 0...1, step: 0.1, default: 0.5).when("size", .less("l")),
                    .integer("n", 1...64, log: true).when(.any([.parameter("size", .isIn(["m", "l"])), .parameter("x", .differs(0.1))])),
                ], forbidden: [.parameter("size", .equals("s"))]),
        ]
        for space in spaces {
            let json = try JSONEncoder().encode(space)
            #expect(try JSONDecoder().decode(SearchSpace.self, from: json) == space)
        }
        let text = #"""
            {"parameters": [
              {"name": "learning_rate", "type": "float", "low": 0.0001, "high": 0.1, "log": true},
              {"name": "layers", "type": "integer", "low": 1, "high": 4},
              {"name": "activation", "type": "categorical", "choices": ["relu", "silu"], "when": {"parameter": "layers", "greater": 1}},
              {"name": "slope", "type": "float", "low": 0, "high": 1, "when": {"parameter": "activation", "equals": "relu"}}
            ]}
            """#
        #expect(try JSONDecoder().decode(SearchSpace.self, from: Data(text.utf8)) == branch)
        #expect(throws: SearchSpaceError.self) {
            try JSONDecoder().decode(SearchSpace.self, from: Data(#"{"parameters":[{"name":"a","type":"flaot","low":0,"high":1}]}"#.utf8))
        }
    }
}
