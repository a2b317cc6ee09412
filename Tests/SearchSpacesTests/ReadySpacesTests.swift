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
