import Search
import SearchSpaces
import SearchTesting
import Testing

@Suite struct ConformanceTests {
    @Test("samplers conform", arguments: Samplers.all.map(\.id), [1, 2, 3] as [UInt64])
    func sampler(id: String, seed: UInt64) throws {
        let card = try #require(Samplers.all.first { $0.id == id })
        try SamplerConformance.all(card, seed: seed)
    }

    @Test("schedulers conform", arguments: Schedulers.all.map(\.id), [1, 2, 3] as [UInt64])
    func scheduler(id: String, seed: UInt64) throws {
        let card = try #require(Schedulers.all.first { $0.id == id })
        try SchedulerConformance.all(card, seed: seed)
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
