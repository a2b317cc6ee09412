import Foundation
import SearchSpaceFormats
import SearchSpaces
import Testing

@Suite struct ForeignDocumentTests {
    @Test func configSpaceIsRead() throws {
        let space = try SpaceFile.read(
            text: """
                {"name": "demo", "hyperparameters": [
                  {"type": "uniform_float", "name": "lr", "lower": 1e-05, "upper": 0.1, "default_value": 0.001, "log": true, "meta": null},
                  {"type": "normal_int", "name": "depth", "mu": 5.0, "sigma": 2.0, "lower": 1, "upper": 9, "default_value": 5, "log": false},
                  {"type": "categorical", "name": "opt", "choices": ["sgd", "adam"], "weights": [0.25, 0.75], "default_value": "adam"},
                  {"type": "ordinal", "name": "size", "sequence": [1, 10, 100], "default_value": 1},
                  {"type": "constant", "name": "seed", "value": 7},
                  {"type": "uniform_float", "name": "momentum", "lower": 0.0, "upper": 1.0, "default_value": 0.5, "log": false}],
                 "conditions": [
                  {"type": "AND", "child": "momentum", "conditions": [
                    {"type": "EQ", "child": "momentum", "parent": "opt", "value": "sgd"},
                    {"type": "OR", "child": "momentum", "conditions": [
                      {"type": "GT", "child": "momentum", "parent": "size", "value": 1},
                      {"type": "IN", "child": "momentum", "parent": "depth", "values": [1, 2]}]}]}],
                 "forbiddens": [
                  {"type": "AND", "clauses": [{"type": "EQUALS", "name": "opt", "value": "adam"}, {"type": "CLAUSE_GE", "name": "depth", "value": 8}]},
                  {"type": "RELATION_LT", "left": "depth", "right": "momentum"}],
                 "python_module_version": "1.2.2", "format_version": 0.4}
                """)
        let expected = try SearchSpace(
            [
                .float("lr", 1e-5...0.1, log: true), .integer("depth", 1...9).expecting(.normal(mean: 5, deviation: 2)),
                .categorical("opt", ["sgd", "adam"], default: "adam").expecting(.weights([0.25, 0.75])), .ordinal("size", [1, 10, 100]),
                .constant("seed", 7),
                .float("momentum", 0...1).when(
                    .all([
                        .parameter("opt", .equals("sgd")), .any([.parameter("size", .greater(1)), .parameter("depth", .isIn([1, 2]))]),
                    ])),
            ],
            forbidden: [
                .all([.parameter("opt", .equals("adam")), .parameter("depth", .atLeast(8))]), .relation("depth", .less, "momentum"),
            ])
        var read = space.parameters
        // The default lies in the middle up to rounding.
        #expect(abs((read[0].startValue.number ?? 0) - 1e-3) < 1e-15)
        read[0].defaultValue = nil
        #expect(read == expected.parameters)
        #expect(space.forbidden == expected.forbidden)
    }

    @Test func oldConfigSpaceIsRead() throws {
        let space = try SpaceFile.read(
            text: """
                {"hyperparameters": [
                   {"name": "a", "type": "uniform_int", "log": false, "lower": 0, "upper": 10, "default": 5, "q": 5},
                   {"name": "b", "type": "normal_float", "log": true, "mu": 0.0, "sigma": 1.0, "default": 1.0},
                   {"name": "c", "type": "categorical", "choices": ["x", "y"], "default": "x", "weights": null},
                   {"name": "u", "type": "unparametrized", "value": "k"}],
                 "conditions": [{"child": "b", "parent": "c", "type": "EQ", "value": "x"}, {"child": "b", "parent": "a", "type": "NEQ", "value": 5}],
                 "forbiddens": [{"left": "a", "right": "b", "type": "RELATION", "lambda": "LESS"}],
                 "python_module_version": "0.6.1", "json_format_version": 0.4}
                """)
        #expect(space["a"] == .integer("a", 0...10, step: 5))
        #expect(space["b"]?.prior == .normal(mean: 1, deviation: 1))
        #expect(space["b"]?.domain == .float(low: exp(-5), high: exp(5), log: true))
        #expect(space["b"]?.condition == .all([.parameter("c", .equals("x")), .parameter("a", .differs(5))]))
        #expect(space["u"] == .constant("u", "k"))
        #expect(space.forbidden == [.relation("a", .less, "b")])
    }

    @Test func parameterConfigurationSpacesAreRead() throws {
        let old = try SpaceFile.read(
            text: """
                # a solver
                restarts {luby, geometric, none} [luby]
                factor [1.1, 4] [1.5]l   # on a log scale
                depth [1, 100] [10]il
                verbose {true} [true]
                Conditionals:
                factor | restarts in {geometric}
                depth | restarts in {luby, geometric}
                Forbidden:
                {restarts=none, verbose=true}
                """)
        #expect(
            try old
                == SearchSpace(
                    [
                        .categorical("restarts", ["luby", "geometric", "none"]),
                        .float("factor", 1.1...4, log: true, default: 1.5).when("restarts", .equals("geometric")),
                        .integer("depth", 1...100, log: true).when("restarts", .isIn(["luby", "geometric"])), .constant("verbose", true),
                    ], forbidden: [.all([.parameter("restarts", .equals("none")), .parameter("verbose", .equals(true))])]
                ).withDefault("depth", 10))
        let new = try SpaceFile.read(
            text: """
                n integer [1, 9] [5]
                x real [0.001, 1] [0.1] log
                size ordinal {small, medium, large} [medium]
                mode categorical {a, b} [a]
                x | n > 2 && mode == a || size in {medium, large}
                x | mode != b
                """)
        #expect(new["x"]?.condition?.description == "((n > 2 and mode == a) or size in [medium, large]) and mode != b")
        #expect(new["size"]?.domain == .ordinal(["small", "medium", "large"]))
        #expect(new["size"]?.startValue == "medium")
    }

    @Test func iraceFilesAreRead() throws {
        let space = try SpaceFile.read(
            text: """
                # name     switch         type  values              conditions
                algorithm  "--"           c     (as, mmas, "e as")
                search     "--ls "        o     (0, 1, 2, 3)
                ants       "--ants "      i,log (5, 100)
                rho        "--rho "       r     (0.01, 1.00)
                best       "--best "      i     (1, ants)           | algorithm == "e as" & !(search %in% c(0, 1))
                dlb        "--dlb "       c     (0)

                [forbidden]
                (rho < 0.5) & (search == 3) | algorithm %in% c("as", "mmas") & ants > 50
                [global]
                digits = 2
                """)
        let expected = try SearchSpace(
            [
                .categorical("algorithm", ["as", "mmas", "e as"]), .ordinal("search", [0, 1, 2, 3]), .integer("ants", 5...100, log: true),
                .float("rho", 0.01...1),
                .integer("best", 1...100).when(
                    .all([
                        .parameter("algorithm", .equals("e as")), .all([.parameter("search", .differs(0)), .parameter("search", .differs(1))]),
                    ])), .constant("dlb", 0),
            ],
            forbidden: [
                .relation("best", .greater, "ants"),
                .any([
                    .all([.parameter("rho", .less(0.5)), .parameter("search", .equals(3))]),
                    .all([.parameter("algorithm", .isIn(["as", "mmas"])), .parameter("ants", .greater(50))]),
                ]),
            ])
        #expect(space == expected)
    }

    @Test(
        "mistakes have their line and column, and say what was expected",
        arguments: [
            ("a: {float: [0, 1], lag: true}", 1, 20, "lag"), ("a: {float: [0]}", 1, 12, "[low, high]"), ("a: {integer: [1, x]}", 1, 18, "whole number"),
            ("a: {float: [0, 1], log: true}", 1, 1, "log scale"), ("a: [x, y]\nb: {choice: [1, 2], when: a == z}", 2, 32, "z"),
            ("a: [x, y]\nb: {choice: [1, 2], when: c == z}", 2, 27, "c"), ("a: [x, y]\nforbidden:\n  - a == x and", 3, 15, "the end"),
            ("a: {integer: [1, 4]}\nforbidden: [a in [1, 2]]", 2, 18, "YAML"), ("a: {float: [0, 1}", 1, 17, "YAML"), ("a: [x]\na: [y]", 1, 1, "twice"),
            ("a integer [1, 9] [5]\nb integer [1, x] [5]", 2, 15, "not a number"), ("a {x, y} [z]", 1, 10, "default"),
            ("a {x, y} [x]\na | b in {x}", 2, 5, "\"b\" is not a parameter"), ("a {x, y} [x]\n{a=q}", 2, 2, "q"),
            ("a \"-a\" i (1, 9)\nb \"-b\" i (1, min(a, 3))", 2, 14, "formulas"), ("a \"-a\" i (1, 9)\nb \"-b\" k (1, 3)", 2, 8, "expected i, r"),
            ("a \"-a\" c (x, y) | a =! 3", 1, 22, "expected a value"),
            ("{\"hyperparameters\": [\n {\"name\": \"a\", \"type\": \"uniform_flot\"}]}", 2, 25, "uniform_flot"),
            ("{\"hyperparameters\": [\n {\"name\": \"a\", \"type\": \"uniform_float\", \"lower\": 0}]}", 2, 2, "upper"),
            ("{\"parameters\": [\n {\"name\": \"a\", \"type\": \"float\", \"low\": 0}]}", 2, 2, "high"),
            ("{\"parameters\": [\n {\"name\": \"a\", \"type\": \"float\", \"low\": 1, \"high\": 2, \"lgo\": true}]}", 2, 2, "\"lgo\""),
            (
                "{\"parameters\": [\n {\"name\": \"b\", \"type\": \"float\", \"low\": 0 \"high\": 1}]}", 2, 42,
                "This is not JSON: expected a comma or } after \"low\""
            ),
            ("{\"a\": [1, 2],\n \"b\": [1, 2,]}", 2, 13, "expected a value, got ']}'"), ("{\"a\": [\"x\", 'y']}", 1, 13, "expected a value"),
            ("{\"a\": [\"x\"]", 1, 12, "got the end of the document"), ("{\"a\": \"x\ny\"}", 1, 7, "not closed on its line"),
            ("{\"a\": [1],\n\"a\": [2]}", 2, 1, "twice"), ("{\"a\": {\"float\": [0, 1e999]}}", 1, 21, "1e999 is too large"),
            ("a: {float: [zero, one]}", 1, 13, "low of \"a\" must be a number, got \"zero\""), ("a: {integer: [1, 2.5]}", 1, 18, "high of \"a\""),
            ("a: {integer: [1, 9]}\nforbidden:\n  - a == 1\n  - a > x", 4, 9, "The forbidden combination 2, \"a > x\": "),
            ("a: {integer: [0, 1], step: 3}", 1, 28, "leaves one value only, 0"), ("a: {float: [0, 1], step: 3}", 1, 26, "leaves one value only, 0.0"),
            ("{\"parameters\": [\n {\"name\": \"a\", \"type\": \"integer\", \"low\": 0, \"high\": 1, \"step\": 3}]}", 2, 64, "leaves one value only"),
            ("{\"parameters\": [\n {\"name\": \"a\", \"type\": \"float\", \"low\": \"zero\", \"high\": 1}]}", 2, 2, "Parameter \"a\": "),
            (
                "{\"parameters\": [{\"name\": \"a\", \"type\": \"boolean\"}], \"forbidden\": [\n{\"parameter\": \"a\", \"equals\": true},\n"
                    + "{\"parameter\": \"a\", \"gt\": 1}]}", 3, 1, "The forbidden combination 2, {\"gt\":1,\"parameter\":\"a\"}: "
            ),
            ("a: {float: [0, 1]}\nx: {float: [0, 1], when: a > 5}", 2, 26, "\"x\" can never be active: the condition \"a > 5\" never holds, since \"a\" is"),
            ("a: {ordinal: [s, m]}\nx: {float: [0, 1], when: a == s and a < s}", 2, 26, "\"a < s\""),
            (
                "{\"parameters\": [{\"name\": \"x\", \"type\": \"float\", \"low\": 0, \"high\": 1, \"when\": {\"parameter\": \"a\", \"in\": []}},\n"
                    + "{\"name\": \"a\", \"type\": \"float\", \"low\": 0, \"high\": 1}]}", 1, 77, "\"a in []\" never holds"
            ),
        ] as [(String, Int, Int, String)])
    func mistakesHavePlaces(text: String, line: Int, column: Int, part: String) throws {
        let error = try #require(throws: SearchSpaceError.self) { try SpaceFile.read(text: text) }
        #expect(error.line == line, "\(error)")
        #expect(error.column == column, "\(error)")
        #expect(error.description.contains(part), "\(error)")
    }

    @Test(
        "hostile numbers and depths are refused",
        arguments: [
            "a: {integer: [-9223372036854775808, 9223372036854775807], default: 3}", "a: {integer: [1, 9], step: 0, default: 3}",
            "a: {float: [0, 1], step: -1, default: 0.5}", "a: {float: [0, 1e999]}", "a: {integer: [1, 99999999999999999999]}",
            "a integer [-9223372036854775808, 9223372036854775807] [3]", "a \"\" i (-9223372036854775808, 9223372036854775807)",
            "{\"hyperparameters\": [{\"name\": \"a\", \"type\": \"uniform_int\", \"lower\": 1, \"upper\": 9, \"q\": 0, \"default\": 3}]}",
            "a: [x]\nb: {choice: [y], when: \"" + String(repeating: "(", count: 3000) + "\"}",
            "a: [x]\nb: {choice: [y], when: \"" + String(repeating: "not ", count: 3000) + "a == x\"}", String(repeating: "[", count: 3000),
            "", "null", "[]", "- a", "7", "{}", "{\"parameters\":[]}", "{\"parameters\":[3]}", "parameters: [x]",
            "{\"parameters\":[{\"name\":\"a\",\"type\":\"boolean\"}],\"forbidden\":[7]}", "{\"hyperparameters\":[]}", "forbidden: []",
            String(repeating: "{\"a\":", count: 3000),
        ])
    func hostileTextIsRefused(text: String) {
        #expect(throws: SearchSpaceError.self) { try SpaceFile.read(text: text) }
    }

    @Test func filesAreReadByTheirExtension() throws {
        let space = try SearchSpace([.integer("n", 1...4), .categorical("c", ["a", "b"]).when("n", .equals(2))])
        for (format, name) in [(SpaceFormat.yaml, "s.yml"), (.json, "s.json"), (.configSpace, "t.json"), (.pcsNew, "s.pcs"), (.irace, "parameters.txt")] {
            let file = FileManager.default.temporaryDirectory.appending(path: "tutti-\(UUID().uuidString)-\(name)")
            defer { try? FileManager.default.removeItem(at: file) }
            try SpaceFile.write(space, as: format).write(to: file, atomically: true, encoding: .utf8)
            #expect(try SpaceFile.read(contentsOf: file) == space, "\(format)")
        }
    }

    @Test(
        "what a file's name says it is, is what its mistakes are about",
        arguments: [
            ("s.pcs", "x rael [0,1] [5]", 1, "\"x\" has the type \"rael\""), ("s.pcsnew", "a {x} [x]\nx: {float: [0, 1]}", 2, "\"x:\""),
            ("parameters.txt", "a \"-a\" c (x, y)\nx rael (0, 1)", 2, "before the switch of \"x\""), ("p.txt", "x rael [0,1] [5]", 1, "switch of \"x\""),
            ("s.json", "{a: [1, 2]}", 1, "the name of a member in double quotes"), ("s.json", "a: [1, 2]", 1, "This is not JSON"),
            ("s.txt", "a: {float: [1, 0]}", 1, "low 1.0 is above high 0.0"), ("s.yaml", "{a: [1, 2}", 1, "This is not YAML"),
            ("s.unknown", "{\"a\": [1, 2}", 1, "This is not JSON"),
        ] as [(String, String, Int, String)])
    func mistakesAreThoseOfTheFormat(name: String, text: String, line: Int, part: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tutti-\(UUID().uuidString)-\(name)")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        let error = try #require(throws: SearchSpaceError.self) { try SpaceFile.read(contentsOf: file) }
        #expect(error.line == line && error.description.contains(part), "\(error)")
    }

    @Test func jsonIsReadWhole() throws {
        let text = #"""
            {"a\u00e9\ud83d\ude00\/": ["x\ty", "\"", -1.5e-3, 20, true, false], "b": {"choice": [1, 2], "weights": null}}
            """#
        let space = try SpaceFile.read(text: "\u{FEFF}" + text + "\r\n", format: .json)
        #expect(space.names == ["aé😀/", "b"])
        #expect(space.parameters[0].domain == .categorical(["x\ty", "\"", -1.5e-3, 20, true, false]))
        for bad in [
            #"{"a": ["\ud83d"]}"#, #"{"a": ["\x"]}"#, #"{"a": [01]}"#, #"{"a": [.5]}"#, #"{"a": [1]} x"#, #"{"a" [1]}"#, "{\"a\": [\"\u{1}\"]}", #"{"a": ["#,
        ] {
            let error = try #require(throws: SearchSpaceError.self, "\(bad)") { try SpaceFile.read(text: bad) }
            #expect(error.message.hasPrefix("This is not JSON: "), "\(bad): \(error)")
        }
    }

    @Test func otherToolsMayHaveParametersThatAreNeverActive() throws {
        let space = try SpaceFile.read(text: "a integer [0, 1] [0]\nx real [0, 1] [0.5]\nx | a > 1")
        #expect(space.defaultConfiguration.names == ["a"])
        #expect(try SpaceFile.read(text: SpaceFile.write(space, as: .configSpace)) == space)
        let error = try #require(throws: SearchSpaceError.self) { try SpaceFile.write(space, as: .yaml) }
        #expect(error.code == .inexpressible && error.message.contains("\"x\" can never be active"), "\(error)")
        // A range that a step leaves one value of has that value's ends in our own files.
        let idle = try SearchSpace([.integer("n", 2...3, step: 5), .float("y", 0...1, step: 3)])
        for format in [SpaceFormat.json, .yaml] {
            let back = try SpaceFile.read(text: SpaceFile.write(idle, as: format))
            #expect(back == (try SearchSpace([.integer("n", 2...2), .float("y", 0...0)])), "\(back)")
        }
    }

    @Test func noTextTraps() throws {
        let seeds = [
            SpaceFileTests.yaml, try SpaceFile.write(SpaceFileTests.network(), as: .configSpace, allowingLosses: true),
            try SpaceFile.write(SpaceFileTests.network(), as: .json), "a {x, y} [x]\nb [1, 9] [3]il\nb | a in {x}\n{a=x, b=3}",
            "a \"-a\" c (x, y)\nb \"-b\" i,log (1, a) | a == \"x\"\n[forbidden]\n!(b > 3)",
        ]
        var chance = Chance(seed: 1)
        for seed in seeds {
            for _ in 0..<60 {
                var characters = Array(seed)
                for _ in 0..<Int.random(in: 1...4, using: &chance) {
                    let place = Int.random(in: 0..<characters.count, using: &chance)
                    if Bool.random(using: &chance) {
                        characters.remove(at: place)
                    } else {
                        characters.insert("{}[]()\",:=|&!<>0x\n"[Int.random(in: 0..<18, using: &chance)], at: place)
                    }
                }
                for format in [nil, .yaml, .json, .pcs, .irace] as [SpaceFormat?] { _ = try? SpaceFile.read(text: String(characters), format: format) }
            }
        }
    }
}

extension String {
    fileprivate subscript(offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}

extension SearchSpace {
    fileprivate func withDefault(_ name: String, _ value: ParameterValue) throws -> SearchSpace {
        try SearchSpace(
            parameters.map { parameter in
                var copy = parameter
                if parameter.name == name, parameter.domain.middle != value { copy.defaultValue = value }
                return copy
            }, forbidden: forbidden)
    }
}
