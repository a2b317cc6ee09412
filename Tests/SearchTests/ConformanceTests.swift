import Foundation
import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct ConformanceTests {
    @Test("samplers conform", arguments: Samplers.all.map(\.id), Thoroughness.current.seeds)
    func sampler(id: String, seed: UInt64) throws {
        let card = try #require(Samplers.all.first { $0.id == id })
        try SamplerConformance.all(card, seed: seed)
    }

    @Test("schedulers conform", arguments: Schedulers.all.map(\.id), Thoroughness.current.seeds)
    func scheduler(id: String, seed: UInt64) throws {
        let card = try #require(Schedulers.all.first { $0.id == id })
        try SchedulerConformance.all(card, seed: seed)
    }

    @Test("samplers and schedulers conform together", arguments: StudyConformance.pairs())
    func pair(_ pair: StudyConformance.Pair) throws {
        for seed in Thoroughness.current.seeds {
            let store = InMemoryStore()
            try StudyConformance.all(pair, trials: Thoroughness.current.trials, seed: seed) { store }
        }
    }

    @Test("samplers respect spaces that nobody thought of", arguments: Samplers.all.map(\.id), Thoroughness.current.spaceSeeds)
    func spaces(id: String, seeds: Range<UInt64>) throws {
        // The schedulers take turns.
        let pairs = StudyConformance.pairs().filter { $0.sampler.id == id }
        for seed in seeds {
            let pair = pairs[Int(seed) % pairs.count]
            try StudyConformance.randomSpaceIsRespected(pair, objectives: seed % 3 == 0 ? pair.objectives : 1, trials: 14, seed: seed)
        }
    }

    @Test func theStoreInMemoryConforms() throws { try StudyStoreConformance.all { InMemoryStore() } }

    @Test func idsAreUniqueAndUnknownOnesAreNamed() throws {
        #expect(Set(Samplers.all.map(\.id)).count == Samplers.all.count)
        #expect(Set(Schedulers.all.map(\.id)).count == Schedulers.all.count)
        #expect(throws: SearchError.self) { try Samplers.make("nonesuch") }
        #expect(throws: SearchError.self) { try Samplers.make("tpe", ["candidats": 3]) }
        #expect(throws: SearchError.self) { try Schedulers.make("asha", ["minimum_fidelity": 9, "maximum_fidelity": 3]) }
        #expect(throws: SearchError.self) { try Schedulers.make("asha", ["eta": 1]) }
    }
}

/// How much is tried: little in every run of the tests, and with `TUTTI_THOROUGH=1`, meant for release builds, all there is.
private struct Thoroughness {
    var seeds: [UInt64]
    var trials: Int
    var spaceSeeds: [Range<UInt64>]

    static let current =
        ProcessInfo.processInfo.environment["TUTTI_THOROUGH"] == "1"
        ? Thoroughness(seeds: [1, 2, 3], trials: 40, spaceSeeds: stride(from: 0, to: 10_000, by: 1000).map { $0..<($0 + 1000) })
        : Thoroughness(seeds: [1], trials: 8, spaceSeeds: [10_000..<10_014])
}
