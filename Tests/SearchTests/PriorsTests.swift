import Foundation
import SearchSpaces
import Testing

@testable import Search

/// What all samplers with a model do with the priors of the parameters.
@Suite struct PriorsTests {
    private static let bowl: Objective = { trial in
        try (0..<4).map { pow(try trial.float("x\($0)") - 0.8, 2) }.reduce(0, +)
    }

    private static func space(_ mean: Double?, deviation: Double = 0.1) throws -> SearchSpace {
        try SearchSpace(
            (0..<4).map { index in
                let parameter = Parameter.float("x\(index)", 0...1)
                return mean.map { parameter.expecting(.normal(mean: $0, deviation: deviation)) } ?? parameter
            })
    }

    private func best(_ id: String, _ space: SearchSpace, trials: Int) throws -> Double {
        try meanBest(Samplers.make(id), space, trials: trials, seeds: 0..<3, Self.bowl)
    }

    @Test(arguments: ["forest", "gp"])
    func aRightBeliefHelps(id: String) throws {
        let (right, none) = (try best(id, Self.space(0.8), trials: 14), try best(id, Self.space(nil), trials: 14))
        #expect(right < none * 0.5, "right \(right), none \(none)")
    }

    @Test(arguments: [("forest", 100, 0.1), ("gp", 40, 0.01)])
    func aWrongBeliefIsOvercome(id: String, trials: Int, bound: Double) throws {
        // At its mean the value is 1.
        let wrong = try best(id, Self.space(0.3), trials: trials)
        #expect(wrong < bound, "\(wrong)")
    }

    @Test(arguments: ["forest", "gp", "ehvi", "parego"])
    func theFirstTrialsAreDrawnFromThePriors(id: String) throws {
        let space = try SearchSpace([
            Parameter.float("rate", 1e-5...1, log: true).expecting(.normal(mean: 1e-2, deviation: 0.5)),
            Parameter.categorical("kind", ["a", "b", "c"]).expecting(.weights([0, 1, 0])),
        ])
        let directions: [Direction] = id == "forest" || id == "gp" ? [.minimize] : [.minimize, .minimize]
        let sampler = try Samplers.make(id)
        for number in 0..<10 {
            let context = SamplingContext(space: space, directions: directions, trials: [], number: number, seed: 3)
            let configuration = try #require(try sampler.sample(context))
            #expect(try configuration.category("kind") == "b")
            // Four deviations are a factor of 7.4.
            let rate = try configuration.float("rate")
            #expect(rate > 1e-3 && rate < 1e-1, "\(rate)")
        }
    }

    @Test func theStartIsALatinHypercube() throws {
        let space = try SearchSpace([.float("x", 0...1), .constant("c", .integer(1)), .float("y", 0...1)])
        let points = try (0..<20).map { number in
            var generator = TrialGenerator(seed: 5, trial: number)
            return try StartDesign.configuration(SamplingContext(space: space, trials: [], number: number, seed: 5), points: 20, using: &generator)
        }
        for name in ["x", "y"] { #expect(try Set(points.map { Int(try $0.float(name) * 20) }).count == 20) }
    }

    @Test func nothingIsBelievedOfWhatIsInactive() throws {
        let space = try SearchSpace([
            Parameter.boolean("deep").expecting(.weights([1, 3])),
            Parameter.float("depth", 0...1).when("deep", .equals(.boolean(true))).expecting(.normal(mean: 0.5, deviation: 0.1)),
        ])
        let inputs = ModelInputs(space)
        let belief = try #require(inputs.belief(after: 5))
        let (flat, deep) = (try #require(inputs.features([0.25, 0.5])), try #require(inputs.features([0.75, 0.5])))
        // To the power of 10 / 5: the densities are 2 · ¼, 2 · ¾ and 1 / (0.1 √2π).
        #expect(abs(belief.value(at: flat) - 2 * log(0.5)) < 1e-9)
        #expect(abs(belief.value(at: deep) - 2 * (log(1.5) + log(3.98942))) < 1e-4)
        let features = FeatureSpace(space)
        #expect(abs(features.row(space.encode(["deep": .boolean(false)])).withUnsafeBufferPointer { features.logPrior($0.baseAddress!) } - log(0.5)) < 1e-9)
        #expect(ModelInputs(try Self.space(nil)).belief(after: 5) == nil)
    }

    @Test func theSlopeOfABeliefIsThatOfItsLogarithm() throws {
        let inputs = ModelInputs(try SearchSpace([Parameter.float("x", 0...1).expecting(.normal(mean: 0.5, deviation: 0.1))]))
        let belief = try #require(inputs.belief(after: 10))
        var gradient = [0.0]
        belief.addGradient(at: [0.6], to: &gradient)
        #expect(abs(gradient[0] + 10) < 1e-3, "\(gradient)")
    }
}
