import Search
import Testing

@Suite struct CompatibilityTests {
    @Test func theAnswersFollowFromTheCards() throws {
        func card(_ id: String) throws -> SchedulerCard { try #require(Schedulers.all.first { $0.id == id }) }
        let (plain, all) = (SamplerCard(id: "plain", name: "", summary: "", abilities: [], source: "") { _ in RandomSampler() }, TPE.card)
        #expect(try Compatibility.check(all, with: card("hyperband")).isCompatible)
        #expect(try !Compatibility.check(plain, with: card("hyperband")).isCompatible)
        #expect(try Compatibility.check(plain, with: card("full")).isCompatible)
        #expect(try Compatibility.check(plain, with: card("median")).isCompatible)
        #expect(try !Compatibility.check(all, with: card("median"), objectives: 2).isCompatible)
        #expect(try !Compatibility.check(all, with: card("racing"), objectives: 2).isCompatible)
        #expect(try !Compatibility.check(plain, with: card("full"), objectives: 2).isCompatible)
        let dehb = try Compatibility.check(all, with: card("dehb"))
        #expect(!dehb.isCompatible && dehb.reason.contains("never asks tpe"))
    }

    @Test func theTableHasARowForEverySampler() {
        let lines = Compatibility.table().split(separator: "\n")
        #expect(lines.count == Samplers.all.count + 2)
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == Schedulers.all.count + 2 })
    }
}
