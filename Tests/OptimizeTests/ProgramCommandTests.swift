import Search
import SearchSpaces
import Testing

@testable import Optimize

@Suite struct ProgramCommandTests {
    private let configuration: Configuration = ["lr": 0.01, "layers": 3, "kind": "a b"]
    private let places: [ProgramCommand.Place: String] = [.trial: "7", .seed: "5"]

    private func arguments(_ words: [String], _ passing: ProgramCommand.Passing = .flags) throws -> [String] {
        try ProgramCommand(words, space: Samples.space(), passing: passing).arguments(places, configuration)
    }

    @Test func parametersBecomeFlags() throws {
        #expect(try arguments(["run", "-v"]) == ["run", "-v", "--lr", "0.01", "--layers", "3", "--kind", "a b"])
        #expect(try arguments(["run", "{trial}"]) == ["run", "7", "--lr", "0.01", "--layers", "3", "--kind", "a b"])
        #expect(try arguments(["run"], .environment) == ["run"])
        #expect(try arguments(["run"], .file) == ["run"])
    }

    @Test func placeholdersAreReplaced() throws {
        #expect(
            try arguments(["run", "--rate={lr}", "{layers}x{kind}", "{{lr}}", "${lr}", "{\"a\":1}", "{1,2}"]) == [
                "run", "--rate=0.01", "3xa b", "{lr}", "${lr}", "{\"a\":1}", "{1,2}",
            ])
        #expect(throws: SearchError.self) { try arguments(["run", "{learning_rate}"]) }
        #expect(throws: SearchError.self) { try arguments([]) }
        #expect(try arguments(["awk", "{{print}}", "{lr}"]) == ["awk", "{print}", "0.01"])
    }

    @Test func whatHasNoValueIsLeftOut() throws {
        let space = try SearchSpace([.categorical("kind", ["sgd", "adam"]), .float("momentum", 0...1).when("kind", .equals("sgd"))])
        let command = try ProgramCommand(
            ["run", "--momentum", "{momentum}", "--m={momentum}", "-x", "{momentum}{kind}", "--kind", "{kind}", "--epochs", "{fidelity}"], space: space)
        #expect(command.arguments(places, ["kind": "adam"]) == ["run", "-x", "--kind", "adam"])
        #expect(command.arguments(places, ["kind": "sgd", "momentum": 0.5]) == ["run", "--momentum", "0.5", "--m=0.5", "-x", "0.5sgd", "--kind", "sgd"])
        let environment = command.environment([.fidelity: "9", .trial: "7"], ["kind": "adam"])
        #expect(environment == ["TUTTI_FIDELITY": "9", "TUTTI_TRIAL": "7", "TUTTI_PARAM_KIND": "adam"])
    }

    @Test func aParameterGoesBeforeAPlaceOfItsName() throws {
        let space = try SearchSpace([.integer("seed", 1...9), .float("a.b", 0...1), .float("A_B", 0...1), .float("learning-rate", 0...1)])
        let command = try ProgramCommand(["run", "{seed}", "{a.b}"], space: space)
        #expect(command.arguments(places, ["seed": 2, "a.b": 0.5]) == ["run", "2", "0.5"])
        let environment = command.environment([:], ["a.b": 0.5, "A_B": 0.25, "learning-rate": 1])
        #expect(environment == ["TUTTI_PARAM_a.b": "0.5", "TUTTI_PARAM_A_B": "0.25", "TUTTI_PARAM_LEARNING_RATE": "1"])
    }

    @Test func negativeNumbersDoNotLookLikeFlags() throws {
        for (value, text) in [
            (-4.25e-5, "-0.0000425"), (-1e-7, "-0.0000001"), (-1e20, "-100000000000000000000.0"), (-1.25e17, "-125000000000000000.0"), (-0.5, "-0.5"),
        ] {
            #expect(ProgramCommand.text(.float(value)) == text)
            #expect(Double(text) == value)
        }
        #expect(ProgramCommand.text(.float(1e-7)) == "1e-07" && ProgramCommand.text(.float(-1e-300)) == "-1e-300")
    }

    @Test func commandLinesAreQuotedForAShell() {
        #expect(ShellWords.quoted(["run", "a b", "it's", "", "x=1"]) == "run 'a b' 'it'\\''s' '' x=1")
    }

    private func read(_ line: String, objectives: Int = 1, metrics: [String] = []) -> ProgramOutput.Line {
        ProgramOutput(objectives: objectives, metricNames: metrics).read(line)
    }

    @Test func resultsAreFoundInLines() {
        for line in ["0.5", " 0.5\t", "5e-1", "{\"value\":0.5}", "{\"values\":[0.5]}", "[0.5]", "{\"values\":0.5,\"x\":\"y\"}"] {
            #expect(read(line) == .result(ProgramResult(values: [0.5])), "\(line)")
        }
        #expect(read("{\"loss\":0.5,\"other\":1}", metrics: ["loss"]) == .result(ProgramResult(values: [0.5])))
        #expect(read("{\"b\":2,\"a\":1}", objectives: 2, metrics: ["a", "b"]) == .result(ProgramResult(values: [1, 2])))
        #expect(read("1, 2", objectives: 2) == .result(ProgramResult(values: [1, 2])))
        #expect(read("-inf") == .result(ProgramResult(values: [-.infinity])))
        #expect(read("{\"value\":1,\"constraints\":{\"c\":2}}") == .result(ProgramResult(values: [1], constraints: ["c": 2])))
        #expect(read("{\"state\":\"fail\",\"reason\":\"r\"}") == .result(ProgramResult(values: [], failure: "r")))
        #expect(read("{\"step\":3,\"value\":0.5}") == .report(step: 3, value: 0.5))
        #expect(read("{\"step\":3,\"loss\":0.5}", metrics: ["loss"]) == .report(step: 3, value: 0.5))
        for line in ["", "epoch 3", "1 2", "loss 0.5", "{", "{\"epoch\":\"x\"}", "{\"step\":1}", "nano", "Inference", "[INFO] 3"] {
            #expect(read(line) == .other, "\(line)")
        }
        guard case .misfit(let missing) = read("{\"loss\":0.5}"), case .misfit(let count) = read("{\"values\":[1,2]}") else { return #expect(Bool(false)) }
        #expect(missing.contains("--metric") && count.contains("has 2 values, expected 1"))
    }

    @Test func resultsAreFoundInFiles() {
        let output = ProgramOutput(objectives: 1, metricNames: [])
        #expect(output.read(file: "{\n  \"value\": 0.5\n}\n") == .result(ProgramResult(values: [0.5])))
        #expect(output.read(file: "first\n1\n0.5\n\n") == .result(ProgramResult(values: [0.5])))
        #expect(output.read(file: "") == .other)
    }
}
