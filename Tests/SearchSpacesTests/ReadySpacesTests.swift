import SearchSpaces
import Testing

@Suite struct ReadySpacesTests {
    @Test func everySpaceHasValidDefaultsAndCanBeDrawnFrom() throws {
        for ready in ReadySpaces.all {
            let space = ready.space
            #expect(throws: Never.self, "\(ready.id)") { try space.validate(space.defaultConfiguration) }
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<50 { _ = try space.validate(space.randomConfiguration(using: &generator)) }
        }
    }

    @Test func idsAreUnique() { #expect(Set(ReadySpaces.all.map(\.id)).count == ReadySpaces.all.count) }

    @Test func theDegreeOfAnSVMBelongsToThePolynomialKernel() throws {
        let space = try ReadySpaces.named("svm").space
        #expect(space.defaultConfiguration["degree"] == nil)
        #expect(space.defaultConfiguration["gamma"] != nil)
        let polynomial = try space.complete(["kernel": "polynomial"])
        #expect(polynomial["degree"] == .integer(3))
    }

    @Test func anUnknownNameListsThoseThereAre() {
        #expect { try ReadySpaces.named("svn") } throws: { "\($0)".contains("svm, ") }
    }
}

@Suite struct SearchBudgetTests {
    @Test func fiftyTrialsForEachParameterThatVaries() throws {
        let space = try SearchSpace([.float("a", 0...1), .integer("b", 1...1000), .constant("c", 3)])
        #expect(space.advisedTrialCount == 100)
    }

    @Test func aSmallSpaceNeedsNoMoreThanAllOfIt() throws {
        #expect(try SearchSpace([.boolean("a"), .ordinal("b", [1, 2, 3])]).advisedTrialCount == 6)
        #expect(try SearchSpace([.constant("a", 1)]).advisedTrialCount == 1)
        #expect(try SearchSpace((0..<40).map { .integer("p\($0)", 0...99) }).advisedTrialCount == 2000)
    }
}
