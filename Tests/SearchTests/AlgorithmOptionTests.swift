import Foundation
import SearchSpaces
import SearchTesting
import Testing

@testable import Search

/// The options on the cards are what the algorithms take, and the defaults there are the real ones.
@Suite struct AlgorithmOptionTests {
    /// An option of an algorithm with what makes the algorithm.
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var option: AlgorithmOption
        /// All that the algorithm made with some options is, as text: its fields, private ones included.
        var made: @Sendable (Configuration) throws -> String
        var testDescription: String { "\(id) \(option.name)" }
    }

    static let cases =
        Samplers.all.flatMap { card in card.options.map { Case(id: card.id, option: $0) { String(reflecting: try card.make($0)) } } }
        + Schedulers.all.flatMap { card in card.options.map { Case(id: card.id, option: $0) { String(reflecting: try card.make($0)) } } }

    @Test(arguments: cases) func theDocumentedDefaultIsTheRealOne(_ example: Case) throws {
        guard let standard = example.option.standard else { return }
        #expect(try example.made([example.option.name: AlgorithmOption.value(of: standard)]) == example.made([:]))
    }

    /// Else the comparison of defaults would be of no use.
    @Test(arguments: cases) func anotherValueMakesAnotherAlgorithm(_ example: Case) throws {
        let standard = try example.made([:])
        let others = example.option.standard.map { Self.others(than: AlgorithmOption.value(of: $0)) } ?? [.integer(5), .float(0.7), .category("log")]
        let made = others.compactMap { try? example.made([example.option.name: $0]) }
        #expect(made.contains { $0 != standard }, "\(others)")
    }

    private static func others(than value: ParameterValue) -> [ParameterValue] {
        switch value {
        case .integer(let number): [.integer(number + 1), .float(Double(number) + 0.5)]
        case .float(let number): [.float(number.isFinite ? number * 0.8 + 0.01 : number < 0 ? -1 : 1)]
        case .boolean(let flag): [.boolean(!flag)]
        case .category: choices.values.joined().map { .category($0) }
        }
    }

    /// Algorithm and option, and the values there are.
    private static let choices: [String: [String]] = [
        "bohb mode": BOHB.Mode.allCases.map(\.rawValue), "forest scale": CostScale.allCases.map(\.rawValue),
        "forest acquisition": ForestAcquisition.Form.allCases.map(\.rawValue), "gp output_warping": OutputWarping.allCases.map(\.rawValue),
        "ehvi output_warping": OutputWarping.allCases.map(\.rawValue), "parego output_warping": OutputWarping.allCases.map(\.rawValue),
        "cma-es restarts": CMAES.Restarts.allCases.map(\.rawValue), "racing test": Race.Test.allCases.map(\.rawValue),
        "hyperband form": BracketForm.allCases.map(\.rawValue), "asha-stopping rule": HalvingStopping.Rule.allCases.map(\.rawValue),
        "asha front_order": FrontOrder.allCases.map(\.rawValue),
    ]

    @Test(arguments: cases) func choicesAreNamed(_ example: Case) throws {
        let words = Set(example.option.summary.split { !($0.isLetter || $0 == "-") }.map(String.init))
        let standard = example.option.standard.map(AlgorithmOption.value)
        if case .category? = standard { try #require(Self.choices[example.testDescription] != nil) }
        if case .boolean? = standard { #expect(words.contains("true")) }
        for choice in Self.choices[example.testDescription] ?? [] {
            #expect(words.contains(choice))
            #expect(throws: Never.self) { try example.made([example.option.name: .category(choice)]) }
        }
    }

    /// What the summaries say of defaults that depend on the mode.
    @Test func theDefaultsOfBOHBDependOnItsMode() throws {
        for (mode, values) in [("repaired", [10, 0.2, 2]), ("faithful", [15, 1.0 / 3, 3])] {
            let plain: Configuration = ["mode": .category(mode)]
            var full = plain
            for (name, value) in zip(["top_percent", "random_fraction", "bandwidth_factor"], values) { full[name] = .float(value) }
            #expect(try String(reflecting: BOHB.card.make(full)) == String(reflecting: BOHB.card.make(plain)))
        }
    }

    /// What the summaries say of draws for running trials: they count with one objective and do not with several.
    @Test(arguments: ["gp", "ehvi", "parego"]) func fantasiesCountWithOneObjective(id: String) throws {
        func next(_ fantasies: Int, objectives: Int) throws -> [Configuration] {
            let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
            let directions = [Direction](repeating: .minimize, count: objectives)
            let study = try Study(space: space, directions: directions, sampler: Samplers.make(id, ["fantasies": .integer(fantasies)]), seed: 3)
            for number in 0..<18 {
                guard let job = try study.ask(worker: "w").job else { break }
                let (x, y) = (try job.configuration.float("x"), try job.configuration.float("y"))
                if number < 12 { try study.tell(job, Array([x * x + y, 1 - x + y * y].prefix(objectives))) }
            }
            return try study.trials().map(\.configuration)
        }
        #expect(try next(0, objectives: 1) != next(16, objectives: 1))
        #expect(try next(0, objectives: 2) == next(16, objectives: 2))
    }

    @Test func theDocumentSaysDefault() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let option = AlgorithmOption("a", "b", standard: 3)
        let data = try encoder.encode(option)
        #expect(String(decoding: data, as: UTF8.self) == #"{"default":"3","name":"a","summary":"b"}"#)
        #expect(try JSONDecoder().decode(AlgorithmOption.self, from: data) == option)
    }

    @Test func strayOptionsAreNamedWithThoseThereAre() {
        #expect {
            try Samplers.make("tpe", ["nope": .integer(1)])
        } throws: {
            ($0 as? SearchError)?.message == "The sampler tpe has no option \"nope\"; it has startup_trials, candidates, multivariate."
        }
    }
}
