import Search
import SearchSpaces
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

    @Test func aStudyOfPartsThatDoNotGoTogetherIsRefused() throws {
        let space = try SearchSpace([.float("x", 0...1)])
        func study(_ sampler: String, _ scheduler: String, objectives: Int = 1) throws -> Study {
            try Study.create(
                StudyDefinition(
                    name: "s", space: space, directions: [Direction](repeating: .minimize, count: objectives), sampler: AlgorithmChoice(sampler),
                    scheduler: AlgorithmChoice(scheduler)),
                in: InMemoryStore())
        }
        for (sampler, scheduler, part) in [
            ("cma-es", "full", "cma-es learns from one"), ("tpe", "median", "median stops by"), ("gp", "racing", "racing ranks"),
        ] {
            let error = #expect(throws: SearchError.self) { try study(sampler, scheduler, objectives: 2) }
            #expect(error?.code == .invalidOption && error?.message.contains(part) == true)
            #expect(throws: Never.self) { try study(sampler, scheduler) }
        }
        // It never asks the sampler, so any will do.
        #expect(throws: Never.self) { try study("cma-es", "dehb", objectives: 2) }
    }

    @Test func theTableHasARowForEverySampler() {
        let lines = Compatibility.table().split(separator: "\n")
        #expect(lines.count == Samplers.all.count + 2)
        #expect(lines.allSatisfy { $0.count { $0 == "|" } == Schedulers.all.count + 2 })
    }
}
